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
	/** Seconds that whoever still has an older key is given first. */
	readonly seconds: (tx: Transaction) => Promise<number>;
	/** What must be over too before the floor holds for all, such as uploads. */
	readonly isOver: (tx: Transaction) => Promise<boolean>;
}

/** Seconds between two looks whether the last writers are done. */
const LOOK_AGAIN = 1;

/**
 * Raises a floor, and waits until everybody who may not have seen it has ended. Who began while the transaction that raised it was still
 * open has a later number than that one: so who is waited for is noted in a second transaction, when all others see the floor.
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
		// It was taken away, or never raised.
		if (isSettled === null) return { step: job.step - 2 };
		return isSettled && (await isOver(tx)) ? nextStep(job) : { wait: LOOK_AGAIN };
	}),
];
