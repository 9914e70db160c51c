import {
	type DataKeyListing,
	isFloorSettled,
	markKeyFloor,
	raiseKeyFloor,
	type Transaction,
} from '../../database/index.ts';
import { type JobStep, look, next } from '../engine/index.ts';

export type KeyFloor = Pick<DataKeyListing, 'firm' | 'class' | 'version'>;

export interface FloorParts {
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
export const floorSteps = (floor: KeyFloor, { seconds, isOver }: FloorParts): readonly JobStep[] => [
	look(async (tx, job) => {
		const left = await seconds(tx);
		if (left > 0) return { wait: left };
		await raiseKeyFloor(tx, floor);
		return next(job);
	}),
	look(async (tx, job) => {
		await markKeyFloor(tx, floor);
		return next(job);
	}),
	look(async (tx, job) => {
		const isSettled = await isFloorSettled(tx, floor);
		// It was taken away, or never raised.
		if (isSettled === null) return { step: job.step - 2 };
		return isSettled && (await isOver(tx)) ? next(job) : { wait: LOOK_AGAIN };
	}),
];
