import { decideMaintenance } from '../../access/index.ts';
import { systemEntry } from '../../audit/index.ts';
import { FILE_FIELDS, type Maintenance } from '../../content/index.ts';
import {
	type DeletionListEntry,
	deleteErasedObjectRows,
	deleteFromDeletionList,
	type ErasureFile,
	insertIntoDeletionList,
	type JobPageRow,
	type JobRow,
	scheduleObjectDeletion,
	selectDeletionList,
	selectDeletionListEnd,
	selectErasureFiles,
	selectErasureFilesEnd,
	selectErasureObjectsEnd,
	selectErasureTags,
	setUnopenedCounts,
	type Transaction,
} from '../../database/index.ts';
import {
	isObjectName,
	type ObjectStore,
	ObjectStoreError,
	type RetainedObjects,
	tagOfObject,
} from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { KeyUnavailableError, type RightsProofs, type SealedField } from '../../keys/index.ts';
import { type JobStep, keyUse, nextStep, type PageResult, pageEntry, singlePageStep } from '../engine/index.ts';
import { erasureOf, erasureTargetOfJob } from './guard-step.ts';

export interface ErasedObjectsParts {
	readonly rights: RightsProofs;
	readonly store: ObjectStore;
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly maintenanceOf: (job: JobRow) => Maintenance;
}

/** What a row of the deletion list is sealed to (src/envelope/FORMAT.md "Deletion list"). */
export const DELETION_LIST_FIELD: SealedField = { class: 'JOB', table: 'erasure_objects', column: 'location' };

const LOCATION: SealedField = { class: 'DOCUMENT', table: FILE_FIELDS.version.table, column: 'object_key' };

/** Files that are listed with one page, and objects that are deleted with one. */
const LISTING = 200;
const DELETING = 16;
const ALL = { after: null, upto: null } as const;

const rightOf = (job: JobRow) => decideMaintenance({ id: job.id, firm: job.firmId, class: null, kind: job.kind });

/** A value that does not open, or a key that is refused: a firm may have taken its own away. What is only away is asked again. */
const isClosed = (error: unknown) =>
	(error instanceof KeyUnavailableError && error.reason === 'REFUSED') ||
	(error instanceof FirmsealError && !(error instanceof KeyUnavailableError) && error.code === 'CIPHERTEXT_INVALID');

/** Where each file lies goes to the deletion list, before anything that says so is gone. */
export const listFilesStep = (parts: ErasedObjectsParts): JobStep => ({
	isSinglePage: false,
	plan: (tx, job) => selectErasureFilesEnd(tx, erasureTargetOfJob(job), job.after, LISTING),
	work: (job, page) => listPage(parts, job, page),
});

async function listPage(parts: ErasedObjectsParts, job: JobRow, page: JobPageRow): Promise<PageResult> {
	const files = await parts.read(job, (tx) => selectErasureFiles(tx, erasureTargetOfJob(job), page));
	const listed: DeletionListEntry[] = [];
	const unopened: ErasureFile[] = [];
	for (const file of files) {
		const location = await sealedLocation(parts, job, file);
		if (location) listed.push({ id: file.id, location });
		else unopened.push(file);
	}
	return {
		async write(tx) {
			const erasure = await erasureOf(parts.rights, tx, job);
			await insertIntoDeletionList(tx, erasure, listed);
			const unnamed = unopened.filter(({ isTagged }) => !isTagged).length;
			await setUnopenedCounts(tx, erasure, { unopened: unopened.length, unnamed });
			const records = listed.map(({ id }) => id);
			const entry = pageEntry(job, { coordinates: [FILE_FIELDS.version.coordinate], records });
			return { progress: {}, entries: records.length > 0 ? [entry] : [] };
		},
	};
}

async function sealedLocation(
	{ maintenanceOf }: ErasedObjectsParts,
	job: JobRow,
	{ id, objectKey }: ErasureFile,
): Promise<Uint8Array | null> {
	const from = { field: LOCATION, row: id, sealed: objectKey };
	try {
		return await maintenanceOf(job).sealLocationFor(rightOf(job), from, { field: DELETION_LIST_FIELD, row: id });
	} catch (error) {
		if (isClosed(error)) return null;
		throw error;
	}
}

/**
 * What is on the list leaves the store, and is seen to have left it; then its line goes. What the store retains stays on the list, and keeps
 * nothing else.
 */
export const deleteListedStep = (parts: ErasedObjectsParts): JobStep => ({
	isSinglePage: false,
	async plan(tx, job) {
		const { id } = await erasureOf(parts.rights, tx, job);
		return selectDeletionListEnd(tx, id, job.after, DELETING);
	},
	async work(job, page) {
		const listed = await parts.read(job, async (tx) => {
			const { id } = await erasureOf(parts.rights, tx, job);
			return selectDeletionList(tx, id, page);
		});
		const tags: string[] = [];
		const gone: string[] = [];
		const closed: string[] = [];
		for (const { id, location } of listed) {
			const name = await nameOf(parts, job, { id, location });
			if (!name) closed.push(id);
			else if (await hasLeft(parts.store, tagOfObject(name))) {
				tags.push(tagOfObject(name));
				gone.push(id);
			}
		}
		return {
			async write(tx) {
				await deleteFromDeletionList(tx, [...gone, ...closed]);
				await deleteErasedObjectRows(tx, tags);
				// Whether a tag names them, the step after this one finds out.
				await setUnopenedCounts(tx, job, { unopened: closed.length, unnamed: 0 });
				return { progress: { done: gone.length }, entries: deletedEntries(job, gone) };
			},
		};
	},
});

