import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CustodyFirm } from '../support/firm-custody.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { firmseal, firmsealJson, newDirectory } from '../system/program.ts';
import { ask, ended, writeNotes } from './stage.ts';

let installation: TestInstallation;
let north: TestFirm;
beforeAll(async () => {
	installation = await makeInstallation(embedded);
	north = await installation.addFirm('north');
	const api = await installation.serve();
	await writeNotes(api, north, ['gone']);
	await installation.startWorker({}, { propagationSeconds: 0 });
	const { job } = await ask(installation, { firm: north.id, kind: 'ROTATE', class: 'NOTE', version: 2 });
	await ended(installation, job.id);
	await installation.admin`delete from notes`;
	const custody = await CustodyFirm.begin(installation, north);
	await custody.take('NOTE');
	await custody.take('BILLING');
});
afterAll(() => installation?.close());

const OF = ['--firm', 'north'];
const keys = (...args: string[]) => firmsealJson(installation.env, 'keys', ...args);
const jobs = async () => (await installation.admin`select kind, class, version from jobs order by id`).slice(1);
const LEFT_OUT = ['BILLING', 'NOTE'].map((of) => ({ class: of, reason: 'FIRM_CUSTODY' }));

describe('a class in the firm’s own custody', () => {
	it.each([
		['rotate', '--class', 'DOCUMENT', 'BILLING'],
		['reencrypt', '--class', 'BILLING'],
		['disable', '--class', 'NOTE', '--version', '1'],
		['enable', '--class', 'NOTE', '--version', '3'],
	])('refuses keys %s %s %s, with the reason', async (name, ...rest) => {
		const { code, error } = await keys(name, ...OF, ...rest);
		expect([code, error.code]).toEqual([1, 'CONFLICT']);
		expect(error.message).toMatch(/^The class (NOTE|BILLING) is in the firm's own custody, so the platform has no key/);
		expect(await jobs()).toEqual([]);
	});

	it.each([['reencrypt'], ['rotate', '--wrapping'], ['disable']])(
		'is left out of keys %s %s, which says so',
		async (...args) => {
			const { code, result } = await keys(...args, ...OF, '--dry-run');
			expect([code, result.leftOut]).toEqual([0, LEFT_OUT]);
			expect(result.jobs.filter(({ class: of }: { class: string }) => ['NOTE', 'BILLING'].includes(of))).toEqual([]);
		},
	);

	it('is left out of what is really asked for, in words', async () => {
		const { code, stdout } = await firmseal(installation.env, 'keys', 'reencrypt', ...OF);
		expect([code, stdout]).toEqual([
			0,
			'There is nothing to do.\nLeft out, because only devices of north have their keys: BILLING, NOTE.\n',
		]);
		const rotated = await keys('rotate', ...OF);
		expect([rotated.code, rotated.result.leftOut]).toEqual([0, LEFT_OUT]);
		expect((await jobs()).map(({ class: of }) => of).sort()).toEqual(['RIGHTS']);
	});

	it('is named as missing in an escrow', async () => {
		const plan = join(newDirectory(), 'plan.json');
		const recipient = 'age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p';
		const other = 'age1lggyhqrw2nlhcxprm67z43rta597azn8gknawjehu9d9dl0jq3yqqvfafg';
		const holders = [
			{ name: 'anna', recipient, side: 'FIRM' },
			{ name: 'bea', recipient: other, side: 'FIRM' },
		];
		writeFileSync(plan, JSON.stringify(holders));
		const { code, result, error } = await keys('escrow', ...OF, '--holders', plan, '--threshold', '2', '--dry-run');
		expect([code, error, result?.leftOut]).toEqual([0, undefined, LEFT_OUT]);
	});

	it('still has its old versions destroyed', async () => {
		await installation.admin`update data_keys set state = 'DISABLED' where class = 'NOTE' and version = 1`;
		const { code, result } = await keys('destroy', ...OF, '--class', 'NOTE', '--version', '1', '--dry-run');
		expect([code, result.jobs]).toMatchObject([0, [{ kind: 'DESTROY', class: 'NOTE', version: 1 }]]);
	});
});
