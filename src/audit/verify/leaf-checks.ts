import { AuditProofError } from './audit-proof-error.ts';
import { isObject, parseCanonical } from './canonical-json.ts';
import { NO_FIRM } from './origin.ts';

const MAX_LEAF_BYTES = 65_536;
/** Every byte of a leaf: nothing that a terminal takes for an order, and as many bytes as characters. */
const PRINTABLE = /^[\x20-\x7e]*$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const PLANE = /^[a-z-]{1,32}$/;
const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** An entry is in a tree where it has no place. */
export class WrongFirmError extends AuditProofError {}

/** Entries of one boot stand in another order than they were written, or one of them twice. */
export class WrongOrderError extends AuditProofError {}

/** What a verifier reads of an entry. */
export interface LeafFacts {
	/** UTC, `YYYY-MM-DDTHH:mm:ss.sssZ`, by the clock of the writer of the entry. */
	readonly at: string;
}

/**
 * Checks the leaves of one tree, in their order. Keeps the last sequence number of each boot and plane, and nothing of the leaves.
 * It asks what every version of an entry has, and not whether the entry is one: FORMAT.md, "Tree".
 * @param firm Whose tree it is; null for the installation's.
 * @returns A check that throws AuditProofError, and then remembers nothing of the leaf.
 */
export function createLeafChecks(firm: string | null): (leaf: string) => LeafFacts {
	const lastSequences = new Map<string, number>();
	return (leaf) => {
		const entry = parseLeaf(leaf);
		// What the platform does with keys of its own is of no firm, and says so by the id that none has.
		if (entry.firm !== firm && (firm !== null || entry.firm !== NO_FIRM))
			throw new WrongFirmError('An entry is of another firm than its tree.');
		const { boot, plane, sequence, at } = entry;
		if (typeof boot !== 'string' || !UUID.test(boot)) throw new AuditProofError('The boot of an entry is not a UUID.');
		if (typeof plane !== 'string' || !PLANE.test(plane))
			throw new AuditProofError('The plane of an entry is not 1 to 32 letters or hyphens.');
		if (!Number.isSafeInteger(sequence) || (sequence as number) < 1) {
			throw new AuditProofError('The sequence of an entry is not an integer from 1 to 2^53-1.');
		}
		// A writer for one plane must not be able to spoil the numbers of another.
		const run = `${plane} ${boot}`;
		if ((sequence as number) <= (lastSequences.get(run) ?? 0)) {
			throw new WrongOrderError('The sequence of an entry is not above the one before it of the same boot and plane.');
		}
		const facts = { at: checkTime(at) };
		lastSequences.set(run, sequence as number);
		return facts;
	};
}

/**
 * What `check` answers of a leaf; null: it has refused it, and `onFlaw` got the reason. The leaf is in its tree all the same, so that a
 * reader who wants to know of the rest goes on.
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

/** @throws AuditProofError unless `at` is a time as entries have it. */
export function checkTime(at: unknown): string {
	if (typeof at !== 'string' || !TIME.test(at)) throw new AuditProofError('A time is not as YYYY-MM-DDTHH:mm:ss.sssZ.');
	return at;
}

function parseLeaf(leaf: string): Readonly<Record<string, unknown>> {
	if (leaf.length > MAX_LEAF_BYTES) throw new AuditProofError('A leaf is longer than 65,536 bytes.');
	if (!PRINTABLE.test(leaf)) throw new AuditProofError('A leaf has a byte that is not printable ASCII.');
	const entry = parseCanonical(leaf);
	if (!isObject(entry)) throw new AuditProofError('A leaf is not a JSON object.');
	return entry;
}
