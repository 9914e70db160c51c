import canonicalize from 'canonicalize';
import { FirmsealError } from '../errors.ts';
import type { Entry } from './entry.ts';
import { type Leaf, leafSchema } from './leaf-schema.ts';
import { base64urlToUuid, uuidToBase64url } from './uuid-base64url.ts';

export const MAX_LEAF_BYTES = 65_536;

/**
 * The entry as canonical JSON (RFC 8785), ASCII, at most 64 KiB; FORMAT.md.
 * @throws FirmsealError INTERNAL that names the key which does not follow FORMAT.md, and never its value.
 */
export function encodeLeaf(entry: Entry): string {
	const leaf = checkLeaf({
		...entry,
		records: entry.records.map(uuidToBase64url),
	});
	const text = canonicalize(leaf) as string;
	// The grammars of all strings are ASCII, so the length in characters is the length in bytes.
	if (text.length > MAX_LEAF_BYTES) throw new FirmsealError('INTERNAL', 'An audit entry is larger than 64 KiB.');
	return text;
}

/**
 * The entry of a leaf.
 * @throws FirmsealError INTERNAL for a text that differs in any byte from the output of encodeLeaf().
 */
export function parseLeaf(text: string): Entry {
	if (text.length > MAX_LEAF_BYTES) throw new FirmsealError('INTERNAL', 'An audit leaf is larger than 64 KiB.');
	const { records, ...leaf } = checkLeaf(parseJson(text));
	const entry = { ...leaf, records: records.map(base64urlToUuid) } as Entry;
	if (encodeLeaf(entry) !== text) throw new FirmsealError('INTERNAL', 'An audit leaf is not in canonical form.');
	return entry;
}

/** The entry of a leaf, or null for a leaf that Firmseal did not write: such a leaf in the log must not hide the others. */
export function readLeaf(text: string): Entry | null {
	try {
		return parseLeaf(text);
	} catch {
		return null;
	}
}

function checkLeaf(value: unknown): Leaf {
	const result = leafSchema.safeParse(value);
	if (result.success) return result.data;
	// Only the first step of the path: deeper steps, and the names of unknown keys, come from the caller and may be content.
	const key = result.error.issues[0]?.path[0];
	throw new FirmsealError(
		'INTERNAL',
		key === undefined
			? 'An audit entry has a key that the format does not know.'
			: `The key "${String(key)}" of an audit entry does not follow the format.`,
	);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new FirmsealError('INTERNAL', 'An audit leaf is not JSON.');
	}
}
