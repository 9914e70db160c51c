import { describe, expect, it } from 'vitest';
import { AuditProofError } from '../../../src/audit/verify/index.ts';
import { openNote } from '../../../src/audit/verify/signed-note.ts';
import { parseVerifierKey } from '../../../src/audit/verify/verifier-key.ts';
import { newSigner, signatureLine } from './note-signer.ts';

const NAME = 'vault.example/firmseal';
const signer = newSigner(NAME);
const key = { name: NAME, id: Buffer.from(signer.keyId).toString('hex'), publicKey: signer.publicKey };
const TEXT = 'A text.\n';
const right = signer.line(TEXT);
const other = newSigner('other.example');

async function refuses(note: unknown, message: string) {
	await expect(openNote(note as never, key)).rejects.toBeInstanceOf(AuditProofError);
	await expect(openNote(note as never, key)).rejects.toThrow(message);
}

it('opens notes of other programs', async () => {
	const published = await parseVerifierKey('example.com/foo+530d903a+AekyeRrm56hApGFkyQR4ZCbV54Id2LKaANYcrnKv3U2k');
	const signature = 'Uw2QOkn8srV1yJGh2VYRlL1Tnagv1YEq6TfXppzi2ONncAlTgK7Ztg1ERYNZXsYjOBH3mFXmRKuwHjG1Yu72IneyaQM=';
	const note = `This is an example message.\n\n— example.com/foo ${signature}\n`;
	expect(await openNote(note, published)).toBe('This is an example message.\n');
});

it.each(['One.\n', 'Two.\nLines.\n', 'With an\n\nempty line.\n', 'Ünïcödé — 😀\n', '\ufeffWith a mark.\n', '\n'])(
	'returns the text %j as it was signed, from text and from bytes',
	async (text) => {
		const note = `${text}\n${signer.line(text)}`;
		expect(await openNote(note, key)).toBe(text);
		expect(await openNote(new TextEncoder().encode(note), key)).toBe(text);
	},
);

