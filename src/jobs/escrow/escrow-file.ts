import { type EscrowHeader, encodeHeader, parseHeader } from './escrow-header.ts';
import { type EscrowedKey, findKeysFlaw, KEY_LENGTH, wipeKeys } from './escrowed-key.ts';
import { encodeLine, parseLine } from './json-line.ts';
import { damagedInputError } from './refusals.ts';
import { decodeBase64, encodeBase64 } from './value-grammars.ts';

export interface OpenedEscrow {
	readonly header: EscrowHeader;
	/** In the clear. The caller overwrites each `key` when it is no longer needed. */
	readonly keys: readonly EscrowedKey[];
}

const KEY_LINE = ['class', 'commitment', 'firm', 'key', 'version'];
const CLOSING_LINE = ['end', 'keys'];

/**
 * The plaintext lines of FORMAT.md, "Escrow file". The caller overwrites the bytes. The strings that canonical JSON and base64 are built
 * from can't be overwritten.
 */
export function encodeEscrow({ header, keys }: OpenedEscrow): Uint8Array {
	const lines = [encodeHeader(header), ...keys.map(encodeKey), encodeLine({ end: header.id, keys: keys.length }), ''];
	return new TextEncoder().encode(lines.join('\n'));
}

function encodeKey({ firm, class: keyClass, version, commitment, key }: EscrowedKey): string {
	return encodeLine({
		firm,
		class: keyClass,
		version,
		commitment: encodeBase64(commitment),
		key: encodeBase64(key),
	});
}

/** All keys of the escrow, or none. @throws CIPHERTEXT_INVALID that names the wrong line or key, and nothing of its content */
export function parseEscrow(plaintext: Uint8Array): OpenedEscrow {
	const [first = '', ...lines] = linesOf(plaintext);
	const header = parseHeader(first);
	const end = lines.findIndex((line) => closingCount(line, header) !== null);
	const closing = lines[end];
	if (closing === undefined)
		throw damagedInputError('The escrow is cut off, because its closing line is missing: give an undamaged copy.');
	if (end !== lines.length - 1) throw damagedInputError('Lines follow the closing line of the escrow.');
	if (header.keys !== end || closingCount(closing, header) !== end) {
		throw damagedInputError('The number of keys differs from the header or the closing line of the escrow.');
	}
	return { header, keys: parseKeys(header, lines.slice(0, end)) };
}

/** The number of keys in a closing line of this escrow; null if the line is not one. */
function closingCount(text: string, { id }: EscrowHeader): number | null {
	const line = text.startsWith('{"end"') ? parseLine(text, CLOSING_LINE) : null;
	return line && line.end === id && typeof line.keys === 'number' ? line.keys : null;
}

function parseKeys(header: EscrowHeader, lines: readonly string[]): EscrowedKey[] {
	const keys: EscrowedKey[] = [];
	try {
		for (const line of lines) keys.push(parseKey(line, keys.length + 1));
		const flaw = findKeysFlaw(header.firm, keys);
		if (flaw !== null) throw damagedInputError(`The escrow is invalid. ${flaw}`);
		return keys;
	} catch (error) {
		wipeKeys(keys);
		throw error;
	}
}

function parseKey(text: string, index: number): EscrowedKey {
	const line = parseLine(text, KEY_LINE);
	const commitment = decodeBase64(line?.commitment, KEY_LENGTH);
	const key = commitment && decodeBase64(line?.key, KEY_LENGTH);
	if (!line || !commitment || !key)
		throw damagedInputError(`Line ${index + 1} of the escrow is not a key: give an undamaged copy.`);
	// findKeysFlaw() checks the form of these values.
	return { firm: line.firm as string, class: line.class as string, version: line.version as number, commitment, key };
}

function linesOf(plaintext: Uint8Array): string[] {
	let text: string;
	try {
		// Keeps a byte order mark in the text, so that an escrow has only one form.
		text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);
	} catch {
		throw damagedInputError('The escrow is not text.');
	}
	if (!text.endsWith('\n'))
		throw damagedInputError('The escrow is cut off, because its last line is incomplete: give an undamaged copy.');
	return text.slice(0, -1).split('\n');
}
