import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCheckpoint } from '../../src/audit/verify/index.ts';
import { type LogScene, makeLogScene, NIL } from '../audit-log/proofs/log-scene.ts';
import type { Person } from '../support/person.ts';
import { endAll, firmseal, firmsealJson, newDirectory } from '../system/program.ts';

let scene: LogScene;
const directory = newDirectory();
const at = (name: string) => join(directory, name);
beforeAll(async () => {
	scene = await makeLogScene();
	await scene.append(scene.north.id, 3);
	await scene.worker.publishLog();
});
afterAll(async () => {
	await endAll();
	await scene?.installation.close();
});

/** Only the API's address and a person's token: the command needs no database login and no key. */
const as = (token: Person, url = scene.api.url) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${token}` });
const vkeyOf = async (firmId: string | null) => (await scene.keys(firmId))[0] ?? '';

describe('firmseal audit checkpoint', () => {
	it('prints the signed checkpoint of the requested tree', async () => {
		for (const [token, args, tree] of [
			[scene.north.owner, [], scene.north.id],
			[scene.north.owner, ['--firm', 'north'], scene.north.id],
			[scene.north.owner, ['--root'], null],
			[scene.auditor, ['--firm', 'harbour'], scene.harbour.id],
			[scene.auditor, ['--firm', scene.north.id], scene.north.id],
			[scene.auditor, ['--firm', NIL], NIL],
			[scene.auditor, ['--root'], null],
		] as const) {
			const { code, stdout } = await firmseal(as(token), 'audit', 'checkpoint', ...args);
			expect([args, code]).toEqual([args, 0]);
			const { origin } = await verifyCheckpoint(stdout, await vkeyOf(tree));
			expect([args, origin]).toEqual([args, `localhost/firmseal${tree === null ? '' : `/${tree}`}`]);
		}
		const { ok, command, result } = await firmsealJson(as(scene.north.owner), 'audit', 'checkpoint');
		expect([ok, command]).toEqual([true, 'audit checkpoint']);
		await expect(scene.verify(result.checkpoint)).resolves.toBeUndefined();
	});

	it('is refused if the API refuses it', async () => {
		const outcomes = await Promise.all([
			firmsealJson({ FIRMSEAL_URL: scene.api.url }, 'audit', 'checkpoint'),
			firmsealJson(as(scene.north.member), 'audit', 'checkpoint'),
			firmsealJson(as(scene.north.client), 'audit', 'checkpoint', '--root'),
			firmsealJson(as(scene.operator), 'audit', 'checkpoint', '--root'),
			firmsealJson(as(scene.auditor), 'audit', 'checkpoint'),
			firmsealJson(as(scene.north.owner), 'audit', 'checkpoint', '--firm', 'harbour'),
			firmsealJson(as(scene.north.owner), 'audit', 'checkpoint', '--firm', scene.harbour.id),
			firmsealJson(as(scene.north.owner), 'audit', 'checkpoint', '--firm', 'north', '--root'),
		]);
		expect(outcomes.map(({ code, ok, error }) => [code, ok, error.code])).toEqual([
			[1, false, 'UNAUTHENTICATED'],
			[1, false, 'FORBIDDEN'],
			[1, false, 'FORBIDDEN'],
			[1, false, 'FORBIDDEN'],
			[1, false, 'BAD_USER_INPUT'],
			[1, false, 'NOT_FOUND'],
			[1, false, 'NOT_FOUND'],
			[2, false, 'BAD_USER_INPUT'],
		]);
		expect(outcomes[4]?.error.message).toContain('--firm');
	});
});

describe('firmseal audit proof', () => {
	it('saves the file for its owner only, and replaces one only with --force', async () => {
		const [, entry] = await scene.leaves(scene.north.id);
		const out = at('entry.tlog-proof');
		const args = ['audit', 'proof', '--entry', entry?.id ?? '', '--out', out];
		const { code, result } = await firmsealJson(as(scene.north.owner), ...args);
		expect([code, result]).toEqual([0, { entryId: entry?.id, index: 1, size: expect.any(Number), file: out }]);
		expect(statSync(out).mode & 0o777).toBe(0o600);
		const file = readFileSync(out, 'utf8');
		expect(file).toContain(`\nextra ${Buffer.from(entry?.leaf ?? '').toString('base64')}\nindex 1\n`);
		const { size } = await verifyCheckpoint(file.slice(file.indexOf('\n\n') + 2), await vkeyOf(scene.north.id));
		expect(size).toBe(result.size);
		writeFileSync(out, 'of another program');
		const again = await firmsealJson(as(scene.north.owner), ...args);
		expect([again.code, again.error.code]).toEqual([1, 'CONFLICT']);
		expect(readFileSync(out, 'utf8')).toBe('of another program');
		expect((await firmsealJson(as(scene.auditor), ...args, '--force')).ok).toBe(true);
		expect(readFileSync(out, 'utf8')).toContain('index 1\n');
	});

	it('is refused while another run writes the same file, and succeeds after that', async () => {
		const [entry] = await scene.leaves(scene.north.id);
		const out = at('held.tlog-proof');
		const lock = `${out}.proof.part.${process.pid}-0.running`;
		writeFileSync(lock, '');
		const args = ['audit', 'proof', '--entry', entry?.id ?? '', '--out', out];
		const { error } = await firmsealJson(as(scene.north.owner), ...args);
		expect([error?.code, existsSync(out)]).toEqual(['CONFLICT', false]);
		rmSync(lock);
		expect((await firmsealJson(as(scene.north.owner), ...args)).ok).toBe(true);
		expect(existsSync(lock)).toBe(false);
	});

	it('writes the proof to standard output', async () => {
		const [entry] = await scene.leaves(scene.north.id);
		const { code, stdout, stderr } = await firmseal(
			as(scene.north.owner),
			'audit',
			'proof',
			'--entry',
			entry?.id ?? '',
			'--out',
			'-',
		);
		expect(code).toBe(0);
		const extra = Buffer.from(entry?.leaf ?? '').toString('base64');
		expect(stdout.startsWith(`c2sp.org/tlog-proof@v1\nextra ${extra}\nindex 0\n`)).toBe(true);
		const { origin } = await verifyCheckpoint(stdout.slice(stdout.indexOf('\n\n') + 2), await vkeyOf(scene.north.id));
		expect(origin).toBe(`localhost/firmseal/${scene.north.id}`);
		expect(stderr).toContain('The entry is number 1 of ');
	});

	it('writes no file for an unknown entry or one of another firm', async () => {
		const [entry] = await scene.leaves(scene.north.id);
		const out = at('none.tlog-proof');
		const attempts = await Promise.all([
			firmsealJson(as(scene.north.owner), 'audit', 'proof', '--entry', uuidv7(), '--out', out),
			firmsealJson(as(scene.harbour.owner), 'audit', 'proof', '--entry', entry?.id ?? '', '--out', out),
			firmsealJson(as(scene.north.member), 'audit', 'proof', '--entry', entry?.id ?? '', '--out', out),
			firmsealJson(as(scene.north.owner), 'audit', 'proof', '--entry', 'nonsense', '--out', out),
			firmsealJson(as(scene.north.owner), 'audit', 'proof', '--entry', entry?.id ?? '', '--out', '-'),
			firmsealJson(as(scene.north.owner), 'audit', 'proof'),
		]);
		expect(attempts.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'NOT_FOUND'],
			[1, 'NOT_FOUND'],
			[1, 'FORBIDDEN'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
		]);
		expect(existsSync(out)).toBe(false);
	});
});

describe('a server that only answers registered operations', () => {
	it('answers the operations of firmseal audit', async () => {
		const { url } = await scene.installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true });
		const [entry] = await scene.leaves(scene.north.id);
		for (const args of [
			['checkpoint', '--firm', 'north'],
			['proof', '--entry', entry?.id ?? '', '--out', at('registered.tlog-proof')],
			['export', '--firm', 'north', '--out', at('registered.jsonl')],
		])
			expect([args, (await firmsealJson(as(scene.auditor, url), 'audit', ...args)).ok]).toEqual([args, true]);
	});
});
