import { createHash, randomInt } from 'node:crypto';
import type { Config } from '../../config/index.ts';
import {
	countKnownObjects,
	type DatabaseCheck,
	type KnownObject,
	type Plane,
	selectKnownObjects,
	selectStoredTags,
} from '../../database/index.ts';
import { type ObjectStore, ObjectStoreError } from '../../documents/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { openObjects } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';
import { UNSTOPPED } from '../io.ts';
import { showProgress } from '../print/index.ts';
import { joinByTag } from './rows-and-objects.ts';
import { shortenList } from './shorten-list.ts';

export interface ObjectsOptions {
	/** null: no object is read. */
	readonly objects: 'sample' | 'all' | null;
}

/** About so many objects are read of a sample. */
const SAMPLE = 100;
/** Kept of those that are wrong: of a store that is empty all are. */
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
	/** Why objects can't be read, by the first that could not; null: they can. */
	refusal: string | null;
}

const none = (): Wrong => ({ rows: [], count: 0 });

function note(wrong: Wrong, row: KnownObject): void {
	wrong.count += 1;
	if (wrong.rows.length < MOST) wrong.rows.push(row);
}

/** Holds every row against the store: its object is there, of its size, and, of a sample or of all, of its SHA-256. */
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
			finding(
				`every file has its object: ${counts.stored}`,
				await stillFiles(worker, found.missing),
				'missing in the store',
			),
			finding('every object has the size that it was stored with', found.resized, 'of another size'),
			bytes(found, options),
			{ check: restOf(found.strays, counts), ok: true, fix: null },
		];
	} catch (error) {
		return [{ check: 'every file has its object', ok: false, fix: toCommandError(error).message }];
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
		// Who may list the bucket needn't be who may read it: the next would be refused too.
		found.refusal = `${row.tag} can’t be read, and no more were: ${error.message}`;
		return;
	}
	found.compared += 1;
	if (!hash.digest().equals(row.sha256 ?? Buffer.alloc(0))) note(found.changed, row);
}

/** Whoever runs may have removed a document meanwhile. */
async function stillFiles(worker: Pick<Plane, 'read'>, { rows, count }: Wrong): Promise<Wrong> {
	if (count === 0) return none();
	const tags = rows.map(({ tag }) => tag);
	const there = await worker.read(null, (tx) => selectStoredTags(tx, tags));
	const still = rows.filter(({ tag }) => there.has(tag));
	return { rows: still, count: count - (rows.length - still.length) };
}

function finding(check: string, { rows, count }: Wrong, sentence: string): DatabaseCheck {
	if (count === 0) return { check, ok: true, fix: null };
	const named = rows.map(({ tag, versionId, firm }) => `${tag} (file of version ${versionId}, firm ${firm})`);
	const fix = `${count} ${sentence}: ${shortenList(named, count)}. Bring these objects back from their copy; what was removed after the copy of the database was made is removed again.`;
	return { check, ok: false, fix };
}

function bytes({ changed, compared, refusal }: Found, { objects }: ObjectsOptions): DatabaseCheck {
	const stored = 'objects are the bytes that were stored, by their SHA-256';
	if (objects === null)
		return {
			check: stored,
			ok: null,
			fix: 'None was compared: `--objects all` compares all, `--objects sample` some.',
		};
	const check = `${stored}: ${compared} compared`;
	if (changed.count > 0) return finding(check, changed, 'are other bytes');
	const fix =
		refusal && `${refusal} In the cloud, use credentials that may read the bucket, which the worker’s role may not.`;
	return { check, ok: refusal === null, fix };
}

const restOf = (
	strays: number,
	{ underWay, leaving }: { readonly underWay: number; readonly leaving: number },
): string =>
	`what else is in the store is left as it is: ${strays} objects that no row names, and so nobody opens; the worker gives up ${underWay} uploads that were under way, and deletes what ${leaving} rows let go`;
