import { createHmac, timingSafeEqual } from 'node:crypto';
import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { encodeContext } from '../../envelope/index.ts';
import { FirmsealError } from '../../errors.ts';
import { KeyUnavailableError } from '../../keys/index.ts';
import { isUnfinished, nullIfAbsent } from '../../local-files/index.ts';
import { empty, makeDirectoryDurably, publishFile } from './durable-files.ts';
import type { FirmKeys } from './firm-keys.ts';
import type { RootKeys } from './root-keys.ts';

interface Latest {
	/** 0 if there is none yet. */
	readonly generation: number;
	readonly keys: FirmKeys | null;
}

const GENERATION = /^[1-9][0-9]{0,14}$/;
const FIRM = /^[0-9a-f-]{36}$/;

/** Emptied generations keep their names until so many later ones exist, so that a process that slept through fewer writes finds its name taken. */
const NAMES_KEPT = 64;

/** About ten seconds, including the pauses. */
const ATTEMPTS = 250;
const LONGEST_PAUSE_MS = 80;

/** Part of the file's MAC, so that a copy under another firm or generation does not verify. */
interface FirmFile {
	readonly firm: string;
	readonly generation: number;
}

interface Listed {
	readonly generations: readonly number[];
	/** 0 if there is none yet. */
	readonly latest: number;
	readonly unfinished: readonly string[];
}

type Written = { readonly written: false } | { readonly written: true; readonly keys: FirmKeys | null };

/** The firms' files, safe for any number of processes (README.md). */
export class FirmStore {
	readonly #directory: string;
	readonly #root: RootKeys;

	constructor(directory: string, root: RootKeys) {
		this.#directory = directory;
		this.#root = root;
	}

	/** Firms that have or had a wrapping key. */
	firms(): Promise<readonly string[]> {
		return reachable(async () => (await readdir(this.#directory)).filter((name) => FIRM.test(name)));
	}

	/** Throws unless the firm's file verifies. Cleans up after a process that was killed. */
	verify(firm: string): Promise<void> {
		return reachable(async () => {
			await this.#readLatest(firm);
			await this.#sweep(firm, await this.#list(firm));
		});
	}

	/** null if the firm has no wrapping key. */
	read(firm: string): Promise<FirmKeys | null> {
		return reachable(async () => (await this.#readLatest(firm)).keys);
	}

	/**
	 * Stores the result of `next`, which is called again each time another process was faster. Writes nothing if `next` returns its argument,
	 * returns null, or throws.
	 */
	change<Next extends FirmKeys | null>(firm: string, next: (keys: FirmKeys | null) => Next): Promise<Next> {
		return reachable(async () => {
			for (let tries = 1; tries <= ATTEMPTS; tries++) {
				const outcome = await this.#attempt(firm, next);
				if (outcome.written) return outcome.keys as Next;
				await delay(Math.random() * Math.min(2 ** tries, LONGEST_PAUSE_MS));
			}
			throw new KeyUnavailableError('THROTTLED', 'Too many processes are changing the keys of this firm: try again.');
		});
	}

	async #attempt(firm: string, next: (keys: FirmKeys | null) => FirmKeys | null): Promise<Written> {
		const { generation, keys } = await this.#readLatest(firm);
		const wanted = next(keys);
		if (wanted === null || wanted === keys) return { written: true, keys: wanted };
		if (generation === 0) await makeDirectoryDurably(this.#directoryOf(firm));
		const file = { firm, generation: generation + 1 };
		if (!(await publishFile(this.#pathOf(file), encodeFirmFile(this.#root, file, wanted)))) return { written: false };
		const listed = await this.#list(firm);
		await this.#sweep(firm, listed);
		// If this process slept for so long, the name may have been free only because a past generation had been removed.
		const outrun = file.generation <= listed.latest - NAMES_KEPT;
		return outrun ? { written: false } : { written: true, keys: wanted };
	}

	async #readLatest(firm: string): Promise<Latest> {
		for (;;) {
			const { latest: generation } = await this.#list(firm);
			if (generation === 0) return { generation, keys: null };
			const file = { firm, generation };
			const bytes = await nullIfAbsent(readFile(this.#pathOf(file)));
			const keys = bytes && decodeFirmFile(this.#root, file, bytes);
			if (keys) return { generation, keys };
			// A generation is emptied once a later one exists. Only the last one must always verify.
			if ((await this.#list(firm)).latest <= generation) {
				throw new KeyUnavailableError('AWAY', 'The key file of this firm is damaged: restore it from a backup.');
			}
		}
	}

	/** Empties every earlier generation, because it may hold a key that has since been destroyed. */
	async #sweep(firm: string, { generations, latest, unfinished }: Listed): Promise<void> {
		for (const generation of generations) {
			const path = this.#pathOf({ firm, generation });
			if (generation <= latest - NAMES_KEPT) await rm(path, { force: true });
			else if (generation < latest && (await nullIfAbsent(stat(path)))?.size) {
				await nullIfAbsent(empty(path));
			}
		}
		for (const name of unfinished) await rm(join(this.#directoryOf(firm), name), { force: true });
	}

	async #list(firm: string): Promise<Listed> {
		const names = (await nullIfAbsent(readdir(this.#directoryOf(firm)))) ?? [];
		const generations = names.filter((name) => GENERATION.test(name)).map(Number);
		return { generations, latest: Math.max(0, ...generations), unfinished: names.filter(isUnfinished) };
	}

	#directoryOf(firm: string): string {
		if (FIRM.test(firm)) return join(this.#directory, firm);
		throw new FirmsealError('INTERNAL', 'The keyring takes a firm by its lower-case UUID.');
	}

	#pathOf({ firm, generation }: FirmFile): string {
		return join(this.#directoryOf(firm), String(generation));
	}
}

const NEW_LINE = 0x0a;

/** A line of JSON, then a line of base64: the HMAC-SHA-256 of the file's identity and of the first line. */
function encodeFirmFile(root: RootKeys, file: FirmFile, keys: FirmKeys): Uint8Array {
	const body = Buffer.from(JSON.stringify(keys));
	return Buffer.concat([body, Buffer.from(`\n${macOf(root, file, body).toString('base64')}\n`)]);
}

/** null if the file does not verify. */
function decodeFirmFile(root: RootKeys, file: FirmFile, bytes: Buffer): FirmKeys | null {
	const end = bytes.indexOf(NEW_LINE);
	if (end < 0) return null;
	const body = bytes.subarray(0, end);
	const expected = Buffer.from(`${macOf(root, file, body).toString('base64')}\n`);
	const found = bytes.subarray(end + 1);
	if (found.length !== expected.length || !timingSafeEqual(found, expected)) return null;
	return JSON.parse(body.toString()) as FirmKeys;
}

function macOf(root: RootKeys, { firm, generation }: FirmFile, body: Uint8Array): Buffer {
	const context = encodeContext(['firmseal/local-keyring/file/v1', root.installation, firm, String(generation)]);
	return createHmac('sha256', root.mac).update(context).update(body).digest();
}

/** An error of the file system names paths, so it goes only into `cause`. Commands, which run on this machine, show the paths. */
async function reachable<Answer>(work: () => Promise<Answer>): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		if (error instanceof FirmsealError) throw error;
		throw new KeyUnavailableError(
			'AWAY',
			'The key files cannot be read or written: check the disk and its permissions.',
			undefined,
			{ cause: error },
		);
	}
}
