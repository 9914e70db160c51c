import { closeSync, openSync, renameSync, statSync, writeSync } from 'node:fs';

/** Bytes; the file before is kept beside it, so that twice as much is there at most. */
const MOST = 10 * 2 ** 20;

export interface LogFile {
	readonly path: string;
	write(lines: string): void;
	close(): void;
}

/**
 * Log lines in an owner-only file that is gone on with, from the first line on. When it is full it becomes `PATH.1`, in place of the one
 * before. What cannot be written, as on a full disk, is lost: no request waits for it.
 */
export function openLogFile(path: string, most = MOST): LogFile {
	let file: number | null = null;
	let size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
	const close = () => {
		if (file !== null) closeSync(file);
		file = null;
	};
	return {
		path,
		write(lines) {
			try {
				if (size > most) {
					close();
					renameSync(path, `${path}.1`);
					size = 0;
				}
				file ??= openSync(path, 'a', 0o600);
				size += writeSync(file, lines);
			} catch {
				// Nobody is there to be told: standard error is the screen.
			}
		},
		close,
	};
}
