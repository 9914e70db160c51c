import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { FirmsealError } from '../../errors.ts';
import { KeyUnavailableError } from '../../keys/index.ts';
import { empty, isUnfinished, makeOwnerOnly, orIfAbsent, publishFile } from './durable-files.ts';
import { decodeFirmFile, encodeFirmFile } from './firm-file.ts';
import type { FirmKeys } from './firm-keys.ts';
import type { RootKeys } from './root-keys.ts';

/** The firms' files, shared by any number of processes; README.md says how. */
export interface FirmStore {
	/** Firms that have a wrapping key, or had one. */
	firms(): Promise<readonly string[]>;
	/** Throws unless the firm's file verifies; finishes what a killed process left half done. */
	verify(firm: string): Promise<void>;
	/** null: the firm has no wrapping key. */
	read(firm: string): Promise<FirmKeys | null>;
	/**
	 * Writes what `next` makes of what is there; called again whenever another process was faster. Nothing is written when
	 * it gives back what it got, or throws.
	 */
	change<Next extends FirmKeys | null>(firm: string, next: (keys: FirmKeys | null) => Next): Promise<Next>;
}

interface Latest {
	/** 0: none yet. */
	readonly generation: number;
	readonly keys: FirmKeys | null;
}

const GENERATION = /^[1-9][0-9]{0,14}$/;
const FIRM = /^[0-9a-f-]{36}$/;

/** Emptied generations whose names stay taken: a process that slept through fewer writes than this finds out. */
const NAMES_KEPT = 64;

/** With the pauses between them about ten seconds. */
const ATTEMPTS = 250;
const LONGEST_PAUSE_MS = 80;

export function createFirmStore(directory: string, root: RootKeys): FirmStore {
	function directoryOf(firm: string): string {
		if (FIRM.test(firm)) return join(directory, firm);
		throw new FirmsealError('INTERNAL', 'A firm is named to the keyring by its lower-case UUID.');
	}
	const pathOf = (firm: string, generation: number) => join(directoryOf(firm), String(generation));

	async function list(firm: string) {
		const names = await orIfAbsent(readdir(directoryOf(firm)), []);
		const generations = names.filter((name) => GENERATION.test(name)).map(Number);
		return { generations, latest: Math.max(0, ...generations), unfinished: names.filter(isUnfinished) };
	}

	async function readLatest(firm: string): Promise<Latest> {
		for (;;) {
			const { latest: generation } = await list(firm);
			if (generation === 0) return { generation, keys: null };
			const bytes = await orIfAbsent(readFile(pathOf(firm, generation)), null);
			const keys = bytes && decodeFirmFile(root, { firm, generation }, bytes);
			if (keys) return { generation, keys };
			// A generation is emptied as soon as there is a later one; only the last one must always open.
			if ((await list(firm)).latest <= generation) {
				throw new KeyUnavailableError('AWAY', 'The key file of this firm is damaged: restore it from a backup.');
			}
		}
	}

	/** Takes the bytes of every earlier generation, for they may hold a key that was destroyed since. */
	async function sweep(firm: string, { generations, latest, unfinished }: Awaited<ReturnType<typeof list>>) {
		for (const generation of generations) {
			const path = pathOf(firm, generation);
			if (generation <= latest - NAMES_KEPT) await rm(path, { force: true });
			else if (generation < latest && (await orIfAbsent(stat(path), null))?.size) {
				await orIfAbsent(empty(path), undefined);
			}
		}
		for (const name of unfinished) await rm(join(directoryOf(firm), name), { force: true });
	}

	async function attempt(firm: string, next: (keys: FirmKeys | null) => FirmKeys | null) {
		const { generation, keys } = await readLatest(firm);
		const wanted = next(keys);
		if (wanted === null || wanted === keys) return { written: true, keys: wanted };
		if (generation === 0) await makeOwnerOnly(directoryOf(firm));
		const file = { firm, generation: generation + 1 };
		if (!(await publishFile(pathOf(firm, file.generation), encodeFirmFile(root, file, wanted))))
			return { written: false };
		const listed = await list(firm);
		await sweep(firm, listed);
		// Then the name may have been free only because it was given up long ago.
		const outrun = file.generation <= listed.latest - NAMES_KEPT;
		return outrun ? { written: false } : { written: true, keys: wanted };
	}

	return {
		firms: () => reachable(async () => (await readdir(directory)).filter((name) => FIRM.test(name))),
		verify: (firm) =>
			reachable(async () => {
				await readLatest(firm);
				await sweep(firm, await list(firm));
			}),
		read: (firm) => reachable(async () => (await readLatest(firm)).keys),
		change: <Next extends FirmKeys | null>(firm: string, next: (keys: FirmKeys | null) => Next) =>
			reachable(async () => {
				for (let tries = 1; tries <= ATTEMPTS; tries++) {
					const outcome = await attempt(firm, next);
					if (outcome.written) return outcome.keys as Next;
					await delay(Math.random() * Math.min(2 ** tries, LONGEST_PAUSE_MS));
				}
				throw new KeyUnavailableError('THROTTLED', 'Too many processes change the keys of this firm; try again.');
			}),
	};
}

/** An error of the file system names paths, and its caller may show it: a command, which is run on this machine, takes them from `cause`. */
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
