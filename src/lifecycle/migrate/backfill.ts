import { hash } from 'node:crypto';
import { decideMaintenance } from '../../access/index.ts';
import {
	allowTime,
	countMoving,
	type JobPageRow,
	type JobRow,
	type MovedValue,
	type MovingRow,
	sealMoving,
	selectColumnMove,
	selectMovingEnd,
	selectMovingRows,
} from '../../database/index.ts';
import { failedEntry, pageEntry } from '../job-entries.ts';
import { JobFailure, type JobStep, next, once, type WorkedPage } from '../job-step.ts';
import { type MigrateParts, movingFieldOf, movingOf } from './moving-field.ts';

/** As that of a re-encryption (reencrypt.ts). */
export const PAGE = { rows: 1_000, bytes: 4 * 1024 * 1024 } as const;

/** SHA-256 of what is stored in the clear. */
export const hashOf = (plain: Uint8Array): Uint8Array => hash('sha256', plain, 'buffer');

/**
 * Seals each value of a firm that is only in the clear, beside it. Whoever writes meanwhile goes on: a value that was changed since it was
 * read has an envelope of its own by then, or is found again in the next round.
 */
export const backfillSteps = (parts: MigrateParts, job: JobRow): readonly JobStep[] => [
	begin(parts, job),
	{
		isOnce: false,
		plan: (tx, of) => selectMovingEnd(tx, movingOf(movingFieldOf(parts, of), of), 'UNSEALED', of.after, PAGE),
		work: (of, page) => backfillPage(parts, of, page),
	},
	again(parts),
];

const countLeft = (parts: MigrateParts, job: JobRow): Promise<number> =>
	parts.read(job, async (tx) => {
		await allowTime(tx);
		return countMoving(tx, movingOf(movingFieldOf(parts, job), job), 'UNSEALED');
	});

const begin = (parts: MigrateParts, { subject }: JobRow): JobStep =>
	once(async (job) => {
		const left = await countLeft(parts, job);
		return {
			async write(tx) {
				const move = await selectColumnMove(tx, subject ?? '');
				if (move?.phase !== 'EXPANDED' && move?.phase !== 'VERIFIED') throw new JobFailure('WRONG_PHASE');
				return { progress: { ...next(job), total: job.done + left }, entries: [] };
			},
		};
	});

/** Nothing is left but what can't be sealed: else it begins anew. */
const again = (parts: MigrateParts): JobStep =>
	once(async (job) => {
		const left = await countLeft(parts, job);
		return {
			async write() {
				if (left > job.failed) return { progress: { step: 0, round: job.round + 1 }, entries: [] };
				if (left > 0) throw new JobFailure('UNSEALABLE');
				return { progress: next(job), entries: [] };
			},
		};
	});

async function backfillPage(parts: MigrateParts, job: JobRow, page: JobPageRow): Promise<WorkedPage> {
	const moved = movingFieldOf(parts, job);
	const moving = movingOf(moved, job);
	const rows = (await parts.read(job, (tx) => selectMovingRows(tx, moving, 'UNSEALED', page))).filter(hasPlain);
	const capability = decideMaintenance({ id: job.id, firm: job.firmId, class: job.class, kind: job.kind });
	const { values, keys } = await parts.maintenanceOf(job).sealPlain(
		capability,
		rows.map(({ id, plain }) => ({ field: moved.field, row: id, plain })),
	);
	const sealed: MovedValue[] = [];
	const left: string[] = [];
	const counted = { LOOKS_SEALED: 0, INVALID: 0 };
	for (const [index, { id, plain }] of rows.entries()) {
		const value = values[index];
		if (value instanceof Uint8Array) sealed.push({ id, hash: hashOf(plain), sealed: value });
		else if (value) {
			left.push(id);
			counted[value] += 1;
		}
	}
	return {
		async write(tx) {
			const ids = await sealMoving(tx, moving, sealed);
			const coordinates = [moved.coordinate];
			return {
				progress: {
					done: ids.length,
					failed: left.length,
					findings: { looksSealed: counted.LOOKS_SEALED, invalid: counted.INVALID },
				},
				entries: [
					...(ids.length > 0 ? [pageEntry(job, { coordinates, records: ids, keys })] : []),
					...(left.length > 0 ? [failedEntry(job, { coordinates, records: left })] : []),
				],
			};
		},
	};
}

export const hasPlain = (row: MovingRow): row is MovingRow & { readonly plain: Uint8Array } => row.plain !== null;
