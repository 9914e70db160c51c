import { lstatSync } from 'node:fs';
import { type FileHandle, readdir, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf, explainFileErrorCode, FirmsealError, SetupError } from '../errors.ts';
import { acquireLock } from './lock-file.ts';
import { makeDirectory } from './make-directory.ts';
import { openPlain, syncDirectory, writeDurably } from './owner-only-file.ts';
import { isUnfinished, unfinishedPathIn } from './unfinished-file.ts';

const NAME = /^[A-Za-z0-9._/-]{1,200}$/;
/** Bytes. The largest record of a device is a chunk of its key log, or the marks of its rows. */
const MOST_BYTES = 256 * 1024 * 1024;

export interface KeptDirectoryOptions {
	/** What chooses the path, for the sentences of errors, such as `--devices`. */
	readonly setting: string;
	/** False to find out what is there without creating the directory: it then rejects with NOT_FOUND. */
	readonly create: boolean;
}

/**
 * What the devices of a person keep, in a directory that only its owner can read: the store of a vault in Node. Each record is one file,
 * which is replaced as a whole or not at all, and is on the disk when write() resolves. One process at a time uses the directory.
 */
export class KeptDirectory {
	readonly #path: string;
	readonly #setting: string;
	readonly #release: () => Promise<void>;

	private constructor(path: string, setting: string, release: () => Promise<void>) {
		this.#path = path;
		this.#setting = setting;
		this.#release = release;
	}

	/**
	 * Opens the directory and locks it until close().
	 * @throws FirmsealError CONFLICT if another process uses it, NOT_FOUND; SetupError if it is a link or no directory, belongs to another
	 * user, is open to others, or cannot be written
	 */
	static async open(path: string, { setting, create }: KeptDirectoryOptions): Promise<KeptDirectory> {
		try {
			if (create && !isThere(path)) makeDirectory(path);
			requireOwnDirectory(path, setting);
			const release = await acquireLock(join(path, 'lock'), `Another command uses the devices in ${path}`);
			// A process that was killed left these. No other process writes here now.
			for (const name of await readdir(path)) if (isUnfinished(name)) await removeIfThere(join(path, name));
			return new KeptDirectory(path, setting, release);
		} catch (error) {
			throw explained(error, path, setting);
		}
	}

	/** Null if nothing has this name. @throws SetupError for a file that is a link, or that others own, read or changed */
	async read(name: string): Promise<Uint8Array | null> {
		const path = this.#pathOf(name);
		const file = await openPlain(path);
		if (file === null) return null;
		try {
			await requireOwnFile(file, path);
			return new Uint8Array(await file.readFile());
		} finally {
			await file.close();
		}
	}

	/** Durable when it resolves. If it rejects, the name has what it had, or all of the new bytes. @throws SetupError if the disk is full or fails */
	async write(name: string, bytes: Uint8Array): Promise<void> {
		const path = this.#pathOf(name);
		const draft = unfinishedPathIn(this.#path);
		try {
			await writeDurably(draft, bytes);
			await rename(draft, path);
			await syncDirectory(this.#path);
		} catch (error) {
			await unlink(draft).catch(() => {});
			throw explained(error, this.#path, this.#setting);
		}
	}

	/** Resolves also if nothing has this name. @throws SetupError if the disk fails */
	async remove(name: string): Promise<void> {
		const path = this.#pathOf(name);
		try {
			await removeIfThere(path);
			await syncDirectory(this.#path);
		} catch (error) {
			throw explained(error, this.#path, this.#setting);
		}
	}

	/** Lets other processes use the directory. */
	close(): Promise<void> {
		return this.#release();
	}

	#pathOf(name: string): string {
		if (!NAME.test(name)) throw new RangeError('A name of what is kept is 1 to 200 letters, digits, and any of ._-/.');
		return join(this.#path, fileNameOf(name));
	}
}

/**
 * All files are in one directory, so that no name leads elsewhere. Some disks take `A` and `a` for the same, so the file has small letters,
 * then which of them are capital: the digits of a bit mask. It has at most 251 characters, of 255 that disks take.
 */
function fileNameOf(name: string): string {
	const capitals = Array.from(name).reduce(
		(mask, letter, at) => (/[A-Z]/.test(letter) ? mask | (1n << BigInt(at)) : mask),
		0n,
	);
	return `${name.toLowerCase().replaceAll('/', ',')}~${capitals === 0n ? '' : capitals.toString(16)}`;
}

const isThere = (path: string): boolean => lstatSync(path, { throwIfNoEntry: false }) !== undefined;

function requireOwnDirectory(path: string, setting: string): void {
	const stats = lstatSync(path, { throwIfNoEntry: false });
	if (stats === undefined)
		throw new FirmsealError('NOT_FOUND', `There are no devices in ${path}: name another directory with ${setting}.`);
	if (stats.isSymbolicLink())
		throw new SetupError(`${path} is a link, which could lead anywhere: set ${setting} to the directory itself.`);
	if (!stats.isDirectory()) throw new SetupError(explainFileErrorCode('ENOTDIR', path, setting));
	if (stats.uid !== process.getuid?.())
		throw new SetupError(
			`${path} has another owner, who could replace the devices in it: set ${setting} to a directory of your own.`,
		);
	if ((stats.mode & 0o077) !== 0)
		throw new SetupError(
			`Others can look into ${path}, or exchange what is there: run chmod 700 on it, and if others could write, remove the devices in it and join again.`,
		);
}

async function requireOwnFile(file: FileHandle, path: string): Promise<void> {
	const stats = await file.stat();
	if (!stats.isFile() || stats.nlink > 1 || stats.size > MOST_BYTES)
		throw new SetupError(`${path} is not a file that a device keeps: remove the device here, and join again.`);
	if (stats.uid !== process.getuid?.())
		throw new SetupError(`Another user owns ${path}, and may have written it: remove the device here, and join again.`);
	if ((stats.mode & 0o077) !== 0)
		throw new SetupError(
			`Others could read or write ${path}: run chmod 600 on it, and make another device if they did.`,
		);
}

async function removeIfThere(path: string): Promise<void> {
	try {
		await unlink(path);
	} catch (error) {
		if (errorCodeOf(error) !== 'ENOENT') throw error;
	}
}

/** Our own errors are returned as they are. */
const explained = (error: unknown, path: string, setting: string): unknown =>
	error instanceof FirmsealError || error instanceof SetupError
		? error
		: new SetupError(explainFileErrorCode(errorCodeOf(error), path, setting));
