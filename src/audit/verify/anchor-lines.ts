import { AuditProofError } from './audit-proof-error.ts';
import { integer } from './bundle-lines.ts';
import { parseCanonical, parseObject } from './canonical-json.ts';

export interface AnchorHeader {
	/** 1, plus one for each restore of the log. */
	readonly incarnation: number;
	readonly installation: string;
	/** 0, 1, 2 … over all incarnations. */
	readonly number: number;
	/** SHA-256 of the previous anchor, in lower-case hexadecimal. Null for number 0. */
	readonly previous: string | null;
}

/** The leaves of one tree in an anchor: indexes `from` to `to` - 1. */
export interface AnchorSection {
	readonly origin: string;
	readonly from: number;
	readonly to: number;
}

const DIGEST = /^[0-9a-f]{64}$/;

/** @throws AuditProofError */
export function parseAnchorHeader(line: string): AnchorHeader {
	const keys = ['format', 'incarnation', 'installation', 'number', 'previous', 'v'];
	const { format, incarnation, installation, number, previous, v } = parseObject(line, ...keys);
	if (format !== 'firmseal-audit-anchor') throw new AuditProofError('The file is not an anchor.');
	if (v !== 1) throw new AuditProofError('The anchor has another version than 1.');
	if (typeof installation !== 'string') throw new AuditProofError('The name of the installation is not a text.');
	if (previous !== null && (typeof previous !== 'string' || !DIGEST.test(previous))) {
		throw new AuditProofError('The hash of the previous anchor is not 64 hexadecimal digits.');
	}
	const header = { incarnation: integer(incarnation), installation, number: integer(number), previous };
	if (header.incarnation === 0) throw new AuditProofError('The incarnations of a log are counted from 1.');
	if ((header.number === 0) !== (previous === null)) {
		throw new AuditProofError('The first anchor, and only the first, must have no previous anchor.');
	}
	return header;
}

/** @throws AuditProofError */
export function parseAnchorSection(line: string): AnchorSection {
	const { from, origin, to } = parseObject(line, 'from', 'origin', 'to');
	if (typeof origin !== 'string') throw new AuditProofError('The origin is not a text.');
	const section = { origin, from: integer(from), to: integer(to) };
	if (section.from >= section.to) throw new AuditProofError('A section has no leaves.');
	return section;
}

/**
 * A leaf of the root tree. Its line is a JSON string, because a note contains newlines.
 * @throws AuditProofError
 */
export function parseRootLine(line: string): string {
	const leaf = parseCanonical(line);
	if (typeof leaf !== 'string') throw new AuditProofError('A leaf of the root tree is not written as a JSON string.');
	return leaf;
}

/**
 * The root note that ends an anchor.
 * @throws AuditProofError
 */
export function parseAnchorEnd(line: string): string {
	const { checkpoint } = parseObject(line, 'checkpoint');
	if (typeof checkpoint !== 'string') throw new AuditProofError('A checkpoint is not a text.');
	return checkpoint;
}
