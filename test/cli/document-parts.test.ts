import { mkdirSync, writeFileSync } from 'node:fs';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { shareDocument } from '../support/files.ts';
import { until } from '../system/program.ts';
import { askDocument, here, read } from './document-program.ts';
import { as, documentOf, fetchDocuments, put, stage } from './document-stage.ts';

fetchDocuments();

const TRUE = 'Pay 1000 EUR to account A. Signed by the client, unchanged.';
const FALSE = 'Pay 9000 EUR to account M. Signed by the client, unchanged.';
const contract = async () => {
	const document = await documentOf('a draft', 'contract.txt');
	return { document, version: await put(document, TRUE) };
};

// This test is first, because the people who agree to a lease must have signed in recently.
describe('under a lease', () => {
	it('an incomplete file is checked too, on a server that only answers registered operations', async () => {
		const { document, version } = await contract();
		await stage.scene.installation.startBroker();
		const { url } = await stage.scene.installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true });
		const env = { FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${stage.people.operator}` };
		const { id: lease } = await stage.approved({ classes: ['DOCUMENT'] });
		await stage.leases.step(stage.people.operator, 'activate', lease);
		await until(async () => (await stage.stateOf(lease)) === 'ACTIVE');
		for (const [left, resumedFrom] of [
			[FALSE, 0],
			[TRUE.slice(0, 20), 20],
		] as const) {
			writeFileSync(`contract.txt.${version}.part`, left);
			const { result } = await askDocument({ env }, 'get', document, '--lease', lease, '--force');
			expect([result.resumedFrom, read('contract.txt').toString()]).toEqual([resumedFrom, TRUE]);
		}
	});
});

describe('a file with the name of an incomplete download', () => {
	it.each([
		['as long as the file', FALSE],
		['a part of the file', FALSE.slice(0, 10)],
	])('cannot be planted by a colleague’s document that is %s', async (_, content) => {
		const { document, version } = await contract();
		const name = `contract.txt.${version}.part`;
		const { result } = await askDocument(as(), 'get', await documentOf(content, name));
		expect(result.file).toBe(`contract.txt.${version}_part`);
		expect((await askDocument(as(), 'get', document)).result.resumedFrom).toBe(0);
		expect(read('contract.txt').toString()).toBe(TRUE);
	});

	it.each([
		['as long as the file', FALSE],
		['a part of the file', FALSE.slice(0, 10)],
	])('is not resumed if its content differs from the document’s: %s', async (_, content) => {
		const { document, version } = await contract();
		writeFileSync(`contract.txt.${version}.part`, content);
		const { ok, result } = await askDocument(as(), 'get', document);
		expect([ok, result.resumedFrom, read('contract.txt').toString()]).toEqual([true, 0, TRUE]);
		expect(here()).toEqual(['contract.txt']);
	});

	it('is resumed for a portal user too, for a given version', async () => {
		const { document, version } = await contract();
		await shareDocument(stage.scene.api.ask, stage.firm.owner, stage.firm.clientId, document);
		writeFileSync(`x.${version}.part`, TRUE.slice(0, 20));
		const { result } = await askDocument(as(stage.firm.client), 'get', document, '--version', '2', '--out', 'x');
		expect([result.resumedFrom, read('x').toString()]).toEqual([20, TRUE]);
	});

	it('is kept if it belongs to another command', async () => {
		const { document } = await contract();
		writeFileSync('x.bundle.part', 'of an export of the log');
		writeFileSync('x..part', 'of a person');
		writeFileSync(`x.${uuidv7()}.part`, 'of another version');
		expect((await askDocument(as(), 'get', document, '--out', 'x')).result.resumedFrom).toBe(0);
		expect(here()).toEqual(['x', 'x..part', 'x.bundle.part']);
		expect(read('x.bundle.part').toString()).toBe('of an export of the log');
	});

	it.each([
		'2f8a4c1e-5b7d-4e90-8a63-1c2d3e4f5a6b',
		'd2c82d00-ec57-11f1-9a34-43bca1ad8683',
		'00000000-0000-0000-0000-000000000000',
	])('is kept and ignored if no version has its id: %s', async (tag) => {
		const { document } = await contract();
		const names = [`contract.txt.${tag}.part`, `x.${tag}.part`];
		for (const name of names) writeFileSync(name, 'mine');
		for (const args of [[], ['--out', 'x']])
			expect(await askDocument(as(), 'get', document, ...args)).toMatchObject({
				ok: true,
				result: { resumedFrom: 0 },
			});
		expect(here()).toEqual(['contract.txt', names[0], 'x', names[1]].toSorted());
		expect(names.map((name) => read(name).toString())).toEqual(['mine', 'mine']);
	});

	it('is reported if it is a directory, and nothing is fetched', async () => {
		const { document, version } = await contract();
		mkdirSync(`x.${version}.part`);
		const { ok, error } = await askDocument(as(), 'get', document, '--out', 'x');
		expect([ok, error.code, error.message]).toEqual([
			false,
			'CONFLICT',
			`"x.${version}.part" was not written by an earlier run of this command: move or remove it.`,
		]);
		expect(here()).toEqual([`x.${version}.part`]);
	});
});
