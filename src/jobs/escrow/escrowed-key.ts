import { timingSafeEqual } from 'node:crypto';
import { hasCommitment } from '../../keys/index.ts';
import { isKeyClass, isVersion } from './value-grammars.ts';

/** A data key in the clear. Its owner overwrites `key` when it is no longer needed. */
export interface EscrowedKey {
	readonly firm: string;
	readonly class: string;
	/** 1 or more. */
	readonly version: number;
	/** 32 bytes, as stored beside the wrapped key. */
	readonly commitment: Uint8Array;
	/** 32 bytes. */
	readonly key: Uint8Array;
}

/** Bytes of a data key and of its commitment. */
export const KEY_LENGTH = 32;

/** A limit for readers. A firm that rotates every class each day reaches it in decades. */
const MAX_KEYS = 100_000;

/** What is wrong with `keys` as the keys of one escrow of `firm`, as a sentence without their content; null if nothing is. */
export function findKeysFlaw(firm: string, keys: readonly EscrowedKey[]): string | null {
	if (keys.length === 0) return 'There are no keys.';
	if (keys.length > MAX_KEYS) return `There are more than ${MAX_KEYS} keys.`;
	const seen = new Set<string>();
	for (const [index, key] of keys.entries()) {
		const place = `Key ${index + 1}`;
		if (key.firm !== firm) return `${place} belongs to another firm.`;
		if (!isKeyClass(key.class) || !isVersion(key.version))
			return `${place} does not have the class and version of a data key.`;
		if (key.key.length !== KEY_LENGTH) return `${place} does not have ${KEY_LENGTH} bytes.`;
		if (!hasCommitment(key.key, key)) return `${place} does not match its commitment.`;
		const series = `${key.class} ${key.version}`;
		if (seen.has(series)) return `${place} has the same class and version as an earlier key.`;
		seen.add(series);
	}
	return null;
}

export function isEqualInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
	return left.length === right.length && timingSafeEqual(left, right);
}

/** Overwrites the key bytes. Copies that the runtime has made can't be reached. */
export function wipeKeys(keys: readonly EscrowedKey[]): void {
	for (const { key } of keys) key.fill(0);
}
