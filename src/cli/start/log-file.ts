import { closeSync, constants, lstatSync, openSync, renameSync, writeSync } from 'node:fs';
import { SetupError } from '../../errors.ts';

/** Bytes of a full file. The previous file is kept, so the log takes at most twice as much. */
const MOST = 10 * 2 ** 20;

/** Appends, creates the file if it is missing, and follows no link. */
const APPENDING = constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NOFOLLOW;

export interface LogFile {
	readonly path: string;
	write(lines: string): void;
	close(): void;
}

/**
 * Appends log lines to a file that only its owner may read, created with the first line. A full file is renamed to `PATH.1`, which replaces
 * the previous one. Lines that can't be written, for example to a full disk, are lost: no request waits for them. @throws SetupError for a link
 */
export function openLogFile(path: string, most = MOST): LogFile {
	let file: number | null = null;
	const there = lstatSync(path, { throwIfNoEntry: false });
	if (there?.isSymbolicLink())
		throw new SetupError(`${path} is a link: remove it, so that log lines go to a file there.`);
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
				// There is no one to tell: standard error is the screen.
			}
		},
		close,
	};
}