async function nameOf(
	{ maintenanceOf }: Pick<ErasedObjectsParts, 'maintenanceOf'>,
	job: JobRow,
	{ id, location }: DeletionListEntry,
): Promise<string | null> {
	try {
		const name = await maintenanceOf(job).locateFile(rightOf(job), {
			field: DELETION_LIST_FIELD,
			row: id,
			sealed: location,
		});
		return isObjectName(name) ? name : null;
	} catch (error) {
		if (isClosed(error)) return null;
		throw error;
	}
}

/** What only its tag names: uploads that came to nothing, and files of which the place does not open. */
export const deleteTaggedStep = (parts: ErasedObjectsParts): JobStep => ({
	isSinglePage: false,
	plan: (tx, job) => selectErasureObjectsEnd(tx, erasureTargetOfJob(job), job.after, DELETING),
	async work(job, page) {
		const objects = await parts.write(job, (tx) => scheduleObjectDeletion(tx, erasureTargetOfJob(job), page));
		const gone: typeof objects = [];
		for (const object of objects) if (await hasLeft(parts.store, object.tag)) gone.push(object);
		return {
			async write(tx) {
				await deleteErasedObjectRows(
					tx,
					gone.map(({ tag }) => tag),
				);
				const versions = [...new Set(gone.map(({ versionId }) => versionId))];
				return { progress: { done: gone.length }, entries: deletedEntries(job, versions) };
			},
		};
	},
});

const deletedEntries = (job: JobRow, versions: readonly string[]) =>
	versions.length === 0
		? []
		: [systemEntry('worker', { action: 'object.delete', firm: job.firmId, records: versions })];

/** Whether nothing of it is left; false: the store retains it for now. @throws ObjectStoreError when anything is left for another reason. */
async function hasLeft(store: ObjectStore, tag: string): Promise<boolean> {
	try {
		await store.delete(tag);
		if ((await store.count(tag)) === 0) return true;
	} catch (error) {
		const isRefused = error instanceof ObjectStoreError && error.reason === 'REFUSED';
		if (isRefused && (await store.retained([tag]))) return false;
		throw error;
	}
	if (await store.retained([tag])) return false;
	throw new ObjectStoreError('REFUSED', 'The object store keeps what it was told to delete.');
}

/** Seconds between two looks at what the store retains: somebody may have shortened its time, or lifted a hold. */
const RETAINED_LOOK = 3_600;

/**
 * Waits while the store retains anything of it. Keys and rows stay meanwhile: an object that must be kept must be kept readable, and
 * nobody but this job has a key. `deleting`: the step that tries again.
 */
export const awaitRetainedStep = (
	{ store, rights, read, maintenanceOf }: ErasedObjectsParts,
	deleting: number,
): JobStep =>
	singlePageStep(async (job) => {
		const left = await read(job, async (tx) => ({
			tags: await selectErasureTags(tx, erasureTargetOfJob(job)),
			listed: await selectDeletionList(tx, (await erasureOf(rights, tx, job)).id, ALL),
		}));
		if (left.tags.length === 0 && left.listed.length === 0)
			return { write: async () => ({ progress: nextStep(job), entries: [] }) };
		const tags = new Set(left.tags);
		for (const each of left.listed) {
			const name = await nameOf({ maintenanceOf }, job, each);
			if (name) tags.add(tagOfObject(name));
		}
		const retained = await store.retained([...tags]);
		const progress = { step: deleting, ...(retained && { trouble: troubleOf(retained), wait: secondsOf(retained) }) };
		return { write: async () => ({ progress, entries: [] }) };
	});

/** A minute at which it is over, such as RETAINED_UNTIL_20270131T0915Z; of a hold of the store nobody knows the end. */
function troubleOf({ until, onHold }: RetainedObjects): string {
	if (onHold > 0 || until === null) return 'RETAINED_ON_HOLD';
	const minute = new Date(Math.ceil(until.getTime() / 60_000) * 60_000).toISOString();
	return `RETAINED_UNTIL_${minute.slice(0, 16).replace(/[-:]/g, '')}Z`;
}

function secondsOf({ until }: RetainedObjects): number {
	const left = until === null ? RETAINED_LOOK : (until.getTime() - Date.now()) / 1_000 + 1;
	return Math.min(RETAINED_LOOK, Math.max(1, left));
}

/** The keys that a page has used, for the log. */
export const keyUses = (keys: readonly { readonly class: string; readonly version: number }[]) =>
	keys.map(({ class: of, version }) => keyUse(of, version));
