import { encodeLine, hasKeys, type JsonLine, parseLine } from './json-line.ts';
import { findPlanFlaw, type NamedHolder } from './plan.ts';
import { damagedInputError } from './refusals.ts';
import { isEscrowId, isFirm, isInstallation, isWhole, parseTime } from './value-grammars.ts';

export interface EscrowHeader {
	/** UUIDv7, the same in every share of this escrow. */
	readonly id: string;
	readonly installation: string;
	readonly firm: string;
	readonly at: Date;
	readonly keys: number;
	readonly threshold: number;
	/** All holders. A share's index is its holder's position here, counted from 1. */
	readonly holders: readonly NamedHolder[];
}

const FORMAT = 'firmseal-escrow';
const KEYS = ['at', 'escrow', 'firm', 'format', 'holders', 'installation', 'keys', 'threshold', 'v'];

export function encodeHeader({ id, installation, firm, at, keys, threshold, holders }: EscrowHeader): string {
	return encodeLine({
		v: 1,
		format: FORMAT,
		escrow: id,
		installation,
		firm,
		at: at.toISOString(),
		keys,
		threshold,
		holders: holders.map(({ name, side }) => ({ name, side })),
	});
}

/** @throws CIPHERTEXT_INVALID */
export function parseHeader(text: string): EscrowHeader {
	const line = parseLine(text, KEYS);
	const header = line && line.v === 1 && line.format === FORMAT ? headerOf(line) : null;
	if (header === null) throw damagedInputError('The escrow does not begin with a header of version 1.');
	if (findPlanFlaw(header.holders, header.threshold) !== null) {
		throw damagedInputError('The holders and the threshold in the escrow are not a valid plan.');
	}
	return header;
}

function headerOf({ escrow, installation, firm, at, keys, threshold, holders }: JsonLine): EscrowHeader | null {
	const time = parseTime(at);
	if (!isEscrowId(escrow) || !isInstallation(installation) || !isFirm(firm) || time === null) return null;
	if (!isCount(keys) || !isCount(threshold) || !isHolders(holders)) return null;
	return { id: escrow, installation, firm, at: time, keys, threshold, holders };
}

/** The exact number is checked elsewhere. */
const isCount = (value: unknown): value is number => isWhole(value, 1, Number.MAX_SAFE_INTEGER);

/** Checks only the form; findPlanFlaw() checks names and sides. */
function isHolders(value: unknown): value is readonly NamedHolder[] {
	return Array.isArray(value) && value.every((holder) => hasKeys(holder, ['name', 'side']));
}
