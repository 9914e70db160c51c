import { hash } from 'node:crypto';
import { decodeBase64, encodeBase64 } from './base64.ts';
import { encodeLine, type JsonLine, parseLine } from './json-line.ts';
import { type HolderSide, MAX_HOLDERS, MIN_THRESHOLD } from './plan.ts';
import { coordinateOf, SHARE_LENGTH } from './recovery-key.ts';
import { badInputError, damagedInputError } from './refusals.ts';
import { isDigest, isEscrowId, isFirm, isName, isWhole } from './value-grammars.ts';

/** What a holder keeps, encrypted to the holder. */
export interface Share {
	/** Id of the escrow. */
	readonly escrow: string;
	readonly firm: string;
	/** SHA-256 of the escrow file, in hexadecimal: no other file is opened, whoever made it. */
	readonly digest: string;
	/** Shares that are needed. */
	readonly threshold: number;
	/** The holder's place among all, counted from 1. */
	readonly index: number;
	readonly holder: string;
	readonly side: HolderSide;
	/** 75 bytes, the x coordinate last. */
	readonly share: Uint8Array;
}

const FORMAT = 'firmseal-escrow-share';
const KEYS = ['digest', 'escrow', 'firm', 'format', 'holder', 'index', 'share', 'side', 'threshold', 'v'];
/** The checksum comes first in canonical JSON, so that it is found in a text of which nothing else may be whole. */
const SHARE = /^\{"checksum":"(?<checksum>[0-9a-f]{64})",(?<rest>[\x20-\x7e]+)\n$/;
/** Names at their longest leave half of it. */
const LONGEST = 1024;

/** The line of FORMAT.md, "Share file", as it is encrypted. The caller overwrites it; the strings it is made of, nobody can. */
export function encodeShare(share: Share): Uint8Array {
	const members = { ...share, v: 1, format: FORMAT, share: encodeBase64(share.share) };
	const line = encodeLine({ ...members, checksum: checksumOf(encodeLine(members)) });
	return new TextEncoder().encode(`${line}\n`);
}

const checksumOf = (text: string): string => hash('sha256', text, 'hex');

/**
 * @param called How messages call it, such as `Share 2`: what a damaged one says of its holder may be damaged too.
 * @throws BAD_USER_INPUT for something else than a share, CIPHERTEXT_INVALID for a damaged or impossible one.
 */
export function parseShare(plaintext: Uint8Array, called: string): Share {
	const text = plaintext.length > LONGEST ? '' : latin1Of(plaintext);
	const { checksum, rest } = SHARE.exec(text)?.groups ?? {};
	if (checksum === undefined)
		throw badInputError(`${called} is not a share of an escrow: give what \`age -d\` makes of one.`);
	const body = `{${rest}`;
	if (checksumOf(body) !== checksum) {
		throw damagedInputError(`${called} is damaged: its checksum is another. Ask its holder for it again.`);
	}
	const line = parseLine(body, KEYS);
	const share = line && line.v === 1 && line.format === FORMAT ? shareOf(line) : null;
	if (share === null) throw damagedInputError(`${called} is not as version 1 of a share has to be.`);
	return share;
}

function latin1Of(bytes: Uint8Array): string {
	return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');
}

function shareOf({ escrow, firm, digest, threshold, index, holder, side, share: text }: JsonLine): Share | null {
	if (!isEscrowId(escrow) || !isFirm(firm) || !isDigest(digest) || !isName(holder)) return null;
	if (side !== 'FIRM' && side !== 'PLATFORM') return null;
	if (!isWhole(threshold, MIN_THRESHOLD, MAX_HOLDERS) || !isWhole(index, 1, MAX_HOLDERS)) return null;
	const share = decodeBase64(text, SHARE_LENGTH);
	// At 0 the curve is the secret itself: whoever could hand in a share of x = 0 would decide alone what the others open.
	if (share === null || coordinateOf(share) === 0) return null;
	return { escrow, firm, digest, threshold, index, holder, side, share };
}

/** What JavaScript lets be overwritten. */
export function wipeShares(shares: readonly Share[]): void {
	for (const { share } of shares) share.fill(0);
}
