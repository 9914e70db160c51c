import { FirmsealError } from '../../errors.ts';

/** EPOCH_LOST: another process leads the log now. DAMAGED: rows of the log are not what its tree says. */
export type AnchorReason = 'EPOCH_LOST' | 'DAMAGED';

/** Why nothing was anchored; for whoever runs the program. */
export class AnchorError extends FirmsealError {
	override readonly name = 'AnchorError';
	readonly reason: AnchorReason;

	constructor(reason: AnchorReason, message: string) {
		super('INTERNAL', message);
		this.reason = reason;
	}
}

/** What is in the store under a number is not what this log has written, or would write. Nothing of it is taken over. */
export class AnchorConflictError extends FirmsealError {
	override readonly name = 'AnchorConflictError';
	readonly number: number;

	constructor(number: number) {
		super(
			'INTERNAL',
			`Anchor ${number} in the store is not what this database would have there: keep both as they are, find out which was changed, and restore the log from its anchors if it was the database.`,
		);
		this.number = number;
	}
}

export const anchorDamagedError = (what: string) =>
	new AnchorError('DAMAGED', `${what}: nothing is anchored until the log is restored from its anchors.`);
