import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { firmseal, firmsealJson } from '../system/program.ts';

describe('firmseal keys', () => {
	let installation: TestInstallation;
	let north: TestFirm;

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		const api = await installation.serve();
		await api.ask(north.member, 'mutation { createNote(input: { title: "first" }) { note { id } } }');
		await api.stop();
	});
	afterAll(() => installation?.close());

	it('keys list shows keys and versions, but no key material', async () => {
		const [human, program] = await Promise.all([
			firmseal(installation.env, 'keys', 'list'),
			firmsealJson(installation.env, 'keys', 'list', '--firm', 'north'),
		]);
		expect(human).toMatchObject({ code: 0, stderr: '' });
		expect(human.stdout).toMatch(/^firm +key +version +state/m);
		expect(human.stdout).toMatch(/^north +wrapping key +1 +ENABLED/m);
		expect(human.stdout).toMatch(/^north +NOTE +1 +ACTIVE/m);
		expect(program.result.wrappingKeys).toEqual([
			expect.objectContaining({ firm: north.id, state: 'ENABLED', version: 1 }),
		]);
		const [row] = await installation.admin`select wrapped, commitment from data_keys`;
		const material = JSON.parse(
			readFileSync(join(installation.directory, 'keyring/firms', north.id, '1'), 'utf8').split('\n')[0] ?? '',
		).material[1];
		const shown = human.stdout + JSON.stringify(program);
		for (const bytes of [row?.wrapped, row?.commitment, Buffer.from(material, 'base64')]) {
			for (const encoding of ['hex', 'base64', 'base64url'] as const)
				expect(shown).not.toContain(Buffer.from(bytes).toString(encoding).replace(/=+$/, ''));
		}
	});
});
