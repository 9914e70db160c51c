import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { FirmsealError } from '../../errors.ts';
import { holdAlone, throwUnwritten } from '../files/index.ts';
import { isExport, RESUME } from './contents.ts';
import { type LineFile, openLines, writeWhole } from './line-file.ts';
import { FILE_OF } from './lists.ts';
import { isThere, makeDirectory, partOf, readIfThere } from './place.ts';
import { FORMAT, parseState, type State, VERSION } from './state.ts';
import { START } from './walk.ts';

const STATE = join(RESUME, 'state.json');
const LOCK = join(RESUME, 'running');
/** Lines of what goes into the manifest. */
export const FETCHED_FILES = join(RESUME, 'files.jsonl');
export const FAILURES = join(RESUME, 'failures.jsonl');
const LINE_FILES = [...Object.values(FILE_OF), FETCHED_FILES, FAILURES];

/** An export that is incomplete, in a directory beside where it will be. */
export interface Part {
	readonly path: string;
	/** As it was last saved. */
	readonly state: State;
	/** Whether an earlier run has left it. */
	readonly isResumed: boolean;
	/** What is appended counts once it is saved. */
	append(file: string, lines: readonly string[]): Promise<void>;
	/** From here another run goes on. */
	save(change: Partial<State>): Promise<void>;
	/** Lets go of it; what is saved is found again. */
	leave(): Promise<void>;
	/** Takes out what a complete export doesn't have. */
	complete(): Promise<void>;
}

/** null: an earlier run has all of it, and only didn't get to give it its name. @throws FirmsealError CONFLICT; what keeps it from being written */
export async function openExportPart(out: string, firmId: string): Promise<Part | null> {
	const path = partOf(out);
	const wasThere = await makeDirectory(path);
	const stateAt = join(path, STATE);
	if (wasThere && !(await isThere(stateAt))) {
		if (await isExport(path)) {
			await rm(join(path, RESUME), { recursive: true, force: true }).catch(throwUnwritten);
			return null;
		}
		if ((await readdir(path)).some((name) => name !== RESUME))
			throw new FirmsealError(
				'CONFLICT',
				'Something else has the name of the incomplete export, which ends with .part: remove it.',
			);
	}
	await makeDirectory(join(path, RESUME));
	const letGo = await holdAlone(join(path, LOCK));
	let isHeld = true;
	let found: string | null;
	let state: State;
	try {
		// Only now, since it is what an earlier run has left: until it was ended that run saved more.
		found = await readIfThere(stateAt);
		if (found === null && (await isExport(path)))
			throw new FirmsealError('CONFLICT', 'Another export to this place has ended just now: look at what it has made.');
		state = found === null ? begun(firmId) : parseState(found, firmId);
	} catch (error) {
		await letGo();
		throw error;
	}
	const files = new Map<string, LineFile>();

	async function close(): Promise<void> {
		for (const file of files.values()) await file.close().catch(() => {});
		files.clear();
	}

	async function save(change: Partial<State>): Promise<void> {
		for (const file of files.values()) await file.sync();
		const sizes = Object.fromEntries([...files].map(([name, { size }]) => [name, size]));
		const next = { ...state, ...change, sizes };
		await writeWhole(join(path, `${STATE}.new`), JSON.stringify(next));
		await rename(join(path, `${STATE}.new`), join(path, STATE)).catch(throwUnwritten);
		state = next;
	}

	try {
		for (const name of LINE_FILES) files.set(name, await openLines(join(path, name), state.sizes[name] ?? 0));
		await save({ runs: state.runs + 1 });
	} catch (error) {
		await close();
		await letGo();
		throw error;
	}

	return {
		path,
		get state() {
			return state;
		},
		isResumed: found !== null,
		async append(name, lines) {
			const file = files.get(name);
			if (!file) throw new Error(`${name} is no file of an export.`);
			await file.append(lines);
		},
		save,
		async leave() {
			await close();
			if (isHeld) await letGo();
			isHeld = false;
		},
		async complete() {
			await close();
			// First the state, while others are kept out: no run goes on with what is complete.
			for (const each of [STATE, RESUME])
				await rm(join(path, each), { recursive: true, force: true }).catch(throwUnwritten);
			// What has the name from here on is another run's.
			isHeld = false;
		},
	};
}

const begun = (firmId: string): State => ({
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
