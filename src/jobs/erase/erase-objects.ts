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
	type JobProgress,
	type JobRow,
	scheduleObjectDeletion,
	selectDeletionList,
	selectDeletionListEnd,
	selectErasureFiles,
	selectErasureFilesEnd,
	selectErasureObjectsEnd,
	selectErasureTags,
	setUnopenedCounts,
} from '../../database/index.ts';
import {
	isObjectName,
	type ObjectStore,
	ObjectStoreError,
	type RetainedObjects,
	tagOfObject,
} from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RightsProofs, SealedField } from '../../keys/index.ts';
import {
	isKeyRefused,
	JobFailure,
	type JobStep,
	type JobTransactions,
	keyUse,
	nextStep,
	type PageResult,
	pageEntry,
	pageResult,
	singlePageStep,
} from '../engine/index.ts';
import { erasureOf, erasureTargetOfJob } from './guard-step.ts';

export interface ErasedObjectsParts extends JobTransactions {
	readonly rights: RightsProofs;
	readonly store: ObjectStore;
	readonly maintenanceOf: (job: JobRow) => Maintenance;
}

/** The coordinate that a row of the deletion list is sealed to (src/envelope/FORMAT.md "Deletion list"). */
export const DELETION_LIST_FIELD: SealedField = { class: 'JOB', table: 'erasure_objects', column: 'location' };

const LOCATION: SealedField = { class: 'DOCUMENT', table: FILE_FIELDS.version.table, column: 'object_key' };

/** Files that one page lists, and objects that one page deletes. */
const LISTING = 200;
const DELETING = 16;
const ALL = { after: null, upto: null } as const;

const rightOf = (job: JobRow) => decideMaintenance({ id: job.id, firm: job.firmId, class: null, kind: job.kind });

/**
 * True if the value can't be opened or its key is refused, for example because a firm has withdrawn its own key. False if something is only
 * unavailable: then the page is retried.
 */
const isClosed = (error: unknown) =>
	isKeyRefused(error) || (error instanceof FirmsealError && error.code === 'CIPHERTEXT_INVALID');

/** Copies the location of each file to the deletion list, before the rows that contain it are deleted. */
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
			if (records.length === 0) return {};
			return { entries: [pageEntry(job, { coordinates: [FILE_FIELDS.version.coordinate], records })] };
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
 * Deletes the listed objects from the store, checks that they are gone, and then removes them from the list. An object that the store
 * retains stays on the list and doesn't block the others.
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
				// The next step finds those that have a tag.
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

/** Deletes objects that are only known by tag: failed uploads, and files whose location can't be opened. */
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

/**
 * True if nothing of the object is left. False if the store retains it for now.
 * @throws ObjectStoreError if something is left for another reason
 */
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
	throw new ObjectStoreError('REFUSED', 'The object store keeps an object that it was told to delete.');
}

/** Seconds between two checks of what the store retains: someone may have shortened the retention or lifted a hold. */
const RETAINED_LOOK = 3_600;

/**
 * Waits while the store retains objects of the erasure. Keys and rows stay meanwhile: an object that must be kept must stay readable, and
 * only this job has a key. `deleting`: the step that tries again.
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
		if (left.tags.length === 0 && left.listed.length === 0) return pageResult(nextStep(job));
		const tags = new Set(left.tags);
		for (const each of left.listed) {
			const name = await nameOf({ maintenanceOf }, job, each);
			if (name) tags.add(tagOfObject(name));
		}
		const retained = await store.retained([...tags]);
		return {
			async write() {
				const progress = retained
					? { step: deleting, trouble: troubleOf(retained), wait: secondsOf(retained) }
					: startNextRound(job, deleting);
				return { progress };
			},
		};
	});

/** A round deletes everything it finds, so a job that needs more rounds than this has rows that the database keeps. */
const MAX_ROUNDS = 10;

/** Goes back to an earlier step, to delete what is left. @throws JobFailure NOT_ERASED after the last round */
export function startNextRound({ round }: JobRow, step: number): JobProgress {
	if (round >= MAX_ROUNDS) throw new JobFailure('NOT_ERASED');
	return { step, round: round + 1 };
}

/** The minute when the retention ends, such as RETAINED_UNTIL_20270131T0915Z. A hold of the store has no known end. */
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
