/** How old a sign-in may be with which someone agrees to a lease, in milliseconds. */
const MAX_SIGN_IN_AGE_MS = 5 * 60 * 1000;
/** By how much the issuer's clock may be before the one that decides. */
const MAX_CLOCK_LEAD_MS = 60 * 1000;

/** When someone last signed in, as their token says. UNBELIEVABLE: it says a time that can't be. null: the issuer doesn't say. */
export type SignInTime = Date | 'UNBELIEVABLE' | null;

/**
 * Why a sign-in is not new enough for a decision that must be made by the person itself, which `act` names, such as "Agreeing to a
 * lease"; null: it is. `now`: of the database.
 */
export function whyNotFresh(act: string, signedIn: SignInTime, now: Date): string | null {
	// A token that someone has found may be hours old: where its sign-in isn't told, nothing says that the person is there.
	if (signedIn === null)
		return `${act} needs a fresh sign-in, and the token does not say when the person signed in: have the issuer add auth_time, or name what stands in for it in FIRMSEAL_AUTH_TIME_CLAIM.`;
	const age = signedIn === 'UNBELIEVABLE' ? Number.NaN : now.getTime() - signedIn.getTime();
	return age <= MAX_SIGN_IN_AGE_MS && age >= -MAX_CLOCK_LEAD_MS
		? null
		: `${act} needs a sign-in of the last five minutes: sign in again, and repeat it.`;
}
