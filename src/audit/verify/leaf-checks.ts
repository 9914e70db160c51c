import { AuditProofError } from './audit-proof-error.ts';
import { isObject, parseCanonical } from './canonical-json.ts';
import { NO_FIRM } from './origin.ts';

export const MAX_LEAF_BYTES = 65_536;
/** No control characters for a terminal, and as many bytes as characters. */
const PRINTABLE = /^[\x20-\x7e]*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PLANE = /^[a-z-]{1,32}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An entry is in the tree of another firm. */
export class WrongFirmError extends AuditProofError {}

/** Entries of one boot are not in the order in which they were written, or an entry is there twice. */
export class WrongOrderError extends AuditProofError {}

/** The facts that a verifier reads from an entry. */
export interface LeafFacts {
	/** UTC, `YYYY-MM-DDTHH:mm:ss.sssZ`, by the clock of whatever program wrote the entry. */
	readonly at: string;
}

/**
 * Checks the leaves of one tree in order. Keeps only the last sequence number of each boot and plane. Checks only what all versions of an
 * entry have in common, not the whole entry: FORMAT.md, "Tree".
 * @param firm The firm of the tree; null for the installation's tree.
 * @param lastSequences The last sequence number of each boot and plane before the first leaf, to go on from an earlier check. It is changed.
 * @returns A check that throws AuditProofError, and then ignores the sequence of that leaf.
 */
export function createLeafChecks(
	firm: string | null,
	lastSequences: Map<string, number> = new Map(),
): (leaf: string) => LeafFacts {
	return (leaf) => {
		const entry = parseLeaf(leaf);
		// Entries about the platform's own keys belong to no firm and have the nil UUID.
		if (entry.firm !== firm && (firm !== null || entry.firm !== NO_FIRM))
			throw new WrongFirmError('An entry belongs to another firm than its tree.');
		const { boot, plane, sequence, at } = entry;
		if (typeof boot !== 'string' || !UUID.test(boot)) throw new AuditProofError('The boot of an entry is not a UUID.');
		if (typeof plane !== 'string' || !PLANE.test(plane))
			throw new AuditProofError('The plane of an entry is not 1 to 32 letters or hyphens.');
		if (!Number.isSafeInteger(sequence) || (sequence as number) < 1) {
			throw new AuditProofError('The sequence of an entry is not an integer from 1 to 2^53-1.');
		}
		// By plane, so that a writer of one plane cannot use up the numbers of another.
		const run = `${plane} ${boot}`;
		if ((sequence as number) <= (lastSequences.get(run) ?? 0)) {
			throw new WrongOrderError(
				'The sequence number of an entry is not greater than the one before it of the same boot and plane.',
			);
		}
		const facts = { at: checkTime(at) };
		lastSequences.set(run, sequence as number);
		return facts;
	};
}

/**
 * The result of `check`, or null if it refused the leaf and `onFlaw` got the reason. The tree contains the leaf all the same, so a reader
 * can go on with the rest.
 * @throws AuditProofError of `check` if there is no `onFlaw`.
 */
export function reportFlaw<T>(check: () => T, onFlaw: ((flaw: AuditProofError) => void) | undefined): T | null {
	try {
		return check();
	} catch (error) {
		if (onFlaw === undefined || !(error instanceof AuditProofError)) throw error;
		onFlaw(error);
		return null;
	}
}

/** @throws AuditProofError unless `at` is a time in the form of entries. */
export function checkTime(at: unknown): string {
	if (typeof at !== 'string' || !TIME.test(at))
		throw new AuditProofError('A time does not have the form YYYY-MM-DDTHH:mm:ss.sssZ.');
	return at;
}

function parseLeaf(leaf: string): Readonly<Record<string, unknown>> {
	if (leaf.length > MAX_LEAF_BYTES) throw new AuditProofError('A leaf is longer than 65,536 bytes.');
	if (!PRINTABLE.test(leaf)) throw new AuditProofError('A leaf has a byte that is not printable ASCII.');
	const entry = parseCanonical(leaf);
	if (!isObject(entry)) throw new AuditProofError('A leaf is not a JSON object.');
	return entry;
}
