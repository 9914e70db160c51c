import {
	type DataKeyListing,
	isMinimumKeyVersionSettled,
	markMinimumKeyVersion,
	raiseMinimumKeyVersion,
	type Transaction,
} from '../../database/index.ts';
import { databaseOnlyStep, type JobStep, nextStep } from '../engine/index.ts';

export type MinimumKeyVersion = Pick<DataKeyListing, 'firm' | 'class' | 'version'>;

export interface MinimumKeyVersionParts {
	/** Seconds to wait first, for processes that still have an older key. */
	readonly seconds: (tx: Transaction) => Promise<number>;
	/** What else must have ended before the minimum version holds for everyone, such as uploads. */
	readonly isOver: (tx: Transaction) => Promise<boolean>;
}

/** Seconds between two checks if the last writers have ended. */
const LOOK_AGAIN = 1;

/**
 * Raises a minimum key version, and waits until every transaction that may not have seen it has ended. A transaction that began while the
 * raising one was still open has a later number. So a second transaction, which begins when all others see the new minimum, marks the
 * number to wait for.
 */
export const minimumKeyVersionSteps = (
	floor: MinimumKeyVersion,
	{ seconds, isOver }: MinimumKeyVersionParts,
): readonly JobStep[] => [
	databaseOnlyStep(async (tx, job) => {
		const left = await seconds(tx);
		if (left > 0) return { wait: left };
		await raiseMinimumKeyVersion(tx, floor);
		return nextStep(job);
	}),
	databaseOnlyStep(async (tx, job) => {
		await markMinimumKeyVersion(tx, floor);
		return nextStep(job);
	}),
	databaseOnlyStep(async (tx, job) => {
		const isSettled = await isMinimumKeyVersionSettled(tx, floor);
		// The minimum was removed, or never raised.
		if (isSettled === null) return { step: job.step - 2 };
		return isSettled && (await isOver(tx)) ? nextStep(job) : { wait: LOOK_AGAIN };
	}),
];
