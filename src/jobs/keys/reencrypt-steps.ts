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
	/** What the column's values are bound to. */
	readonly field: SealedField;
}

export interface ReencryptParts extends ReencryptFilesParts {
	readonly tables: readonly ContentTable[];
	/** Seconds within which a process writes everything that it has sealed under an older key. */
	readonly propagationSeconds: number;
}

/**
 * Rows, and bytes, of one page. As many rows as one log entry can name: with half as many, a row takes a quarter more CPU time. A
 * concurrent writer of one of the rows waits for the page's transaction, less than a tenth of a second.
 */
const PAGE = { rows: 1_000, bytes: 4 * 1024 * 1024 } as const;

/**
 * Re-encrypts every value of a firm and class that is under a version older than the job's, until none is left; then disables those
 * versions. Other writers continue: a value that was changed since it was read is left for the next round.
 */
export function reencryptSteps(parts: ReencryptParts, job: JobRow): readonly JobStep[] {
	return [
		begin(parts),
		...parts.tables.filter((table) => table.class === job.class).map((table) => reencryptTable(parts, table)),
		...(job.class === FILE_CONTENT_CLASS ? [reencryptFiles(parts)] : []),
		...raiseMinimumVersionSteps(job, async (tx) => {
			// By then, other processes have dropped the older key, and have written what they had under way.
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

/** Sets the job's version as the minimum key version, and waits until no upload is below it. */
export const raiseMinimumVersionSteps = (job: JobRow, seconds: MinimumKeyVersionParts['seconds'] = async () => 0) =>
	minimumKeyVersionSteps(minimumVersionOf(job), { seconds, isOver: (tx) => areUploadsOver(tx, job) });

const areUploadsOver = async (tx: Transaction, job: JobRow) =>
	job.class !== FILE_CONTENT_CLASS || (await countStaleUploads(tx, staleFilesOf(job))) === 0;

/** True if that minimum is in force, no matter which step the job's row names. */
export const isMinimumVersionInForce = async (tx: Transaction, job: JobRow): Promise<boolean> =>
	(await isMinimumKeyVersionSettled(tx, minimumVersionOf(job))) === true && areUploadsOver(tx, job);

/** Counts the stale values, and makes every process drop older versions, even if the newest was made automatically. */
const begin = (parts: ReencryptParts): JobStep =>
	singlePageStep(async (job) => {
		const left = await countBelowVersion(parts, job);
		return {
			async write(tx) {
				if (job.round === 0) await insertKeyRefusal(tx, job.firmId);
				return { progress: { ...nextStep(job), total: job.done + left } };
			},
		};
	});

/** No stale value can appear after the minimum is in force: zero means the job is done, more than zero restarts it. */
const countAgain = (parts: ReencryptParts): JobStep =>
	singlePageStep(async (job) => {
		const left = await countBelowVersion(parts, job);
		return {
			async write(tx) {
				const isWhole = (await isMinimumVersionInForce(tx, job)) && left <= job.failed;
				if (!isWhole) return { progress: { step: 0, round: job.round + 1 } };
				if (left > 0) throw new JobFailure('CIPHERTEXT_INVALID');
				const closed = await disableOlderKeys(tx, minimumVersionOf(job));
				const keys = closed.map((version) => keyUse(job.class ?? '', version));
				return { progress: nextStep(job), entries: closed.length > 0 ? [pageEntry(job, { keys })] : [] };
			},
		};
	});

/**
 * Counts values and files of the job's firm and class under a version below the job's. Runs outside the page's transaction, because it may
 * take long.
 */
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
	// If another version seals now, retrying would never help.
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
