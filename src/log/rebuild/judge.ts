import { createLeafChecks, NO_FIRM, tellOfFlaw } from '../../audit/verify/log.ts';
import type { EntryJudge } from '../../database/index.ts';

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
