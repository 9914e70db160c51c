import { SingleBar } from 'cli-progress';
import { currentIo } from '../io.ts';

export interface Progress {
	step(): void;
	end(): void;
}

/** Shows progress on standard error: a bar on a terminal, elsewhere a line for each tenth. */
export function showProgress(title: string, total: number): Progress {
	if (total === 0) return { step: () => {}, end: () => {} };
	const { stderr, progress } = currentIo();
	if (progress) return progress(title, total);
	if (stderr.isTTY) {
		const bar = new SingleBar({
			format: `${title} {bar} {value}/{total}`,
			stream: stderr,
			clearOnComplete: true,
		});
		bar.start(total, 0);
		return { step: () => bar.increment(), end: () => bar.stop() };
	}
	const every = Math.max(1, Math.ceil(total / 10));
	let done = 0;
	return {
		step() {
			done += 1;
			if (done % every === 0 || done === total) stderr.write(`${title}: ${done}/${total}\n`);
		},
		end: () => {},
	};
}
