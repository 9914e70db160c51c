import { SingleBar } from 'cli-progress';
import { currentIo, type Io } from '../io.ts';

export interface ByteProgress {
	/** `total` is null if it is unknown. */
	reach(done: number, total: number | null): void;
	/** Prints a sentence between updates of the progress. */
	say(sentence: string): void;
	end(): void;
}

/** Bytes between two lines if no total is known. */
const EVERY = 256 * 1024 ** 2;
const FORMAT = '{title} {bar} {percentage}% of {size}, {eta_formatted} left';

/** On standard error: a bar on a terminal, a line every tenth elsewhere. */
export function showBytes(title: string): ByteProgress {
	const { stderr } = currentIo();
	return stderr.isTTY ? onTerminal(title, stderr) : inLines(title, stderr);
}

function onTerminal(title: string, stderr: Io['stderr']): ByteProgress {
	const bar = new SingleBar({ format: FORMAT, stream: stderr, clearOnComplete: true, etaBuffer: 100 });
	let begun: number | null = null;
	return {
		reach(done, total) {
			if (total === null || total === 0) return;
			if (begun !== total) bar.start(total, done, { title, size: sizeOf(total) });
			else bar.update(done);
			begun = total;
		},
		say(sentence) {
			if (begun !== null) bar.stop();
			begun = null;
			stderr.write(`${sentence}\n`);
		},
		end: () => {
			if (begun !== null) bar.stop();
		},
	};
}

function inLines(title: string, stderr: Io['stderr']): ByteProgress {
	let shown = 0;
	return {
		reach(done, total) {
			const step = total === null ? Math.floor(done / EVERY) : total === 0 ? 0 : Math.floor((done / total) * 10);
			if (step > shown) stderr.write(`${title}: ${sizeOf(done)}${total === null ? '' : ` of ${sizeOf(total)}`}\n`);
			// Smaller than before if a file is fetched again from its beginning.
			shown = step;
		},
		say: (sentence) => void stderr.write(`${sentence}\n`),
		end: () => {},
	};
}

const UNITS = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB'];

/** Such as 1.4 GiB. */
export function sizeOf(bytes: number): string {
	const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
	const amount = bytes / 1024 ** power;
	return `${power === 0 ? amount : amount.toFixed(1)} ${UNITS[power]}`;
}
