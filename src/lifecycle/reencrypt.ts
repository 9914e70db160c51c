import { decideMaintenance } from '../access/index.ts';
import type { StoredValue } from '../content/index.ts';
import {
	countStale,
	countStaleFiles,
	countStaleUploads,
	disableOlderKeys,
	isFloorSettled,
	type JobPageRow,
	type JobRow,
	type Replacement,
	raiseKeyFloor,
	replaceValues,
	type Stale,
	type StaleRow,
	selectKeyAge,
	selectStaleEnd,
	selectStaleRows,
	type Transaction,
} from '../database/index.ts';
import type { SealedField } from '../keys/index.ts';
import { failedEntry, pageEntry } from './job-entries.ts';
import { JobFailure, type JobStep, look, type WorkedPage } from './job-step.ts';
import { FILES, type FilesParts, reencryptFiles, staleFilesOf } from './reencrypt-files.ts';

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

export interface ReencryptParts extends FilesParts {
	readonly tables: readonly ContentTable[];
	/** Seconds in which whatever a process still holds of an older key is written. */
	readonly settleSeconds: number;
}

/**
 * A page: what is read, opened, sealed and written at once. As many rows as one entry of the log names: with half as many, a row takes
 * a quarter more of the processors. Whoever writes one of them meanwhile waits for the page's transaction, less than a tenth of a second.
 */
const PAGE = { rows: 1_000, bytes: 4 * 1024 * 1024 } as const;

/** Seconds between two looks whether the last writers are done. */
const LOOK_AGAIN = 1;

/**
 * Seals every value of a firm and class anew that is under a version older than the job's, until none is left; then those versions open
 * nothing any more. Whoever writes meanwhile goes on: a value that was changed since it was read is left for the next round.
 */
export function reencryptSteps(parts: ReencryptParts, job: JobRow): readonly JobStep[] {
	const tables = parts.tables.filter((table) => table.class === job.class);
	const of = { firm: job.firmId, class: job.class ?? '', version: job.version ?? 0 };
	const hasFiles = job.class === FILES;
	const count = (tx: Transaction) => countAll(tx, tables, job);
	return [
		look(async (tx) => ({ total: job.done + (await count(tx)), step: job.step + 1 })),
		...tables.map((table) => reencryptTable(parts, table)),
		...(hasFiles ? [reencryptFiles(parts)] : []),
		// Other processes have let go of the older key by then, and what they had under way is written.
		look(async (tx) => {
			const age = (await selectKeyAge(tx, of)) ?? 0;
			if (age < parts.settleSeconds) return { wait: parts.settleSeconds - age };
			await raiseKeyFloor(tx, of);
			return { step: job.step + 1 };
		}),
		look(async (tx) => {
			const isSettled =
				(await isFloorSettled(tx, of)) && (!hasFiles || (await countStaleUploads(tx, staleFilesOf(job))) === 0);
			return isSettled ? { step: job.step + 1 } : { wait: LOOK_AGAIN };
		}),
		look(async (tx) => {
			const left = await count(tx);
			if (left > job.failed) return { step: 0, round: job.round + 1 };
			if (left > 0) throw new JobFailure('CIPHERTEXT_INVALID');
			await disableOlderKeys(tx, of);
			return { step: job.step + 1 };
		}),
	];
}

const staleOf = ({ table, columns }: ContentTable, { firmId, version }: JobRow): Stale => ({
	table,
	columns: columns.map(({ name }) => name),
	firm: firmId,
	below: version ?? 0,
});

async function countAll(tx: Transaction, tables: readonly ContentTable[], job: JobRow): Promise<number> {
	let count = job.class === FILES ? await countStaleFiles(tx, staleFilesOf(job)) : 0;
	for (const table of tables) count += await countStale(tx, staleOf(table, job));
	return count;
}

const reencryptTable = (parts: ReencryptParts, table: ContentTable): JobStep => ({
	isOnce: false,
	plan: (tx, job) => selectStaleEnd(tx, staleOf(table, job), job.after, PAGE),
	work: (job, page) => reencryptPage(parts, table, job, page),
});

async function reencryptPage(
	parts: ReencryptParts,
	table: ContentTable,
	job: JobRow,
	page: JobPageRow,
): Promise<WorkedPage> {
	const stale = staleOf(table, job);
	const rows = await parts.read(job, (tx) => selectStaleRows(tx, stale, page));
	const values = rows.flatMap((row) => valuesOf(table, row));
	const capability = decideMaintenance({ id: job.id, firm: job.firmId, class: job.class, kind: job.kind });
	const resealed = await parts.maintenanceOf(job).reseal(capability, values);
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
