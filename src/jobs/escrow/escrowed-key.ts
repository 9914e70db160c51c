import { timingSafeEqual } from 'node:crypto';
import { hasCommitment } from '../../keys/index.ts';
import { isKeyClass, isVersion } from './value-grammars.ts';

/** A data key in the clear. Whoever has one overwrites `key` when it is no longer needed. */
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

/** A bound for whoever reads; a firm that rotates every class each day gets there in decades. */
const MAX_KEYS = 100_000;

/** What is wrong with `keys` as all those of one escrow of `firm`, as a sentence that holds nothing of them; null: nothing. */
export function findKeysFlaw(firm: string, keys: readonly EscrowedKey[]): string | null {
	if (keys.length === 0) return 'There is no key to keep.';
	if (keys.length > MAX_KEYS) return `There are more than ${MAX_KEYS} keys.`;
	const seen = new Set<string>();
	for (const [index, key] of keys.entries()) {
		const place = `Key ${index + 1}`;
		if (key.firm !== firm) return `${place} is of another firm.`;
		if (!isKeyClass(key.class) || !isVersion(key.version)) return `${place} has no class or version of a data key.`;
		if (key.key.length !== KEY_LENGTH) return `${place} has not ${KEY_LENGTH} bytes.`;
		if (!hasCommitment(key.key, key)) return `${place} is not the key that its commitment was made of.`;
		const series = `${key.class} ${key.version}`;
		if (seen.has(series)) return `${place} is of a version that was there before.`;
		seen.add(series);
	}
	return null;
}

/** In constant time. */
export function isEqualInConstantTime(left: Uint8Array, right: Uint8Array): boolean {
	return left.length === right.length && timingSafeEqual(left, right);
}

/** What JavaScript lets be overwritten. */
export function wipeKeys(keys: readonly EscrowedKey[]): void {
	for (const { key } of keys) key.fill(0);
}
