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
import { JobFailure, type JobStep, nextStep, type PageResult, pageEntry, singlePageStep } from '../engine/index.ts';
import { fieldMoveOf, type MigrateParts } from './field-move.ts';

/** Phases that a MOVE leads to: its terms. */
const MOVE_TARGETS = ['EXPANDED', 'VERIFIED', 'CUTOVER', 'ROLLED_BACK'] as const satisfies readonly MovePhase[];
export type MoveTarget = (typeof MOVE_TARGETS)[number];

export interface MoveParts extends MigrateParts {
	/** Ids of all firms. */
	readonly firms: () => Promise<readonly string[]>;
}

/** Brings a column into the next phase, of all firms at once. */
export const moveSteps = (parts: MoveParts, { terms }: JobRow): readonly JobStep[] => [
	singlePageStep(async (job) => {
		const phase = MOVE_TARGETS.find((each) => each === terms);
		if (!phase) throw new JobFailure('WRONG_PHASE');
		return enterPhase(parts, job, phase, phase === 'VERIFIED' ? await requireVerified(parts, job) : null);
	}),
];

/** Whoever writes is waited for, two seconds at a time, so that others do not queue behind for longer. Done again, it changes nothing. */
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
		if (isLockTimeout(error)) return { write: async () => ({ progress: { wait: 1 }, entries: [] }) };
		if (isInvalidState(error)) throw new JobFailure(phase === 'CUTOVER' ? 'NOT_VERIFIED' : 'WRONG_PHASE');
		throw error;
	}
	const entries = [pageEntry(job, { coordinates: [columns.coordinate] })];
	return { write: async () => ({ progress: nextStep(job), entries }) };
}

/**
 * Every firm was compared as a whole, found the same, and nothing was written without ciphertext since that began; answers how many such
 * writes there were before.
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
