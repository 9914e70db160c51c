const MAX_SIGN_IN_AGE_MS = 5 * 60 * 1000;
/** How far the issuer's clock may be ahead of the database's. */
const MAX_CLOCK_LEAD_MS = 60 * 1000;

/** When a token was issued, and when its person signed in. */
export interface SessionTimes {
	readonly issuedAt: Date;
	readonly authTime: SignInTime;
}

/**
 * Why a token does not count since its person ended all sessions at `endedAt`; null if it counts. Both times must be later: a provider may
 * issue new tokens for an old sign-in. A token without the time of the sign-in is as old as its issue time.
 */
export function whySessionEnded({ issuedAt, authTime }: SessionTimes, endedAt: Date | null): string | null {
	if (endedAt === null) return null;
	if (authTime === 'UNBELIEVABLE')
		return 'You have ended all sessions of this account, and the token has an impossible sign-in time (auth_time): fix it at the issuer.';
	return issuedAt < endedAt || (authTime !== null && authTime < endedAt)
		? 'You have ended all sessions of this account: sign in again.'
		: null;
}

/** The time of the last sign-in in the token. UNBELIEVABLE if the token has an impossible time, null if it has none. */
export type SignInTime = Date | 'UNBELIEVABLE' | null;

/**
 * Why a sign-in is too old for a decision that the person must make in person. Null if it is recent enough. `act` names the decision,
 * such as "Agreeing to a lease"; `now` is the time of the database.
 */
export function whyNotFresh(act: string, signedIn: SignInTime, now: Date): string | null {
	// A stolen token may be hours old. Without the time of the sign-in, nothing shows that the person is present.
	if (signedIn === null)
		return `${act} needs a fresh sign-in, and the token does not say when the person signed in: have the issuer add auth_time, or name another claim with that time in FIRMSEAL_AUTH_TIME_CLAIM.`;
	const age = signedIn === 'UNBELIEVABLE' ? Number.NaN : now.getTime() - signedIn.getTime();
	return age <= MAX_SIGN_IN_AGE_MS && age >= -MAX_CLOCK_LEAD_MS
		? null
		: `${act} needs a sign-in of the last five minutes: sign in again, and repeat it.`;
}
