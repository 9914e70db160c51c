import { hash } from 'node:crypto';
import { encodeLine, type JsonLine, parseLine } from './json-line.ts';
import { type HolderSide, MAX_HOLDERS, MIN_THRESHOLD } from './plan.ts';
import { coordinateOf, SHARE_LENGTH } from './recovery-key.ts';
import { badInputError, damagedInputError } from './refusals.ts';
import { decodeBase64, encodeBase64, isDigest, isEscrowId, isFirm, isName, isWhole } from './value-grammars.ts';

export interface Share {
	readonly escrow: string;
	readonly firm: string;
	/** SHA-256 of the escrow file, in hexadecimal. No other file is opened. */
	readonly digest: string;
	readonly threshold: number;
	/** The holder's position in the plan, counted from 1. */
	readonly index: number;
	readonly holder: string;
	readonly side: HolderSide;
	/** 75 bytes, the x coordinate last. */
	readonly share: Uint8Array;
}

const FORMAT = 'firmseal-escrow-share';
const KEYS = ['digest', 'escrow', 'firm', 'format', 'holder', 'index', 'share', 'side', 'threshold', 'v'];
/** The checksum comes first in canonical JSON, so it is found even if the rest of the text is damaged. */
const SHARE = /^\{"checksum":"(?<checksum>[0-9a-f]{64})",(?<rest>[\x20-\x7e]+)\n$/;
/** Bytes. The longest names use half of this. */
const LONGEST = 1024;

/**
 * The plaintext line of FORMAT.md, "Share file". The caller overwrites the bytes. The strings that they are built from can't be
 * overwritten.
 */
export function encodeShare(share: Share): Uint8Array {
	const members = { ...share, v: 1, format: FORMAT, share: encodeBase64(share.share) };
	const line = encodeLine({ ...members, checksum: checksumOf(encodeLine(members)) });
	return new TextEncoder().encode(`${line}\n`);
}

const checksumOf = (text: string): string => hash('sha256', text, 'hex');

/**
 * @param called The share's name in messages, such as `Share 2`: in a damaged share, even the holder's name may be damaged.
 * @throws BAD_USER_INPUT if it is not a share; CIPHERTEXT_INVALID if it is damaged or impossible
 */
export function parseShare(plaintext: Uint8Array, called: string): Share {
	const text = plaintext.length > LONGEST ? '' : latin1Of(plaintext);
	const { checksum, rest } = SHARE.exec(text)?.groups ?? {};
	if (checksum === undefined)
		throw badInputError(`${called} is not a share of an escrow: give the output of \`age -d\` for a share file.`);
	const body = `{${rest}`;
	if (checksumOf(body) !== checksum) {
		throw damagedInputError(`${called} is damaged: its checksum differs. Ask the holder for the share again.`);
	}
	const line = parseLine(body, KEYS);
	const share = line && line.v === 1 && line.format === FORMAT ? shareOf(line) : null;
	if (share === null) throw damagedInputError(`${called} does not follow version 1 of the share format.`);
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
	// At x = 0 the curve is the secret itself: someone who could hand in such a share would alone decide what the others open.
	if (share === null || coordinateOf(share) === 0) return null;
	return { escrow, firm, digest, threshold, index, holder, side, share };
}

/** Overwrites the share bytes. Copies that the runtime has made can't be reached. */
export function wipeShares(shares: readonly Share[]): void {
	for (const { share } of shares) share.fill(0);
}
