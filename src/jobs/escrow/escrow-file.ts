import { decodeBase64, encodeBase64 } from './base64.ts';
import { type EscrowHeader, encodeHeader, parseHeader } from './escrow-header.ts';
import { type EscrowedKey, findKeysFlaw, KEY_LENGTH, wipeKeys } from './escrowed-key.ts';
import { encodeLine, parseLine } from './json-line.ts';
import { damagedInputError } from './refusals.ts';

export interface OpenedEscrow {
	readonly header: EscrowHeader;
	/** In the clear: whoever asked overwrites each `key` when it is no longer needed. */
	readonly keys: readonly EscrowedKey[];
}

const KEY_LINE = ['class', 'commitment', 'firm', 'key', 'version'];
const CLOSING_LINE = ['end', 'keys'];

/**
 * The lines of FORMAT.md, "Escrow file", as they are encrypted. The caller overwrites them; the strings that canonical JSON and
 * base64 are made as, nobody can.
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

/**
 * All keys of the escrow, or none.
 * @throws CIPHERTEXT_INVALID that says which line or key is wrong, and nothing of what it holds.
 */
export function parseEscrow(plaintext: Uint8Array): OpenedEscrow {
	const [first = '', ...lines] = linesOf(plaintext);
	const header = parseHeader(first);
	const end = lines.findIndex((line) => closingCount(line, header) !== null);
	const closing = lines[end];
	if (closing === undefined) throw damagedInputError('The escrow is cut off: its closing line is missing.');
	if (end !== lines.length - 1) throw damagedInputError('Lines follow the closing line of the escrow.');
	if (header.keys !== end || closingCount(closing, header) !== end) {
		throw damagedInputError('The escrow has another number of keys than its header and its closing line say.');
	}
	return { header, keys: parseKeys(header, lines.slice(0, end)) };
}

/** How many keys a closing line of this escrow counts; null: it is none. */
function closingCount(text: string, { id }: EscrowHeader): number | null {
	const line = text.startsWith('{"end"') ? parseLine(text, CLOSING_LINE) : null;
	return line && line.end === id && typeof line.keys === 'number' ? line.keys : null;
}

function parseKeys(header: EscrowHeader, lines: readonly string[]): EscrowedKey[] {
	const keys: EscrowedKey[] = [];
	try {
		for (const line of lines) keys.push(parseKey(line, keys.length + 1));
		const flaw = findKeysFlaw(header.firm, keys);
		if (flaw !== null) throw damagedInputError(`The escrow is not to be used. ${flaw}`);
		return keys;
	} catch (error) {
		wipeKeys(keys);
		throw error;
	}
}

function parseKey(text: string, place: number): EscrowedKey {
	const line = parseLine(text, KEY_LINE);
	const commitment = decodeBase64(line?.commitment, KEY_LENGTH);
	const key = commitment && decodeBase64(line?.key, KEY_LENGTH);
	if (!line || !commitment || !key) throw damagedInputError(`Line ${place + 1} of the escrow is not a key.`);
	// Of what form these are, findKeysFlaw() says.
	return { firm: line.firm as string, class: line.class as string, version: line.version as number, commitment, key };
}

function linesOf(plaintext: Uint8Array): string[] {
	let text: string;
	try {
		// A byte order mark stays part of the text, so that there is one form of it.
		text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(plaintext);
	} catch {
		throw damagedInputError('The escrow is not text.');
	}
	if (!text.endsWith('\n')) throw damagedInputError('The escrow is cut off: its last line has no end.');
	return text.slice(0, -1).split('\n');
}
