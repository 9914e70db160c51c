import { createLeafChecks, NO_FIRM, reportFlaw } from '../../audit/verify/log.ts';

/**
 * Whether a verifier takes it for an entry of the firm. Its number is not asked: one that somebody has put in out of order must not take out
 * those that the process itself wrote after it.
 */
export function isEntry(firm: string | null, leaf: string): boolean {
	const check = createLeafChecks(firm === NO_FIRM ? null : firm);
	return (
		reportFlaw(
			() => check(leaf),
			() => {},
		) !== null
	);
}
