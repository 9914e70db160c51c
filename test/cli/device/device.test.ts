import { chmodSync, existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeScene, type Scene } from '../../attacks/scene.ts';
import { idOf } from '../../support/claims.ts';
import { firmseal, firmsealJson } from '../../system/program.ts';
import { type Machine, machines, PASSPHRASE } from './people.ts';
import { atTerminal } from './terminal.ts';

let scene: Scene;
const machineOf = machines(() => scene);
let owner: Machine;
beforeAll(async () => {
	scene = await makeScene();
	owner = machineOf(scene.north.owner);
});
afterAll(() => scene?.installation.close());

const env = () => ({ FIRMSEAL_URL: scene.api.url, FIRMSEAL_TOKEN: `${owner.person}` });

it('an owner makes a device on this machine, and begins the firm’s key log with it', async () => {
	expect(await owner.run('list')).toMatchObject({ code: 1, error: { code: 'NOT_FOUND' } });
	const planned = await owner.run('create', '--device', 'laptop', '--dry-run');
	expect(planned).toMatchObject({ code: 0, result: { dryRun: true, name: 'laptop' } });
	expect(existsSync(owner.directory)).toBe(false);
	const created = await owner.run('create', '--device', 'laptop');
	const stored = { name: 'laptop', firm: scene.north.id, person: idOf(scene.north.owner) };
	expect(created).toMatchObject({ code: 0, result: stored });
	expect(await owner.run('list')).toMatchObject({ code: 0, result: { devices: [stored] } });
	const begun = await owner.run('begin', '--name', 'Ada', '--class', 'NOTE');
	expect(begun).toMatchObject({
		code: 0,
		result: {
			isBegun: false,
			device: { isActive: true },
			people: [{ name: 'Ada', role: 'OWNER' }],
			keys: ['NOTE'],
		},
	});
	expect(JSON.stringify([created, begun])).not.toContain(PASSPHRASE);
});

it('a device is removed from this machine by its name, and only with a yes', async () => {
	expect(await owner.run('remove-local', '--device', 'laptop')).toMatchObject({ code: 2 });
	expect(await owner.run('remove-local', '--device', 'other', '--yes')).toMatchObject({ error: { code: 'NOT_FOUND' } });
	const asked = owner.at('remove-local', '--device', 'laptop', '--json');
	await asked.sees(/type its name: /);
	asked.type('desktop');
	expect((await asked.ended).stdout).toContain('nothing was removed');
	expect(await owner.run('remove-local', '--device', 'laptop', '--dry-run')).toMatchObject({ code: 0 });
	expect((await owner.run('list')).result.devices).toHaveLength(1);
	expect(await owner.run('remove-local', '--device', 'laptop', '--yes')).toMatchObject({ code: 0 });
	expect((await owner.run('list')).result.devices).toEqual([]);
});

it('a passphrase comes from a terminal or from a file that only its owner may read, never from elsewhere', async () => {
	const at = ['--devices', owner.directory, '--device', 'phone'] as const;
	const without = await firmsealJson(env(), 'device', 'create', ...at);
	expect(without).toMatchObject({
		code: 2,
		error: { message: expect.stringMatching(/no terminal to ask for the passphrase: give --passphrase-file/) },
	});
	const file = join(owner.directory, 'secret');
	writeFileSync(file, PASSPHRASE, { mode: 0o600 });
	chmodSync(file, 0o644);
	const open = await firmsealJson(env(), 'device', 'create', ...at, '--passphrase-file', file);
	expect(open).toMatchObject({ code: 1, error: { message: expect.stringMatching(/is open to other users/) } });
	writeFileSync(file, 'short');
	chmodSync(file, 0o600);
	const short = await firmsealJson(env(), 'device', 'create', ...at, '--passphrase-file', file);
	expect(short).toMatchObject({ code: 1, error: { message: expect.stringMatching(/at least 12 characters/) } });
	const unknown = await firmseal(env(), 'device', 'create', ...at, '--passphrase', PASSPHRASE);
	expect(unknown).toMatchObject({ code: 2, stderr: expect.not.stringContaining(PASSPHRASE) });
});

it('a typed passphrase is typed twice, and is not shown', async () => {
	const typing = atTerminal(env(), 'device', 'create', '--devices', owner.directory, '--device', 'phone');
	await typing.sees(/Passphrase of the device phone.*: /);
	typing.type(PASSPHRASE);
	await typing.sees(/once more: /);
	typing.type(`${PASSPHRASE}!`);
	const ended = await typing.ended;
	expect(ended).toMatchObject({ code: 1, stderr: expect.stringContaining('The two passphrases differ') });
	expect(ended.stdout + ended.stderr).not.toContain(PASSPHRASE);
	const closed = atTerminal(env(), 'device', 'create', '--devices', owner.directory, '--device', 'phone');
	await closed.sees(/Passphrase of/);
	closed.close();
	expect((await closed.ended).stderr).toContain('No passphrase was typed');
});

it('codes are compared by a person, so joining and approving need a terminal', async () => {
	for (const command of ['join', 'approve', 'recovery-code'])
		expect(await owner.run(command)).toMatchObject({ code: 2, error: { code: 'BAD_USER_INPUT' } });
});
