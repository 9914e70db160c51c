import { readdir, rename, rmdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { errorCodeOf, FirmsealError } from '../../errors.ts';
import { acquireLockFile, throwWriteError } from '../files/index.ts';
import { isExport, isFileOfExport, MANIFEST, RESUME } from './contents.ts';
import { type LineFile, openLines, writeWhole } from './line-file.ts';
import { FILE_OF } from './lists.ts';
import { ensureExportDirectory, foreignPartError, partialPathOf } from './publish-export.ts';
import { START } from './read-next-page.ts';
import { type ExportState, FORMAT, readState, VERSION } from './state.ts';

const STATE = join(RESUME, 'state.json');
const LOCK = join(RESUME, 'running');
/** Lines of what goes into the manifest. */
export const FETCHED_FILES = join(RESUME, 'files.jsonl');
export const FAILURES = join(RESUME, 'failures.jsonl');
const LINE_FILES = [...Object.values(FILE_OF), FETCHED_FILES, FAILURES];

interface PartLeft {
	readonly state: ExportState;
	/** Whether an earlier run has left it. */
	readonly isResumed: boolean;
	readonly releaseLock: () => Promise<void>;
}

/** An export that is incomplete, in a directory beside where it will be. */
export class ExportPart {
	readonly path: string;
	/** Whether an earlier run has left it. */
	readonly isResumed: boolean;
	readonly #out: string;
	readonly #files = new Map<string, LineFile>();
	readonly #releaseLock: () => Promise<void>;
	#isLocked = true;
	#state: ExportState;

	constructor(out: string, { state, isResumed, releaseLock }: PartLeft) {
		this.path = partialPathOf(out);
		this.isResumed = isResumed;
		this.#out = out;
		this.#releaseLock = releaseLock;
		this.#state = state;
	}

	/** As it was last saved. */
	get state(): ExportState {
		return this.#state;
	}

	/** Opens its files for one more run. */
	async begin(): Promise<void> {
		// By the state another run sees whose the other files are.
		if (!this.isResumed) await this.#write(this.#state);
		for (const name of LINE_FILES)
			this.#files.set(name, await openLines(join(this.path, name), this.#state.sizes[name] ?? 0));
		await this.save({ runs: this.#state.runs + 1 });
	}

	/** What is appended counts once it is saved. */
	async append(name: string, lines: readonly string[]): Promise<void> {
		const file = this.#files.get(name);
		if (!file) throw new Error(`${name} is no file of an export.`);
		await file.append(lines);
	}

	/** From here another run goes on. */
	async save(change: Partial<ExportState>): Promise<void> {
		for (const file of this.#files.values()) await file.sync();
		const sizes = Object.fromEntries([...this.#files].map(([name, { size }]) => [name, size]));
		await this.#write({ ...this.#state, ...change, sizes });
	}

	/** Lets go of it; what is saved is found again. */
	async leave(): Promise<void> {
		await this.#closeFiles();
		if (this.#isLocked) await this.#releaseLock();
		this.#isLocked = false;
	}

	/** Takes out what a complete export doesn't have. */
	async complete(): Promise<void> {
		await this.#closeFiles();
		// First the state, while others are kept out: no run goes on with what is complete.
		await removeFile(join(this.path, STATE));
		// What has the lock's name from here on is another run's.
		this.#isLocked = false;
		await removeResume(this.#out);
	}

	async #write(next: ExportState): Promise<void> {
		await writeWhole(join(this.path, `${STATE}.new`), JSON.stringify(next));
		await rename(join(this.path, `${STATE}.new`), join(this.path, STATE)).catch(throwWriteError);
		this.#state = next;
	}

	async #closeFiles(): Promise<void> {
		for (const file of this.#files.values()) await file.close().catch(() => {});
		this.#files.clear();
	}
}

/**
 * null: an earlier run has all of it, and was only cut off before it gave it its name.
 * @throws FirmsealError CONFLICT; what keeps it from being written
 */
export async function openExportPart(out: string, firmId: string): Promise<ExportPart | null> {
	const path = partialPathOf(out);
	const wasThere = await ensureExportDirectory(path);
	const names = wasThere ? await namesIn(path) : [];
	// Nothing is put into what is none.
	if (names.length > 0 && !names.includes(RESUME) && !names.includes(MANIFEST)) throw foreignPartError();
	const hadResume = await ensureExportDirectory(join(path, RESUME));
	// Only under the lock is what an earlier run has left read: until that run had ended, it changed it.
	const releaseLock = await acquireLockFile(join(path, LOCK));
	const left = await stateIn(path, firmId).catch(async (error: unknown) => {
		await releaseLock();
		if (!hadResume) await rmdir(join(path, RESUME)).catch(() => {});
		throw error;
	});
	if (left === null) {
		await releaseLock();
		return null;
	}
	const isResumed = left !== 'NONE';
	const part = new ExportPart(out, { state: isResumed ? left : newState(firmId), isResumed, releaseLock });
	try {
		await part.begin();
		return part;
	} catch (error) {
		await part.leave();
		throw error;
	}
}

/** What an earlier run has left; null: a complete export. @throws FirmsealError CONFLICT for what isn't one of this firm's */
async function stateIn(path: string, firmId: string): Promise<ExportState | 'NONE' | null> {
	const state = await readState(join(path, STATE), firmId);
	if (state !== null) return state;
	if (await isExport(path)) return null;
	if ((await namesIn(path)).some((name) => name !== RESUME)) throw foreignPartError();
	return 'NONE';
}

const namesIn = (path: string): Promise<string[]> =>
	readdir(path).catch((error: unknown) => {
		if (errorCodeOf(error) !== 'ENOENT') throwWriteError(error);
		throw new FirmsealError('CONFLICT', 'Another export to this place has ended just now: look at what it has made.');
	});

/** Runs that may start one after the other while what they leave is taken out. */
const TRIES = 20;

/** Takes out of a complete export what runs have left in it, and nothing else. @throws FirmsealError CONFLICT for what no run has left */
export async function removeResume(out: string): Promise<void> {
	const directory = join(partialPathOf(out), RESUME);
	for (let tries = 0; tries < TRIES; tries += 1) {
		const entries = await readdir(directory, { withFileTypes: true }).catch((error: unknown) =>
			errorCodeOf(error) === 'ENOENT' ? null : throwWriteError(error),
		);
		if (entries === null) return;
		const names = entries.map((entry) => ({ name: `${RESUME}/${entry.name}`, isFile: entry.isFile() }));
		for (const { name, isFile } of names)
			if (isFile && isFileOfExport(name)) await removeFile(join(partialPathOf(out), name));
		const other = names.find(({ name, isFile }) => !(isFile && isFileOfExport(name)));
		if (other)
			throw new FirmsealError(
				'CONFLICT',
				`There is something in the incomplete export that no run has written, such as ${JSON.stringify(other.name)}: move it elsewhere.`,
			);
		if (await rmdir(directory).then(() => true, mayComeAgain)) return;
	}
	throw new FirmsealError('CONFLICT', 'Others begin exports to this place again and again: end them.');
}

const removeFile = (path: string): Promise<void> =>
	unlink(path).catch((error: unknown) => (errorCodeOf(error) === 'ENOENT' ? undefined : throwWriteError(error)));

/** false: another run has written into it meanwhile. */
function mayComeAgain(error: unknown): boolean {
	if (errorCodeOf(error) === 'ENOENT') return true;
	return ['ENOTEMPTY', 'EEXIST'].includes(errorCodeOf(error)) ? false : throwWriteError(error);
}

const newState = (firmId: string): ExportState => ({
	format: FORMAT,
	version: VERSION,
	firmId,
	begun: new Date().toISOString(),
	runs: 0,
	position: START,
	sizes: {},
	counts: {},
	rows: 0,
	files: { count: 0, bytes: 0 },
	fetched: { offset: 0, versions: 0, count: 0, bytes: 0, passed: 0 },
	failures: 0,
});
