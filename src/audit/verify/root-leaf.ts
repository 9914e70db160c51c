import { AuditProofError } from './audit-proof-error.ts';
import { integer } from './bundle-lines.ts';
import { hasKeys, type JsonObject, parseCanonical } from './canonical-json.ts';
import { checkTime, MAX_LEAF_BYTES } from './leaf-checks.ts';
import { encodeText } from './text.ts';

/** A parsed leaf of the root tree. */
export type RootLeaf =
	/** The signed note of a firm's tree. */
	| { readonly kind: 'checkpoint'; readonly note: string; readonly origin: string }
	/** The log was alive at this time, by the database's clock. */
	| { readonly kind: 'heartbeat'; readonly at: string }
	/** This key signs after this leaf. */
	| { readonly kind: 'signer'; readonly at: string; readonly key: string }
	/** The log was restored before this leaf. `lost` is the last root note of the earlier log, or empty. */
	| { readonly kind: 'incarnation'; readonly at: string; readonly incarnation: number; readonly lost: string };

/**
 * Parses a leaf of the root tree (FORMAT.md, "Root tree"). The origin of a note is only a claim until its signature has verified.
 * @throws AuditProofError for a leaf of another kind or version.
 */
export function parseRootLeaf(leaf: string): RootLeaf {
	if (encodeText(leaf).length > MAX_LEAF_BYTES) {
		throw new AuditProofError('A leaf is longer than 65,536 bytes.');
	}
	if (!leaf.startsWith('{')) return { kind: 'checkpoint', note: leaf, origin: leaf.slice(0, leaf.indexOf('\n')) };
	const object = parseCanonical(leaf) as JsonObject;
	if (object.v !== 1) throw new AuditProofError('A leaf of the root tree has another version than 1.');
	const { kind, key, incarnation, lost } = object;
	if (kind === 'heartbeat' && hasKeys(object, ['at', 'kind', 'v'])) return { kind, at: checkTime(object.at) };
	if (kind === 'signer' && hasKeys(object, ['at', 'key', 'kind', 'v'])) {
		return { kind, at: checkTime(object.at), key: text(key) };
	}
	if (kind === 'incarnation' && hasKeys(object, ['at', 'incarnation', 'kind', 'lost', 'v'])) {
		return { kind, at: checkTime(object.at), incarnation: integer(incarnation), lost: text(lost) };
	}
	throw new AuditProofError('A leaf of the root tree has an unknown kind.');
}

/** The vkey in a signer leaf of the root tree. Null for any other leaf or text. */
export function signerKeyOf(leaf: string): string | null {
	try {
		const read = parseRootLeaf(leaf);
		return read.kind === 'signer' ? read.key : null;
	} catch (error) {
		if (error instanceof AuditProofError) return null;
		throw error;
	}
}

function text(value: unknown): string {
	if (typeof value !== 'string') throw new AuditProofError('A value of a leaf is not a text.');
	return value;
}
