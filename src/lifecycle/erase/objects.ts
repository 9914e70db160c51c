import { decideMaintenance } from '../../access/index.ts';
import { systemEntry } from '../../audit/index.ts';
import { FILE_FIELDS, type Maintenance } from '../../content/index.ts';
import {
	doomErasingObjects,
	type ErasingFile,
	forgetErasedObjects,
	forgetListedObjects,
	type JobPageRow,
	type JobRow,
	type ListedObject,
	listObjects,
	noteUnopened,
	selectErasingFiles,
	selectErasingFilesEnd,
	selectListedObjects,
	type Transaction,
} from '../../database/index.ts';
import { isObjectName, type ObjectStore, ObjectStoreError, tagOfObject } from '../../documents/index.ts';
import { FirmsealError } from '../../errors.ts';
import { KeyUnavailableError, type Rights, type SealedField } from '../../keys/index.ts';
import { keyUse, pageEntry } from '../job-entries.ts';
import { type JobStep, next, type WorkedPage } from '../job-step.ts';
import { erasingOfJob, erasureOf } from './guard.ts';

export interface ErasedObjectsParts {
	readonly rights: Rights;
	readonly store: ObjectStore;
	readonly read: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly write: <T>(job: JobRow, work: (tx: Transaction) => Promise<T>) => Promise<T>;
	readonly maintenanceOf: (job: JobRow) => Maintenance;
}

/** What a row of the deletion list is sealed to (src/envelope/FORMAT.md "Deletion list"). */
export const LISTED: SealedField = { class: 'JOB', table: 'erasure_objects', column: 'location' };

const LOCATION: SealedField = { class: 'DOCUMENT', table: FILE_FIELDS.version.table, column: 'object_key' };

/** Files that are listed with one page, and objects that are deleted with one. */
const LISTING = 200;
const DELETING = 16;

const rightOf = (job: JobRow) => decideMaintenance({ id: job.id, firm: job.firmId, class: null, kind: job.kind });

/** A value that does not open, or a key that is refused: a firm may have taken its own away. What is only away is asked again. */
const isClosed = (error: unknown) =>
	(error instanceof KeyUnavailableError && error.reason === 'REFUSED') ||
	(error instanceof FirmsealError && !(error instanceof KeyUnavailableError) && error.code === 'CIPHERTEXT_INVALID');

/** Where each file lies goes to the deletion list, before anything that says so is gone. */
export const listFiles = (parts: ErasedObjectsParts): JobStep => ({
	isOnce: false,
	plan: (tx, job) => selectErasingFilesEnd(tx, erasingOfJob(job), job.after, LISTING),
	work: (job, page) => listPage(parts, job, page),
});

async function listPage(parts: ErasedObjectsParts, job: JobRow, page: JobPageRow): Promise<WorkedPage> {
	const files = await parts.read(job, (tx) => selectErasingFiles(tx, erasingOfJob(job), page));
	const listed: ListedObject[] = [];
	const unopened: ErasingFile[] = [];
	for (const file of files) {
		const location = await sealedLocation(parts, job, file);
		if (location) listed.push({ id: file.id, location });
		else unopened.push(file);
	}
	return {
		async write(tx) {
			const erasure = await erasureOf(parts.rights, tx, job);
			await listObjects(tx, erasure, listed);
			const unnamed = unopened.filter(({ isTagged }) => !isTagged).length;
			await noteUnopened(tx, erasure, { unopened: unopened.length, unnamed });
			const records = listed.map(({ id }) => id);
			const entry = pageEntry(job, { coordinates: [FILE_FIELDS.version.coordinate], records });
			return { progress: {}, entries: records.length > 0 ? [entry] : [] };
		},
	};
}

async function sealedLocation(
	{ maintenanceOf }: ErasedObjectsParts,
	job: JobRow,
	{ id, objectKey }: ErasingFile,
): Promise<Uint8Array | null> {
	const from = { field: LOCATION, row: id, sealed: objectKey };
	try {
		return await maintenanceOf(job).listFile(rightOf(job), from, { field: LISTED, row: id });
	} catch (error) {
		if (isClosed(error)) return null;
		throw error;
	}
}

/** A step that does the same again until there is nothing to do. */
export const untilNone = (rows: number, work: (job: JobRow) => Promise<WorkedPage | null>): JobStep => ({
	isOnce: true,
	plan: async () => ({ upto: null, rows }),
	async work(job) {
		return (await work(job)) ?? { write: async () => ({ progress: next(job), entries: [] }) };
	},
});

/** What is on the list leaves the store, and is seen to have left it; then its line goes. */
export const deleteListed = (parts: ErasedObjectsParts): JobStep =>
	untilNone(DELETING, async (job) => {
		const listed = await parts.read(job, async (tx) => {
			const { id } = await erasureOf(parts.rights, tx, job);
			return selectListedObjects(tx, id, DELETING);
		});
		if (listed.length === 0) return null;
		const gone: string[] = [];
		let unopened = 0;
		for (const { id, location } of listed) {
			const name = await nameOf(parts, job, { id, location });
			if (name) {
				gone.push(tagOfObject(name));
				await deleteSurely(parts.store, tagOfObject(name));
			} else unopened += 1;
		}
		return {
			async write(tx) {
				const ids = listed.map(({ id }) => id);
				await forgetListedObjects(tx, ids);
				await forgetErasedObjects(tx, gone);
				// Whether a tag names them, the step after this one finds out.
				await noteUnopened(tx, job, { unopened, unnamed: 0 });
				return { progress: { done: gone.length }, entries: [deletedEntry(job, ids)] };
			},
		};
	});

async function nameOf(
	{ maintenanceOf }: ErasedObjectsParts,
	job: JobRow,
	{ id, location }: ListedObject,
): Promise<string | null> {
	try {
		const name = await maintenanceOf(job).locateFile(rightOf(job), { field: LISTED, row: id, sealed: location });
		return isObjectName(name) ? name : null;
	} catch (error) {
		if (isClosed(error)) return null;
		throw error;
	}
}

/** What only its tag names: uploads that came to nothing, and files of which the place does not open. */
export const deleteTagged = (parts: ErasedObjectsParts): JobStep =>
	untilNone(DELETING, async (job) => {
		const objects = await parts.write(job, (tx) => doomErasingObjects(tx, erasingOfJob(job), DELETING));
		if (objects.length === 0) return null;
		for (const { tag } of objects) await deleteSurely(parts.store, tag);
		return {
			async write(tx) {
				await forgetErasedObjects(
					tx,
					objects.map(({ tag }) => tag),
				);
				const versions = [...new Set(objects.map(({ versionId }) => versionId))];
				return { progress: { done: objects.length }, entries: [deletedEntry(job, versions)] };
			},
		};
	});

const deletedEntry = (job: JobRow, versions: readonly string[]) =>
	systemEntry('worker', { action: 'object.delete', firm: job.firmId, records: versions });

/** @throws ObjectStoreError when anything of it is left. */
async function deleteSurely(store: ObjectStore, tag: string): Promise<void> {
	await store.delete(tag);
	if ((await store.count(tag)) > 0)
		throw new ObjectStoreError(
			'REFUSED',
			'The object store keeps what it was told to delete: see whether it locks objects.',
		);
}

/** The keys that a page has used, for the log. */
export const keyUses = (keys: readonly { readonly class: string; readonly version: number }[]) =>
	keys.map(({ class: of, version }) => keyUse(of, version));
