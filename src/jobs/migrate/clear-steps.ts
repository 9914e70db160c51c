import { createReadStream } from 'node:fs';
import { access, constants } from 'node:fs/promises';
import { join } from 'node:path';
import {
	type JobPageRow,
	type JobRow,
	selectColumnMove,
	selectMoveRows,
	selectSamples,
	selectTableFiles,
	type Transaction,
} from '../../database/index.ts';
import { JobFailure, type JobStep, nextStep, type PageResult, singlePageStep } from '../engine/index.ts';
import { columnMoveOf, fieldMoveOf, type MigrateParts, maintenanceRightOf } from './field-move.ts';
import { LOCKED_UNTIL_PREFIX } from './file-move-strategy.ts';
import { chooseMoveStrategy, countRows, pagedStep, pageWrites, repeatUntilDone } from './move-pages.ts';
import { hasPlain } from './move-strategy.ts';

export interface ClearParts extends MigrateParts {
	/** Directory of the database's files if this process knows it; null to ask the database. */
	readonly directory: string | null;
}

/** Number of a firm's values that are searched in the files. */
const SAMPLES = 50;

/** Steps of a CLEAR before the table is rewritten. A job that has done them waits for the rewrite. */
export const STEPS_BEFORE_REWRITE = 3;

/**
 * Removes a firm's plaintext, each value only after its envelope was opened and found to be equal. After the table's files were rewritten,
 * searches them for values that were found there before.
 */
export const clearSteps = (parts: ClearParts): readonly JobStep[] => [
	singlePageStep(async (job) => {
		const left = await countRows(parts, job, 'CLEAR');
		const findings = (await lookInFiles(parts, job, 'before')) ?? {};
		return {
			async write(tx) {
				await requireContracting(parts, job, tx);
				return { progress: { ...nextStep(job), total: job.done + left, findings } };
			},
		};
	}),
	pagedStep(parts, 'CLEAR', clearPage),
	repeatUntilDone(parts, 'CLEAR', (job) => (isLocked(job) ? 'LOCKED' : 'NOT_THE_SAME')),
	singlePageStep(async (job) => {
		const move = await parts.read(job, (tx) => selectColumnMove(tx, job.subject ?? ''));
		// The job may have waited long, for firms that could not be cleared.
		const left = move?.rewrittenAt ? await countRows(parts, job, 'CLEAR') : 0;
		return {
			async write() {
				if (left > 0) throw new JobFailure('NOT_THE_SAME');
				return { progress: move?.rewrittenAt ? nextStep(job) : { wait: 0.5 } };
			},
		};
	}),
	singlePageStep(async (job) => {
		const findings = await lookInFiles(parts, job, 'after');
		return {
			async write() {
				if (!findings) return { progress: { wait: 2, trouble: 'WAITS_FOR_CHECKPOINT' } };
				if ((findings.foundAfter ?? 0) > 0) throw new JobFailure('FOUND_IN_FILES');
				return { progress: { ...nextStep(job), findings } };
			},
		};
	}),
];

async function requireContracting(parts: MigrateParts, job: JobRow, tx: Transaction): Promise<void> {
	const move = await selectColumnMove(tx, fieldMoveOf(parts, job).coordinate);
	if (move?.phase !== 'CONTRACTING') throw new JobFailure('WRONG_PHASE');
}

/** True if the object store keeps an object: it is counted by the day until which it is kept (file-move-strategy.ts). */
const isLocked = ({ findings }: JobRow) =>
	Object.keys(findings ?? {}).some((name) => name.startsWith(LOCKED_UNTIL_PREFIX));

async function clearPage(parts: MigrateParts, job: JobRow, page: JobPageRow): Promise<PageResult> {
	const moved = fieldMoveOf(parts, job);
	const moves = chooseMoveStrategy(parts, job);
	const rows = await parts.read(job, async (tx) => {
		await requireContracting(parts, job, tx);
		return selectMoveRows(tx, columnMoveOf(moved, job), 'CLEAR', page);
	});
	const { states, keys } = await moves.compare(rows);
	const may = (id: string) => {
		const state = states.get(id);
		return state !== undefined && moves.mayClear(state);
	};
	const { left, findings, write } = await moves.clear(
		rows.filter(hasPlain).filter(({ id }) => may(id)),
		page.isAgain === true,
	);
	const others = [...[...states.keys()].filter((id) => !may(id)), ...left];
	return {
		async write(tx) {
			await requireContracting(parts, job, tx);
			const ids = await write(tx);
			return pageWrites(job, moved.coordinate, { done: ids, failed: others, findings, keys });
		},
	};
}

/**
 * Counts samples, and how many of them are in the table's files. Empty if the files can't be read here. null if the rewritten rows may not
 * be in the files yet.
 */
async function lookInFiles(
	parts: ClearParts,
	job: JobRow,
	when: 'before' | 'after',
): Promise<Readonly<Record<string, number>> | null> {
	const moved = fieldMoveOf(parts, job);
	if (!chooseMoveStrategy(parts, job).isInTable) return {};
	const { samples, files, move } = await parts.read(job, async (tx) => ({
		samples: await selectSamples(tx, columnMoveOf(moved, job), SAMPLES),
		files: await selectTableFiles(tx, moved.table),
		move: await selectColumnMove(tx, moved.coordinate),
	}));
	const directory = parts.directory ?? files.directory;
	const pieces = directory === null ? null : await readTableFiles(directory, files.files);
	if (!pieces) return {};
	if (when === 'after' && !(move?.rewrittenAt && files.flushedAt > move.rewrittenAt)) return null;
	const values = samples.flatMap(({ id, sealed }) => (sealed ? [{ field: moved.field, row: id, sealed }] : []));
	const found = await parts.maintenanceOf(job).countFoundIn(maintenanceRightOf(job), values, pieces);
	return when === 'before' ? { samples: values.length, foundBefore: found } : { filesRead: 1, foundAfter: found };
}

/**
 * The bytes of a table's files, segment by segment, as the operating system has them. null if they can't be read here, because the database
 * is on another machine or belongs to another user.
 */
async function readTableFiles(directory: string, files: readonly string[]): Promise<AsyncIterable<Uint8Array> | null> {
	const segments: string[] = [];
	for (const file of files) {
		if (!(await isReadable(join(directory, file)))) return null;
		segments.push(join(directory, file));
		for (let number = 1; await isReadable(join(directory, `${file}.${number}`)); number++)
			segments.push(join(directory, `${file}.${number}`));
	}
	return readSegments(segments);
}

async function* readSegments(segments: readonly string[]): AsyncIterable<Uint8Array> {
	for (const segment of segments) yield* createReadStream(segment, { highWaterMark: 1024 * 1024 });
}

const isReadable = (path: string): Promise<boolean> =>
	access(path, constants.R_OK).then(
		() => true,
		() => false,
	);