describe('the signatures of a note', () => {
	it('may be from other keys, even with the same name or the same id', async () => {
		const namesake = newSigner(NAME);
		const sameId = signatureLine('other.example', signer.keyId, other.sign(TEXT));
		const long = signatureLine('witness.example', other.keyId, new Uint8Array(4000));
		const short = signatureLine('witness.example', other.keyId, new Uint8Array(1));
		const note = `${TEXT}\n${other.line(TEXT)}${namesake.line('Not this.')}${sameId}${right}${long}${short}`;
		expect(await openNote(note, key)).toBe(TEXT);
		await refuses(`${TEXT}\n${other.line(TEXT)}`, 'no signature by the verifier key');
		await refuses(`${TEXT}\n${namesake.line(TEXT)}`, 'no signature by the verifier key');
		await refuses(`${TEXT}\n${sameId}`, 'no signature by the verifier key');
	});

	it('by the known key must all verify', async () => {
		expect(await openNote(`${TEXT}\n${right}${right}`, key)).toBe(TEXT);
		const wrong = signer.line('Another text.\n');
		for (const lines of [wrong, `${right}${wrong}`, `${wrong}${right}`]) {
			await refuses(`${TEXT}\n${lines}`, 'does not verify');
		}
	});

	it('of another key under this name and id do not verify', async () => {
		await refuses(`${TEXT}\n${signatureLine(NAME, signer.keyId, other.sign(TEXT))}`, 'does not verify');
	});

	it('are 64 bytes', async () => {
		const signature = signer.sign(TEXT);
		for (const bytes of [signature.slice(0, 63), Uint8Array.of(...signature, 0), signature.slice(0, 1)]) {
			await refuses(`${TEXT}\n${signatureLine(NAME, signer.keyId, bytes)}`, 'does not verify');
		}
		await refuses(`${TEXT}\n${signatureLine(NAME, signer.keyId, new Uint8Array(0))}`, 'has no signature');
		await refuses(`${TEXT}\n${signatureLine(NAME, signer.keyId.slice(0, 3), new Uint8Array(0))}${right}`, 'has no');
	});

	it('cover every byte of the text, and fail with any bit changed', async () => {
		for (const text of ['A text\n', 'A text.\n\n', ' A text.\n', 'a text.\n'])
			await refuses(`${text}\n${right}`, 'verify');
		const signature = signer.sign(TEXT);
		for (let bit = 0; bit < 512; bit++) {
			const changed = signature.map((byte, at) => (at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
			await refuses(`${TEXT}\n${signatureLine(NAME, signer.keyId, changed)}`, 'does not verify');
		}
	});
});

describe('the signature lines', () => {
	const line = right.slice(0, -1);
	const base64 = line.split(' ').at(-1) as string;

	it.each([
		`- ${NAME} ${base64}`,
		`—${NAME} ${base64}`,
		`—  ${NAME} ${base64}`,
		` ${line}`,
		`x${line}`,
		`${line} `,
		`${line} x`,
		`— ${base64}`,
		`— ${NAME}`,
		`— ${NAME} `,
		`— ${NAME}  ${base64}`,
		`— with+plus ${base64}`,
		`— no-break\u00a0space ${base64}`,
		`— ideographic\u3000space ${base64}`,
	])('are refused as %j, even beside a valid one', async (malformed) => {
		await refuses(`${TEXT}\n${right}${malformed}\n`, 'signature line is malformed');
		await refuses(`${TEXT}\n${malformed}\n`, 'signature line is malformed');
	});

	it.each([
		base64.replace(/=+$/, ''),
		`${base64}=`,
		base64.replaceAll(/[+/]|^../g, '-_'),
		`${base64.slice(0, -4)}!!!!`,
	])('are refused with %s as base64', async (malformed) =>
		refuses(`${TEXT}\n— ${NAME} ${malformed}\n`, 'base64 text is not in its canonical form'),
	);

	it('are refused with bits in the padding', async () => {
		// 68 bytes end in one group of two bytes, so its third character has two unused bits.
		const digits = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
		const last = digits.indexOf(base64.at(-2) as string);
		expect(base64.endsWith('=') && last % 4 === 0).toBe(true);
		const loose = `${base64.slice(0, -2)}${digits[last + 1]}=`;
		expect(Buffer.from(loose, 'base64')).toEqual(Buffer.from(base64, 'base64'));
		await refuses(`${TEXT}\n— ${NAME} ${loose}\n`, 'canonical form');
	});
});

describe('a complete note', () => {
	it('consists of a text, an empty line and signature lines, each with its newline', async () => {
		const parts = 'not a text, an empty line and signature lines';
		for (const note of ['', '\n', TEXT, `${TEXT}${right}`, right, `\n${right}`, `${TEXT}\n${right}`.slice(0, -1)]) {
			await refuses(note, parts);
		}
		await refuses(`${TEXT}\n`, 'signature line is malformed');
		await refuses(`${TEXT}\n${right}\n`, 'signature line is malformed');
		await refuses(`${TEXT}\n\n${right}`, 'does not verify');
	});

	it.each(['\0', '\t', '\r', '\u001f', '\u007f', '\u0085', '\u009f'])('is refused with %j', async (character) => {
		const text = `A${character}text.\n`;
		await refuses(`${text}\n${signer.line(text)}`, 'control character');
		await refuses(`${TEXT}\n${right}— a${character}b ${'A'.repeat(8)}\n`, 'control character');
	});

	it('must be well-formed', async () => {
		const text = 'A\ufffdtext.\n';
		const note = `${text}\n${signer.line(text)}`;
		expect(await openNote(note, key)).toBe(text);
		await refuses(note.replace('\ufffd', '\ud800'), 'not well-formed Unicode');
		const bytes = [...new TextEncoder().encode(note)];
		await refuses(Uint8Array.of(...bytes.slice(0, 1), 0xff, ...bytes.slice(4)), 'not UTF-8');
		await refuses(Uint8Array.of(0xef, 0xbb, 0xbf, ...bytes), 'does not verify');
	});

	it('may be text or bytes', async () => {
		for (const note of [undefined, null, 5, [TEXT]]) await refuses(note, 'not well-formed Unicode');
	});

	it('has at most 100 signatures', async () => {
		const others = (count: number) => other.line(TEXT).repeat(count);
		expect(await openNote(`${TEXT}\n${others(99)}${right}`, key)).toBe(TEXT);
		await refuses(`${TEXT}\n${others(100)}${right}`, 'more than 100 signatures');
	});

	it('has at most 1,000,000 bytes, where a character may take three', async () => {
		const rest = new TextEncoder().encode(`\n\n${right}`).length;
		const text = `${'€'.repeat(Math.floor((1_000_000 - rest) / 3))}${'x'.repeat((1_000_000 - rest) % 3)}\n`;
		expect(await openNote(`${text}\n${signer.line(text)}`, key)).toBe(text);
		const longer = `x${text}`;
		await refuses(`${longer}\n${signer.line(longer)}`, 'longer than 1,000,000 bytes');
		await refuses(new TextEncoder().encode(`${longer}\n${signer.line(longer)}`), 'longer than 1,000,000 bytes');
	});
});
