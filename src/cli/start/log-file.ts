import { closeSync, constants, lstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { SetupError } from '../../errors.ts';

/** Bytes; the file before is kept beside it, so that twice as much is there at most. */
const MOST = 10 * 2 ** 20;

/** At its end, made if it isn't there, and through no link. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

export interface LogFile {
	readonly path: string;
	write(lines: string): void;
	close(): void;
}

/**
 * Log lines in an owner-only file that is gone on with, from the first line on. When it is full it becomes `PATH.1`, in place of the one
 * before. What cannot be written, as on a full disk, is lost: no request waits for it. @throws SetupError for a link.
 */
export function openLogFile(path: string, most = MOST): LogFile {
	let file: number | null = null;
	const there = lstatSync(path, { throwIfNoEntry: false });
	if (there?.isSymbolicLink()) throw new SetupError(`${path} is a link: remove it, and log lines go to a file there.`);
	let size = there?.size ?? 0;
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
				file ??= openSync(path, APPENDING, 0o600);
				size += writeSync(file, lines);
			} catch {
				// Nobody is there to be told: standard error is the screen.
			}
		},
		close,
	};
}
