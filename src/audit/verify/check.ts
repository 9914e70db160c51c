import { AuditProofError } from './audit-proof-error.ts';

const HASH_LENGTH = 32;

/** @throws AuditProofError unless each is an integer from 0 to 2^53-1. */
export function checkIntegers(...numbers: readonly number[]): void {
	for (const number of numbers) {
		if (!Number.isSafeInteger(number) || number < 0) {
			throw new AuditProofError('A size or an index is not an integer from 0 to 2^53-1.');
		}
	}
}

/** @throws AuditProofError unless `hashes` is an array of hashes of 32 bytes. */
export function checkHashes(hashes: readonly Uint8Array[]): void {
	if (!Array.isArray(hashes)) throw new AuditProofError('Hashes are not given as an array.');
	for (const hash of hashes) {
		if (!(hash instanceof Uint8Array) || hash.length !== HASH_LENGTH) {
			throw new AuditProofError('A hash is not a Uint8Array of 32 bytes.');
		}
	}
}
