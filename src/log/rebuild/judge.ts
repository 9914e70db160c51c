import { AuditProofError } from '../../audit/verify/index.ts';
import { createLeafChecks } from '../../audit/verify/log.ts';
import type { EntryJudge } from '../../database/index.ts';

/** The tree of the entries of no firm. */
const NO_FIRM = '00000000-0000-0000-0000-000000000000';

/** Refuses what a verifier would refuse of a tree: one leaf of that kind, and no anchor after it is accepted any more. */
export function createEntryJudge(): EntryJudge {
	const checks = new Map<string, (leaf: string) => unknown>();
	function accepts(firm: string | null, leaf: string): boolean {
		const tree = firm ?? NO_FIRM;
		const check = checks.get(tree) ?? createLeafChecks(tree === NO_FIRM ? null : tree);
		checks.set(tree, check);
		try {
			check(leaf);
			return true;
		} catch (error) {
			if (error instanceof AuditProofError) return false;
			throw error;
		}
	}
	return { take: accepts, accepts };
}
