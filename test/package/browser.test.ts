import { createContext, runInContext } from 'node:vm';
import { expect, it } from 'vitest';
import { describeInstalled } from './adopter.ts';
import { bundle } from './bundle.ts';

/** A context without Node: no process, no Buffer, no require. It shares the types of the realm whose WebCrypto it uses. */
const browser = () => createContext({ crypto, TextEncoder, TextDecoder, Uint8Array, Error });

const place = {
	firm: '018f0000-0000-7000-8000-000000000001',
	class: 'NOTE',
	table: 'notes',
	column: 'title',
	type: 'Note',
	field: 'title',
};
const row = '018f0000-0000-7000-8000-000000000002';

describeInstalled('in a browser', (cwd) => {
	it('firmseal/envelope seals and opens a value, and refuses one of another row', async () => {
		const { expression } = await bundle("export { sealField, openField } from 'firmseal/envelope'", cwd);
		const { sealField, openField } = runInContext(expression, browser());
		const field = { key: new Uint8Array(32).fill(7), place, type: 'String' };
		const envelope = await sealField({ ...field, row, version: 3, value: 'She accepts.' });
		expect(Buffer.from(envelope).includes('She accepts.')).toBe(false);
		expect(await openField({ ...field, row, envelope })).toBe('She accepts.');
		await expect(openField({ ...field, row: place.firm, envelope })).rejects.toMatchObject({
			code: 'CIPHERTEXT_INVALID',
		});
	});

	it('firmseal/envelope encrypts and decrypts a document, and refuses a changed one', async () => {
		const { expression } = await bundle("export { encryptChunked, decryptChunked } from 'firmseal/envelope'", cwd);
		const { encryptChunked, decryptChunked } = runInContext(expression, browser());
		const given = { key: new Uint8Array(32).fill(7), context: new Uint8Array() };
		const plaintext = new Uint8Array(40_000).fill(65);
		const ciphertext = await encryptChunked({ ...given, plaintext });
		expect(await decryptChunked({ ...given, ciphertext })).toEqual(plaintext);
		ciphertext[20_000] ^= 1;
		await expect(decryptChunked({ ...given, ciphertext })).rejects.toMatchObject({ code: 'CIPHERTEXT_INVALID' });
	});

	it('firmseal/audit verifies a proof, and refuses one of another leaf', async () => {
		const { expression } = await bundle("export { leafHash, rootHash, verifyInclusion } from 'firmseal/audit'", cwd);
		const { leafHash, rootHash, verifyInclusion } = runInContext(expression, browser());
		const [one, other] = [await leafHash('one'), await leafHash('other')];
		const claim = { index: 0, size: 2, proof: [other], root: await rootHash([one, other]) };
		await expect(verifyInclusion({ ...claim, leafHash: one })).resolves.toBeUndefined();
		await expect(verifyInclusion({ ...claim, leafHash: other })).rejects.toThrow('does not lead to the root');
	});

	it('firmseal/client needs neither Apollo Client nor urql, and a vault opens only what it knows', async () => {
		const { expression, kept } = await bundle(
			"export { createFirmseal, createVault, OpenFieldsLink, openFieldsExchange } from 'firmseal/client'",
			cwd,
		);
		expect(kept.filter((path) => /node_modules\/@(apollo|urql)/.test(path))).toEqual([]);
		const { createFirmseal, createVault, OpenFieldsLink, openFieldsExchange } = runInContext(
			expression,
			createContext({ crypto, TextEncoder, TextDecoder, Uint8Array, Error, URL, AbortSignal }),
		);
		const store = { read: async () => null, write: async () => undefined, remove: async () => undefined };
		const vault = createVault({ store, clock: Date, types: {} });
		await expect(vault.open([])).rejects.toMatchObject({ name: 'VaultError', reason: 'locked' });
		const wanted = { token: () => '', vault, unlock: () => vault.state(), fetch };
		expect(() => createFirmseal({ ...wanted, url: 'http://vault.example' })).toThrow('https');
		const firmseal = createFirmseal({ ...wanted, url: 'https://vault.example' });
		await expect(firmseal.ready()).rejects.toMatchObject({ reason: 'locked' });
		expect(new OpenFieldsLink(firmseal).concat(new OpenFieldsLink(firmseal)).request).toBeTypeOf('function');
		expect(openFieldsExchange(firmseal)).toBeTypeOf('function');
	});

	it.each(['firmseal/envelope', 'firmseal/audit', 'firmseal/client', 'firmseal/client/worker'])(
		'%s works entirely without Node',
		async (entry) => {
			const { bytes } = await bundle(`export * from '${entry}'`, cwd);
			expect(bytes).toBeGreaterThan(2_000);
		},
	);
});
