/** How old a sign-in may be with which somebody agrees to a lease, in milliseconds. */
const FRESH = 5 * 60 * 1000;
/** By how much the issuer's clock may be before the one that decides. */
const AHEAD = 60 * 1000;

/**
 * When somebody last signed in, as their token says. UNBELIEVABLE: it says a time that can't be. null: the issuer doesn't say, and
 * then nothing can be asked of it.
 */
export type SignedIn = Date | 'UNBELIEVABLE' | null;

/** Whether a sign-in is new enough for a decision that must be made by the person itself. `now`: of the database. */
export function isFresh(signedIn: SignedIn, now: Date): boolean {
	if (signedIn === null) return true;
	if (signedIn === 'UNBELIEVABLE') return false;
	const age = now.getTime() - signedIn.getTime();
	return age <= FRESH && age >= -AHEAD;
}
