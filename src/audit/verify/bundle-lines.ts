import { AuditProofError } from './audit-proof-error.ts';
import { decodeBase64 } from './base64.ts';
import { hasKeys, parseObject } from './canonical-json.ts';
import { checkHashes, checkIntegers } from './check.ts';

export interface BundleHeader {
	readonly origin: string;
	/** Number of leaves, and so of lines between header and footer. */
	readonly size: number;
}

export interface BundleFooter {
	/** Signed note. */
	readonly checkpoint: string;
	/** The proof that the root tree has that note as a leaf. */
	readonly root: { readonly checkpoint: string; readonly index: number; readonly proof: readonly Uint8Array[] };
}

/** @throws AuditProofError */
export function parseBundleHeader(line: string): BundleHeader {
	const { format, origin, size, v } = parseObject(line, 'format', 'origin', 'size', 'v');
	if (format !== 'firmseal-audit-bundle') throw new AuditProofError('The file is not an audit bundle.');
	if (v !== 1) throw new AuditProofError('The bundle has another version than 1.');
	if (typeof origin !== 'string') throw new AuditProofError('The origin is not a text.');
	return { origin, size: integer(size) };
}

/** @throws AuditProofError */
export function parseBundleFooter(line: string): BundleFooter {
	const { checkpoint, root } = parseObject(line, 'checkpoint', 'root');
	if (!hasKeys(root, ['checkpoint', 'index', 'proof'])) {
		throw new AuditProofError('A line does not have exactly the keys of its format.');
	}
	const { checkpoint: rootCheckpoint, index, proof } = root;
	if (typeof checkpoint !== 'string' || typeof rootCheckpoint !== 'string') {
		throw new AuditProofError('A checkpoint is not a text.');
	}
	return { checkpoint, root: { checkpoint: rootCheckpoint, index: integer(index), proof: hashesOf(proof) } };
}

/** @throws AuditProofError unless `value` is an integer from 0 to 2^53-1. */
export function integer(value: unknown): number {
	checkIntegers(value as number);
	return value as number;
}

function hashesOf(proof: unknown): Uint8Array[] {
	if (!Array.isArray(proof) || !proof.every((hash) => typeof hash === 'string')) {
		throw new AuditProofError('A proof is not an array of texts.');
	}
	const hashes = proof.map(decodeBase64);
	checkHashes(hashes);
	return hashes;
}
