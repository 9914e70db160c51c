import { createHash, randomInt } from 'node:crypto';
import type { Config } from '../../config/index.ts';
import {
	countKnownObjects,
	type DatabaseCheck,
	databaseCheck,
	type KnownObject,
	type Plane,
	selectKnownObjects,
	selectStoredTags,
} from '../../database/index.ts';
import { type ObjectStore, ObjectStoreError } from '../../documents/index.ts';
import { type Installation, openObjects } from '../../wiring/index.ts';
import { plural, shortenList, toCommandError } from '../command.ts';
import { UNSTOPPED } from '../io.ts';
import { showProgress } from '../print/index.ts';
import { joinByTag } from './rows-and-objects.ts';

export interface ObjectsOptions {
	/** null to read no object. */
	readonly objects: 'sample' | 'all' | null;
}

/** About how many objects a sample has. */
const SAMPLE = 100;
/** How many wrong rows are kept: with an empty store every row is wrong. */
const MOST = 1_000;

interface Wrong {
	readonly rows: KnownObject[];
	count: number;
}

interface Found {
	readonly missing: Wrong;
	readonly resized: Wrong;
	readonly changed: Wrong;
	/** Objects that no row names. */
	strays: number;
	compared: number;
	/** The sentence about the first object that can't be read; null if all can. */
	refusal: string | null;
}

const none = (): Wrong => ({ rows: [], count: 0 });

function note(wrong: Wrong, row: KnownObject): void {
	wrong.count += 1;
	if (wrong.rows.length < MOST) wrong.rows.push(row);
}

/** Compares every row with the store: whether its object exists and has its size and, for a sample or for all objects, its SHA-256. */
export async function inspectStoredObjects(
	config: Config,
	{ worker }: Pick<Installation, 'worker'>,
	options: ObjectsOptions,
): Promise<DatabaseCheck[]> {
	try {
		const counts = await worker.read(null, countKnownObjects);
		const found = await compare(
			{ worker, store: await openObjects(config, { createDirectory: false }), total: counts.stored },
			options,
		);
		return [
			finding(`every file has its object: ${counts.stored}`, await stillFiles(worker, found.missing), {
				one: 'is missing in the store',
				many: 'are missing in the store',
			}),
			finding('every object has the size that it was stored with', found.resized, {
				one: 'has another size',
				many: 'have another size',
			}),
			bytes(found, options),
			databaseCheck(restOf(found.strays, counts), null),
		];
	} catch (error) {
		return [databaseCheck('every file has its object', toCommandError(error).message)];
	}
}

interface Comparing {
	readonly worker: Pick<Plane, 'read'>;
	readonly store: ObjectStore;
	readonly total: number;
}

async function compare({ worker, store, total }: Comparing, { objects }: ObjectsOptions): Promise<Found> {
	const found: Found = { missing: none(), resized: none(), changed: none(), strays: 0, compared: 0, refusal: null };
	const isChosen = () => objects === 'all' || (objects === 'sample' && (total <= SAMPLE || randomInt(total) < SAMPLE));
	const rows = (after: string | null, most: number) => worker.read(null, (tx) => selectKnownObjects(tx, after, most));
	const progress = showProgress('Objects', total);
	try {
		for await (const { row, objects: there } of joinByTag(rows, store.list())) {
			if (row === null) found.strays += there.length;
			if (row?.state !== 'STORED') continue;
			const sized = there.find(({ size }) => size === row.size);
			if (there.length === 0) note(found.missing, row);
			else if (!sized) note(found.resized, row);
			else if (found.refusal === null && isChosen()) await compareBytes({ store, found }, row, sized.name);
			progress.step();
		}
		return found;
	} finally {
		progress.end();
	}
}

interface Bytes {
	readonly store: ObjectStore;
	readonly found: Found;
}

async function compareBytes({ store, found }: Bytes, row: KnownObject, name: string): Promise<void> {
	const hash = createHash('sha256');
	try {
		for await (const piece of store.read(name, { start: 0, end: row.size ?? 0 }, UNSTOPPED)) hash.update(piece);
	} catch (error) {
		if (!(error instanceof ObjectStoreError && error.reason === 'REFUSED')) throw error;
		// The credentials may list the bucket but not read it, so the next object would be refused too.
		found.refusal = `${row.tag} can’t be read, so no further object was tried: ${error.message}`;
		return;
	}
	found.compared += 1;
	if (!hash.digest().equals(row.sha256 ?? Buffer.alloc(0))) note(found.changed, row);
}

/** Leaves out rows that were deleted during the comparison, for example because a running server removed a document. */
async function stillFiles(worker: Pick<Plane, 'read'>, { rows, count }: Wrong): Promise<Wrong> {
	if (count === 0) return none();
	const tags = rows.map(({ tag }) => tag);
	const there = await worker.read(null, (tx) => selectStoredTags(tx, tags));
	const still = rows.filter(({ tag }) => there.has(tag));
	return { rows: still, count: count - (rows.length - still.length) };
}

interface Verb {
	readonly one: string;
	readonly many: string;
}

function finding(check: string, { rows, count }: Wrong, verb: Verb): DatabaseCheck {
	if (count === 0) return databaseCheck(check, null);
	const named = rows.map(({ tag, versionId, firm }) => `${tag} (file of version ${versionId}, firm ${firm})`);
	const fix = `${plural(count, verb.one, verb.many)}: ${shortenList(named, count)}. Restore these objects from their copy. If a document was removed after the copy of the database was made, remove it again instead.`;
	return databaseCheck(check, fix);
}

function bytes({ changed, compared, refusal }: Found, { objects }: ObjectsOptions): DatabaseCheck {
	const stored = 'objects have the bytes that were stored, by their SHA-256';
	if (objects === null)
		return {
			check: stored,
			ok: null,
			fix: 'No object was compared: `--objects all` compares all, `--objects sample` some.',
		};
	const check = `${stored}: ${compared} compared`;
	if (changed.count > 0) return finding(check, changed, { one: 'has other bytes', many: 'have other bytes' });
	const fix =
		refusal && `${refusal} In the cloud, use credentials that may read the bucket: the worker’s role may not.`;
	return databaseCheck(check, fix);
}

const restOf = (
	strays: number,
	{ underWay, leaving }: { readonly underWay: number; readonly leaving: number },
): string =>
	`everything else in the store is left as it is: objects that no row names and no one can open: ${strays}; unfinished uploads that the worker gives up: ${underWay}; rows whose objects the worker deletes: ${leaving}`;
