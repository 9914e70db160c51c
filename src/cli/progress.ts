import { SingleBar } from 'cli-progress';

export interface Progress {
	step(): void;
	end(): void;
}

/** On standard error: a bar on a terminal, a line every tenth elsewhere. */
export function showProgress(title: string, total: number): Progress {
	if (total === 0) return { step: () => {}, end: () => {} };
	if (process.stderr.isTTY) {
		const bar = new SingleBar({
			format: `${title} {bar} {value}/{total}`,
			stream: process.stderr,
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
			if (done % every === 0 || done === total) process.stderr.write(`${title}: ${done}/${total}\n`);
		},
		end: () => {},
	};
}
