import type { Act } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import { endSessions, type Plane } from '../database/index.ts';

export interface SignOutParts {
	/** The caller's plane. */
	readonly plane: Plane;
	/** Makes an audit entry of the caller durable, within the transaction and before its commit. @throws FirmsealError AUDIT_UNAVAILABLE */
	readonly record: (act: Act) => Promise<void>;
	readonly clock: Clock;
}

export interface SignedOutAccount {
	readonly user: string;
	/** Null for an account of the platform. */
	readonly firm: string | null;
	/** When the token with which the person asks was issued; null if that is unknown. */
	readonly issuedAt: Date | null;
}

/**
 * Ends all sessions of an account, from the next request on and in every process. Resolves once a token that is issued from now on
 * counts: tokens state whole seconds, so that takes up to a second.
 * @throws FirmsealError AUDIT_UNAVAILABLE
 */
export async function signOutEverywhere(
	{ plane, record, clock }: SignOutParts,
	{ user, firm, issuedAt }: SignedOutAccount,
): Promise<void> {
	const pause = await plane.write(firm, async (tx) => {
		const ended = await endSessions(tx, user, issuedAt);
		await record({ action: 'session.end', firm, records: [user] });
		return ended;
	});
	await clock.sleep(pause);
}
