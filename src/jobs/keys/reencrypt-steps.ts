import { decideMaintenance } from '../../access/index.ts';
import type { StoredValue } from '../../content/index.ts';
import {
	countStale,
	countStaleFiles,
	countStaleUploads,
	disableOlderKeys,
	extendStatementTimeout,
	insertKeyRefusal,
	isMinimumKeyVersionSettled,
	type JobPageRow,
	type JobRow,
	type Replacement,
	replaceValues,
	type StaleRow,
	type StaleValues,
	selectKeyPurgeAge,
	selectStalePageEnd,
	selectStaleRows,
	type Transaction,
} from '../../database/index.ts';
import type { SealedField } from '../../keys/index.ts';
import {
	failedEntry,
	JobFailure,
	type JobStep,
	keyUse,
	nextStep,
	type PageResult,
	pageEntry,
	singlePageStep,
} from '../engine/index.ts';
import {
	type MinimumKeyVersion,
	type MinimumKeyVersionParts,
	minimumKeyVersionSteps,
} from './minimum-key-version-steps.ts';
import { FILE_CONTENT_CLASS, type ReencryptFilesParts, reencryptFiles, staleFilesOf } from './reencrypt-files.ts';

/** A table with content of one class. */
export interface ContentTable {
	/** SQL name. */
	readonly table: string;
	readonly class: string;
	readonly columns: readonly ContentColumn[];
}

interface ContentColumn {
	/** SQL name. */
	readonly name: string;
	/** `Type.field` */
	readonly coordinate: string;
	/** What its values are bound to. */
	readonly field: SealedField;
}

export interface ReencryptParts extends ReencryptFilesParts {
	readonly tables: readonly ContentTable[];
	/** Seconds in which whatever a process still holds of an older key is written. */
	readonly propagationSeconds: number;
}

/**
 * A page: what is read, opened, sealed and written at once. As many rows as one entry of the log names: with half as many, a row takes
 * a quarter more of the processors. Whoever writes one of them meanwhile waits for the page's transaction, less than a tenth of a second.
 */
const PAGE = { rows: 1_000, bytes: 4 * 1024 * 1024 } as const;

/**
 * Seals every value of a firm and class anew that is under a version older than the job's, until none is left; then those versions open
 * nothing any more. Whoever writes meanwhile goes on: a value that was changed since it was read is left for the next round.
 */
export function reencryptSteps(parts: ReencryptParts, job: JobRow): readonly JobStep[] {
	return [
		begin(parts),
		...parts.tables.filter((table) => table.class === job.class).map((table) => reencryptTable(parts, table)),
		...(job.class === FILE_CONTENT_CLASS ? [reencryptFiles(parts)] : []),
		...raiseMinimumVersionSteps(job, async (tx) => {
			// Other processes have let go of the older key by then, and what they had under way is written.
			return parts.propagationSeconds - ((await selectKeyPurgeAge(tx, job.firmId)) ?? 0);
		}),
		countAgain(parts),
	];
}

const minimumVersionOf = ({ firmId: firm, class: of, version }: JobRow): MinimumKeyVersion => ({
	firm,
	class: of ?? '',
	version: version ?? 0,
});

/** A floor at the job's version: nothing comes in below it, and no upload is under way that is. */
export const raiseMinimumVersionSteps = (job: JobRow, seconds: MinimumKeyVersionParts['seconds'] = async () => 0) =>
	minimumKeyVersionSteps(minimumVersionOf(job), { seconds, isOver: (tx) => areUploadsOver(tx, job) });

const areUploadsOver = async (tx: Transaction, job: JobRow) =>
	job.class !== FILE_CONTENT_CLASS || (await countStaleUploads(tx, staleFilesOf(job))) === 0;

/** Whether that floor holds, whatever step the job's row says. */
export const isMinimumVersionInForce = async (tx: Transaction, job: JobRow): Promise<boolean> =>
	(await isMinimumKeyVersionSettled(tx, minimumVersionOf(job))) === true && areUploadsOver(tx, job);

