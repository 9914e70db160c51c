import { AuditProofError } from '../../../../src/audit/verify/index.ts';
import { parseFirmOrigin, verifyProofFile } from '../../../../src/audit/verify/log.ts';

export interface EntryVerdict {
	readonly isIn: boolean;
	/** One sentence. */
	readonly sentence: string;
}

interface EntryToVerify {
	/** The proof as the API answers it. */
	readonly file: string;
	readonly vkeys: readonly string[];
	/** The entry as it is shown. */
	readonly leaf: string;
	/** The firm whose tree must have the entry; null for the tree of entries that belong to no firm. */
	readonly firm: string | null;
}

/** Verifies in this browser that the log has exactly the entry that is shown. */
export async function verifyEntry({ file, vkeys, leaf, firm }: EntryToVerify): Promise<EntryVerdict> {
	try {
		const proven = await verifyProofFile(file, vkeys);
		const { index, checkpoint } = proven;
		if (parseFirmOrigin(checkpoint.origin).firm !== firm) return not('The proof is about the log of another firm.');
		if (proven.leaf !== leaf) return not('The proof is about another entry than the one that is shown.');
		const [place, size] = [index + 1, checkpoint.size].map((number) => number.toLocaleString());
		return { isIn: true, sentence: `It is entry ${place} of the ${size} that the newest checkpoint has signed.` };
	} catch (error) {
		if (error instanceof AuditProofError) return not(error.message);
		throw error;
	}
}

const not = (sentence: string): EntryVerdict => ({ isIn: false, sentence });
