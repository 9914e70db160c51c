import { createLeafChecks, tellOfFlaw } from '../../audit/verify/log.ts';
import type { EntryJudge } from '../../database/index.ts';

/** The tree of the entries of no firm. */
const NO_FIRM = '00000000-0000-0000-0000-000000000000';

/** Refuses what a verifier would find fault with: one leaf of that kind, and every verification tells of it from then on. */
export function createEntryJudge(): EntryJudge {
	const checks = new Map<string, (leaf: string) => object>();
	function accepts(firm: string | null, leaf: string): boolean {
		const tree = firm ?? NO_FIRM;
		const check = checks.get(tree) ?? createLeafChecks(tree === NO_FIRM ? null : tree);
		checks.set(tree, check);
		return (
			tellOfFlaw(
				() => check(leaf),
				() => {},
			) !== null
		);
	}
	return { take: accepts, accepts };
}
