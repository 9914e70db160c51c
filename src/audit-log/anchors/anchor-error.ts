import { FirmsealError } from '../../errors.ts';

/** EPOCH_LOST: another process leads the log now. DAMAGED: rows of the log don't match its tree. */
export type AnchorReason = 'EPOCH_LOST' | 'DAMAGED';

/** Why nothing was anchored. The message is for the operator of the program. */
export class AnchorError extends FirmsealError {
	override readonly name = 'AnchorError';
	readonly reason: AnchorReason;

	constructor(reason: AnchorReason, message: string) {
		super('INTERNAL', message);
		this.reason = reason;
	}
}

/** The object in the store under a number differs from what this log wrote or would write. Nothing of it is adopted. */
export class AnchorConflictError extends FirmsealError {
	override readonly name = 'AnchorConflictError';
	readonly number: number;

	constructor(number: number) {
		super(
			'INTERNAL',
			`Anchor ${number} in the store differs from what this database would write: leave both unchanged and find out which of them was changed. If it was the database, restore the log from its anchors.`,
		);
		this.number = number;
	}
}

export const anchorDamagedError = (what: string) =>
	new AnchorError('DAMAGED', `${what}: nothing is anchored until the log is restored from its anchors.`);
