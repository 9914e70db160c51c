import canonicalize from 'canonicalize';
import { FirmsealError } from '../errors.ts';
import type { Entry } from './entry.ts';
import { type Leaf, leafSchema } from './leaf-schema.ts';
import { base64urlToUuid, uuidToBase64url } from './uuid-base64url.ts';

/** Size limit of a leaf, in bytes. */
export const MAX_LEAF_BYTES = 65_536;

/**
 * The entry as canonical JSON (RFC 8785), ASCII, at most 64 KiB; FORMAT.md.
 * @throws FirmsealError INTERNAL, naming the key that is not as FORMAT.md has it and never what it holds.
 */
export function encodeLeaf(entry: Entry): string {
	const leaf = checkLeaf({
		...entry,
		records: entry.records.map(uuidToBase64url),
	});
	const text = canonicalize(leaf) as string;
	// Every string of a leaf is ASCII by its grammar, so characters are bytes.
	if (text.length > MAX_LEAF_BYTES) throw new FirmsealError('INTERNAL', 'An audit entry is larger than 64 KiB.');
	return text;
}

/**
 * The entry behind encodeLeaf(). Anything that encodeLeaf() would not have written is refused, down to a space.
 * @throws FirmsealError INTERNAL
 */
export function parseLeaf(text: string): Entry {
	if (text.length > MAX_LEAF_BYTES) throw new FirmsealError('INTERNAL', 'An audit leaf is larger than 64 KiB.');
	const { records, ...leaf } = checkLeaf(parseJson(text));
	const entry = { ...leaf, records: records.map(base64urlToUuid) } as Entry;
	if (encodeLeaf(entry) !== text) throw new FirmsealError('INTERNAL', 'An audit leaf is not in canonical form.');
	return entry;
}

/** parseLeaf() of what may be in the log by another hand: null for a leaf that Firmseal did not write. It must not hide others. */
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
	// Only the first step of the path: deeper ones, and the names of unknown keys, come from the caller who filled the entry.
	const key = result.error.issues[0]?.path[0];
	throw new FirmsealError(
		'INTERNAL',
		key === undefined
			? 'An audit entry has a key that its format does not know.'
			: `The key "${String(key)}" of an audit entry is not as its format has it.`,
	);
}

function parseJson(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		throw new FirmsealError('INTERNAL', 'An audit leaf is not JSON.');
	}
}
