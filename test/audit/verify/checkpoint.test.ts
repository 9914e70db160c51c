import { describe, expect, it } from 'vitest';
import { AuditProofError, verifyCheckpoint } from '../../../src/audit/verify/index.ts';
import { leavesOf, treeHash } from './naive-tree.ts';
import { newSigner, signatureLine } from './note-signer.ts';

const ORIGIN = 'vault.example/firmseal/01980000-0000-7000-8000-0000000000f1';
const signer = newSigner(ORIGIN);
const root = treeHash(leavesOf(7));
const base64 = Buffer.from(root).toString('base64');

/** `body`, signed unchecked by the key of the origin. */
function signed(body: string): string {
	return `${body}\n${signer.line(body)}`;
}

async function refuses(note: string, message: string, vkey: string = signer.vkey) {
	await expect(verifyCheckpoint(note, vkey)).rejects.toBeInstanceOf(AuditProofError);
	await expect(verifyCheckpoint(note, vkey)).rejects.toThrow(message);
}

it.each([0, 1, 7, 10, 4_294_967_296, Number.MAX_SAFE_INTEGER])('reads a tree of %d leaves', async (size) => {
	const body = `${ORIGIN}\n${size}\n${base64}\n`;
	expect(await verifyCheckpoint(signed(body), signer.vkey)).toEqual({ origin: ORIGIN, size, root });
	expect(await verifyCheckpoint(new TextEncoder().encode(signed(body)), signer.vkey)).toMatchObject({ size });
});

it('ignores extension lines, which must not be empty', async () => {
	const body = `${ORIGIN}\n7\n${base64}\n`;
	expect(await verifyCheckpoint(signed(`${body}one\ntwo\n`), signer.vkey)).toEqual({ origin: ORIGIN, size: 7, root });
	for (const lines of ['\n', '\none\n', 'one\n\n', 'one\n\ntwo\n'])
		await refuses(signed(body + lines), 'an empty line');
});

it('belongs to the tree of the key that signed it, and to no other', async () => {
	for (const origin of ['', 'vault.example/firmseal', `${ORIGIN}2`, ` ${ORIGIN}`, `\ufeff${ORIGIN}`]) {
		await refuses(signed(`${origin}\n7\n${base64}\n`), 'about another tree');
	}
});

it('is accepted only if its key signed it', async () => {
	const body = `${ORIGIN}\n7\n${base64}\n`;
	await refuses(`${body}\n${newSigner(ORIGIN).line(body)}`, 'no signature by the verifier key');
	await refuses(signed(body).replace('\n7\n', '\n8\n'), 'does not verify');
	await refuses(`${body}\n${signatureLine(ORIGIN, signer.keyId, newSigner(ORIGIN).sign(body))}`, 'does not verify');
});

describe('the size of a checkpoint', () => {
	it.each(['', '07', '00', '-1', '+7', '7 ', ' 7', '7.0', '1e3', '0x7', '٧', 'x', '7,000', '7x', 'x7'])(
		'is refused as %j',
		async (size) => refuses(signed(`${ORIGIN}\n${size}\n${base64}\n`), 'not a decimal number'),
	);

	it.each(['9007199254740992', '9007199254740993', '9'.repeat(400)])(
		'is refused if it is as large as %s',
		async (size) => refuses(signed(`${ORIGIN}\n${size}\n${base64}\n`), 'not an integer from 0 to 2^53-1'),
	);
});

describe('the root of a checkpoint', () => {
	it.each([
		['31 bytes', Buffer.from(root.slice(1)).toString('base64')],
		['33 bytes', Buffer.from([...root, 0]).toString('base64')],
		['nothing', ''],
	])('is refused if it is %s', async (_, text) =>
		refuses(signed(`${ORIGIN}\n7\n${text}\n`), 'not a Uint8Array of 32 bytes'),
	);

	it.each([
		['without padding', base64.slice(0, -1)],
		['base64url', Buffer.from(new Uint8Array(32).fill(0xff)).toString('base64url')],
		['after a space', ` ${base64}`],
		['no base64', 'é'.repeat(44)],
	])('is refused as %s', async (_, text) => refuses(signed(`${ORIGIN}\n7\n${text}\n`), 'not in its canonical form'));
});

it('requires all three lines', async () => {
	await refuses(signed(`${ORIGIN}\n`), 'not a decimal number');
	await refuses(signed(`${ORIGIN}\n7\n`), 'not a Uint8Array of 32 bytes');
});

describe('the verifier key', () => {
	const note = signed(`${ORIGIN}\n7\n${base64}\n`);
	const id = Buffer.from(signer.keyId).toString('hex');
	const keyText = signer.vkey.slice(ORIGIN.length + 10);

	it.each([
		'',
		ORIGIN,
		`${ORIGIN}+${id}`,
		`${ORIGIN}+${id}+`,
		`+${id}+${keyText}`,
		`with space+${id}+${keyText}`,
		`${ORIGIN}+${id.slice(1)}+${keyText}`,
		`${ORIGIN}+0${id}+${keyText}`,
		`${ORIGIN}+ABCDEF01+${keyText}`,
		`${ORIGIN}+${id}+${keyText}\n`,
		`\n${signer.vkey}`,
		null as never,
	])('is refused as %j', async (vkey) => refuses(note, 'not have the form name+id+key', vkey));

	it('has the id that follows from its name and key', async () => {
		const foreign = newSigner(ORIGIN).vkey.slice(ORIGIN.length + 10);
		for (const vkey of [
			`${ORIGIN}+00000000+${keyText}`,
			`${ORIGIN}2+${id}+${keyText}`,
			`${ORIGIN}+${id}+${foreign}`,
			`\ufffd+${id}+${keyText}`,
		]) {
			await refuses(note, 'does not belong to its name and key', vkey);
		}
		await refuses(note, 'not well-formed Unicode', `\ud800+${id}+${keyText}`);
	});

	it('is Ed25519, which is one type byte and 32 more', async () => {
		const encode = (...bytes: number[]) => `${ORIGIN}+${id}+${Buffer.from(bytes).toString('base64')}`;
		const { publicKey } = signer;
		for (const vkey of [
			encode(2, ...publicKey),
			encode(4, ...publicKey),
			encode(...publicKey),
			encode(1, ...publicKey, 0),
			encode(1, ...publicKey.slice(1)),
		]) {
			await refuses(note, 'not an Ed25519 key', vkey);
		}
		await refuses(note, 'canonical form', signer.vkey.replace(keyText, `${keyText}=`));
	});

	it('may have any id: one with leading zeros is written with them', async () => {
		for (let count = 0; count < 2000; count++) {
			const one = newSigner(ORIGIN);
			if ((one.keyId[0] as number) >= 16) continue;
			const body = `${ORIGIN}\n7\n${base64}\n`;
			expect(await verifyCheckpoint(`${body}\n${one.line(body)}`, one.vkey)).toMatchObject({ size: 7 });
			return;
		}
		expect.unreachable();
	});
});
