import {
	extendStatementTimeout,
	isInvalidState,
	isLockTimeout,
	type JobRow,
	type MovePhase,
	selectNewestJobs,
	selectPlaintextOnlyWrites,
	setMovePhase,
} from '../../database/index.ts';
import {
	JobFailure,
	type JobStep,
	nextStep,
	type PageResult,
	pageEntry,
	pageResult,
	singlePageStep,
} from '../engine/index.ts';
import { fieldMoveOf, type MigrateParts } from './field-move.ts';

/** The phases that a MOVE can enter: its terms. */
const MOVE_TARGETS = ['EXPANDED', 'VERIFIED', 'CUTOVER', 'ROLLED_BACK'] as const satisfies readonly MovePhase[];
export type MoveTarget = (typeof MOVE_TARGETS)[number];

export interface MoveParts extends MigrateParts {
	readonly firms: () => Promise<readonly string[]>;
}

/** Brings a column into the next phase, for all firms at once. */
export const moveSteps = (parts: MoveParts, { terms }: JobRow): readonly JobStep[] => [
	singlePageStep(async (job) => {
		const phase = MOVE_TARGETS.find((each) => each === terms);
		if (!phase) throw new JobFailure('WRONG_PHASE');
		return enterPhase(parts, job, phase, phase === 'VERIFIED' ? await requireVerified(parts, job) : null);
	}),
];

/**
 * Enters a phase. Waits for writers at most two seconds at a time, so that others don't queue longer behind it. Running it again changes
 * nothing.
 */
export async function enterPhase(
	parts: MigrateParts,
	job: JobRow,
	phase: MovePhase,
	verified: number | null = null,
): Promise<PageResult> {
	const columns = fieldMoveOf(parts, job);
	try {
		await parts.write(job, (tx) => setMovePhase(tx, columns, phase, verified));
	} catch (error) {
		if (isLockTimeout(error)) return pageResult({ wait: 1 });
		if (isInvalidState(error)) throw new JobFailure(phase === 'CUTOVER' ? 'NOT_VERIFIED' : 'WRONG_PHASE');
		throw error;
	}
	return pageResult(nextStep(job), [pageEntry(job, { coordinates: [columns.coordinate] })]);
}

/**
 * Checks that every value of every firm was compared and found equal, and that nothing was written without ciphertext since that began.
 * Returns the number of such writes before.
 */
async function requireVerified(parts: MoveParts, job: JobRow): Promise<number> {
	const firms = await parts.firms();
	const { whole, plaintextOnly } = await parts.read(job, async (tx) => {
		await extendStatementTimeout(tx);
		const counted = await selectPlaintextOnlyWrites(tx);
		const newest = await selectNewestJobs(tx, 'VERIFY', job.subject ?? '');
		const isWhole = ({ state, findings }: JobRow) =>
			state === 'DONE' && findings?.plaintextOnlyWrites === counted.plaintextOnly;
		return { whole: new Set(newest.filter(isWhole).map(({ firmId }) => firmId)), plaintextOnly: counted.plaintextOnly };
	});
	if (firms.some((firm) => !whole.has(firm))) throw new JobFailure('NOT_VERIFIED');
	return plaintextOnly;
}