/** Counts what is to be done, and has every process let go of older versions, also where the newest came by itself. */
const begin = (parts: ReencryptParts): JobStep =>
	singlePageStep(async (job) => {
		const left = await countBelowVersion(parts, job);
		return {
			async write(tx) {
				if (job.round === 0) await insertKeyRefusal(tx, job.firmId);
				return { progress: { ...nextStep(job), total: job.done + left }, entries: [] };
			},
		};
	});

/** Nothing can have come in since: zero is the end, and more begins anew. */
const countAgain = (parts: ReencryptParts): JobStep =>
	singlePageStep(async (job) => {
		const left = await countBelowVersion(parts, job);
		return {
			async write(tx) {
				const isWhole = (await isMinimumVersionInForce(tx, job)) && left <= job.failed;
				if (!isWhole) return { progress: { step: 0, round: job.round + 1 }, entries: [] };
				if (left > 0) throw new JobFailure('CIPHERTEXT_INVALID');
				const closed = await disableOlderKeys(tx, minimumVersionOf(job));
				const keys = closed.map((version) => keyUse(job.class ?? '', version));
				return { progress: nextStep(job), entries: closed.length > 0 ? [pageEntry(job, { keys })] : [] };
			},
		};
	});

/** Values and files of the job's firm and class under a version below the job's; not in the transaction of a page, since it may take long. */
export function countBelowVersion(parts: Pick<ReencryptParts, 'tables' | 'read'>, job: JobRow): Promise<number> {
	return parts.read(job, async (tx) => {
		await extendStatementTimeout(tx);
		let count = job.class === FILE_CONTENT_CLASS ? await countStaleFiles(tx, staleFilesOf(job)) : 0;
		for (const table of parts.tables.filter((each) => each.class === job.class))
			count += await countStale(tx, staleOf(table, job));
		return count;
	});
}

const staleOf = ({ table, columns }: ContentTable, { firmId, version }: JobRow): StaleValues => ({
	table,
	columns: columns.map(({ name }) => name),
	firm: firmId,
	below: version ?? 0,
});

const reencryptTable = (parts: ReencryptParts, table: ContentTable): JobStep => ({
	isSinglePage: false,
	plan: (tx, job) => selectStalePageEnd(tx, staleOf(table, job), job.after, PAGE),
	work: (job, page) => reencryptPage(parts, table, job, page),
});

async function reencryptPage(
	parts: ReencryptParts,
	table: ContentTable,
	job: JobRow,
	page: JobPageRow,
): Promise<PageResult> {
	const stale = staleOf(table, job);
	const rows = await parts.read(job, (tx) => selectStaleRows(tx, stale, page));
	const values = rows.flatMap((row) => valuesOf(table, row));
	const capability = decideMaintenance({ id: job.id, firm: job.firmId, class: job.class, kind: job.kind });
	const resealed = await parts.maintenanceOf(job).reseal(capability, values);
	// Another version was made the one that seals: nothing would ever come of it.
	if (values.length > 0 && resealed.keys.every(({ version }) => version < stale.below))
		throw new JobFailure('NO_VERSION');
	const replacements: Replacement[] = [];
	const unopened = new Map<string, string[]>();
	for (const [index, { row, sealed: old, column }] of values.entries()) {
		const fresh = resealed.values[index];
		if (fresh) replacements.push({ id: row, column: column.name, old, fresh });
		else unopened.set(column.coordinate, [...(unopened.get(column.coordinate) ?? []), row]);
	}
	return {
		async write(tx) {
			const { ids, values: done } = await replaceValues(tx, stale, replacements);
			const coordinates = table.columns
				.filter(({ name }) => replacements.some(({ column }) => column === name))
				.map(({ coordinate }) => coordinate);
			return {
				progress: { done, failed: [...unopened.values()].flat().length },
				entries: [
					...(ids.length > 0 ? [pageEntry(job, { coordinates, records: ids, keys: resealed.keys })] : []),
					...[...unopened].map(([coordinate, records]) => failedEntry(job, { coordinates: [coordinate], records })),
				],
			};
		},
	};
}

const valuesOf = (
	{ columns }: ContentTable,
	{ id, values }: StaleRow,
): (StoredValue & { readonly column: ContentColumn })[] =>
	columns.flatMap((column, index) => {
		const sealed = values[index];
		return sealed ? [{ field: column.field, row: id, sealed, column }] : [];
	});
