import { readdirSync } from 'node:fs';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { idOf } from '../support/claims.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { firmseal, firmsealJson, spawned, words } from '../system/program.ts';

const create = (slug: string, owner = `owner@${slug}.example`) =>
	words`firm create --slug ${slug} --name ${'A Firm'} --owner ${owner}`;

describe('firmseal firm', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let api: TestApi;
	const env = () => installation.env;
	const keyDirectories = () => readdirSync(join(installation.directory, 'keyring/firms')).length;
	const countFirms = async () => (await installation.admin`select count(*)::int as n from firms`)[0]?.n;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		north = await installation.addFirm('north');
		api = await installation.serve();
	});
	afterAll(() => installation?.close());

	it('create adds a firm with its key and its owner, and logs the operating system’s account', async () => {
		const { code, ok, command, result } = await firmsealJson(env(), ...create('harbour'), '--owner-name', 'Ada');
		expect({ code, ok, command }).toEqual({ code: 0, ok: true, command: 'firm create' });
		expect(result).toEqual({
			id: expect.stringMatching(/^[0-9a-f-]{36}$/),
			slug: 'harbour',
			ownerId: expect.any(String),
		});
		const token = await installation.person('owner@harbour.example');
		const { data } = await api.ask(token, '{ viewer { id name role } }');
		expect(data.viewer).toEqual({ id: result.ownerId, name: 'Ada', role: 'OWNER' });
		const written = await api.ask(token, 'mutation { createNote(input: { title: "first" }) { note { title } } }');
		expect(written.data.createNote.note.title).toBe('first');
		const entries =
			await installation.admin`select leaf::json as leaf from audit_entries where firm_id = ${result.id} and leaf like '%"cli"%' order by sequence`;
		expect(entries.map(({ leaf }) => [leaf.action, leaf.actor.account, leaf.actor.kind])).toEqual([
			['firm.create', userInfo().username, 'system'],
			['member.add', userInfo().username, 'system'],
		]);
	});

	it('create refuses an existing slug and an owner who belongs to another firm, and leaves nothing', async () => {
		const before = [await countFirms(), keyDirectories()];
		const placed = [...create('elsewhere'), '--owner-subject', idOf(north.owner)];
		for (const args of [create('north', 'owner@else.example'), placed]) {
			const { code, ok, error, stderr } = await firmsealJson(env(), ...args);
			expect({ code, ok, error: error.code, stderr }).toEqual({ code: 1, ok: false, error: 'CONFLICT', stderr: '' });
			const human = await firmseal(env(), ...args);
			expect(human).toMatchObject({ code: 1, stdout: '', stderr: `firmseal: ${error.message}\n` });
		}
		expect([await countFirms(), keyDirectories()]).toEqual(before);
	});

	it('create accepts an address of another firm’s person, because addresses are unique only within a firm', async () => {
		const made = await firmsealJson(env(), ...create('elsewhere', 'owner@north.example'));
		expect(made).toMatchObject({ code: 0, result: { slug: 'elsewhere' } });
	});

	it.each([
		{ args: create('Not A Slug'), about: 'The slug must be' },
		{ args: create('fine', 'nobody'), about: 'e-mail address' },
		{ args: [...create('fine'), '--owner-name', 'two\nlines'], about: 'name' },
		{ args: [...create('fine'), '--owner-name', 'a\u202eda'], about: '200 visible characters' },
		{ args: [...create('fine'), '--owner-subject', 'sub\x1b[2J'], about: 'printable' },
		{ args: [...create('fine'), '--owner-person', 'a-1'], about: 'FIRMSEAL_PERSON_CLAIM' },
	])('create refuses invalid input: $about', async ({ args, about }) => {
		const before = [await countFirms(), keyDirectories()];
		const { code, error } = await firmsealJson(env(), ...args);
		expect({ code, error: error.code }).toEqual({ code: 1, error: 'BAD_USER_INPUT' });
		expect(error.message).toContain(about);
		expect([await countFirms(), keyDirectories()]).toEqual(before);
	});

	it('list escapes control characters in a name set by SQL, and keeps one row per firm', async () => {
		const [was] = await installation.admin`
			select name, pg_get_constraintdef(c.oid) as shown from firms, pg_constraint c
			where id = ${north.id} and conname = 'firms_name_shown'`;
		// The table refuses such a name too, so the test drops its constraint.
		await installation.admin`alter table firms drop constraint firms_name_shown`;
		const name = 'North\x1b[2J\x9b1A\u202ehtuoS\u200b\nforged  row\u{e0041}';
		await installation.admin`update firms set name = ${name} where id = ${north.id}`;
		try {
			const { stdout } = await firmseal(env(), 'firm', 'list');
			expect(stdout).toContain(
				'North\\u{1b}[2J\\u{9b}1A\\u{202e}htuoS\\u{200b}\\u{a}forged\\u{20}\\u{20}row\\u{e0041}',
			);
			expect(stdout.trim().split('\n')).toHaveLength(1 + (await countFirms()));
			const json = await firmseal(env(), 'firm', 'list', '--json');
			expect(json.stdout).toMatch(/^[ -~]+\n$/);
			const { firms } = JSON.parse(json.stdout).result;
			expect(firms.find(({ id }: { id: string }) => id === north.id).name).toBe(name);
		} finally {
			await installation.admin`update firms set name = ${was?.name} where id = ${north.id}`;
			await installation.admin.unsafe(`alter table firms add constraint firms_name_shown ${was?.shown}`);
		}
	});

	it('create --dry-run changes nothing', async () => {
		const before = [await countFirms(), keyDirectories()];
		expect(await firmsealJson(env(), ...create('planned'), '--dry-run')).toMatchObject({
			code: 0,
			ok: true,
			result: { dryRun: true, slug: 'planned' },
		});
		expect([await countFirms(), keyDirectories()]).toEqual(before);
	});

	it('list shows every firm, as text and as JSON', async () => {
		const { result } = await firmsealJson(env(), 'firm', 'list');
		expect(result.firms).toContainEqual(
			expect.objectContaining({ id: north.id, slug: 'north', name: 'Firm north', status: 'ACTIVE' }),
		);
		const { code, stdout, stderr } = await spawned(env(), 'firm', 'list');
		expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
		expect(stdout).toMatch(/^id +slug +status +created +name$/m);
		expect(stdout).toMatch(new RegExp(`^${north.id} +north +ACTIVE`, 'm'));
	});

	it('suspend and resume take effect with the next request, work once, and accept slug or id', async () => {
		const read = async () => (await api.ask(north.member, '{ viewer { id } }')).errors[0]?.extensions.code ?? 'OK';
		expect(await firmsealJson(env(), 'firm', 'suspend', '--firm', 'north', '--dry-run')).toMatchObject({
			code: 0,
			result: { status: 'ACTIVE', dryRun: true },
		});
		expect(await read()).toBe('OK');
		const suspended = await firmseal(env(), 'firm', 'suspend', '--firm', 'north');
		expect(suspended).toMatchObject({ code: 0, stdout: 'The firm north is SUSPENDED.\n', stderr: '' });
		expect(await read()).toBe('FORBIDDEN');
		expect(await firmsealJson(env(), 'firm', 'suspend', '--firm', 'north')).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT' },
		});
		expect(await firmsealJson(env(), 'firm', 'resume', '--firm', north.id)).toMatchObject({
			code: 0,
			result: { status: 'ACTIVE' },
		});
		expect(await read()).toBe('OK');
		const entries =
			await installation.admin`select leaf::json as leaf from audit_entries where firm_id = ${north.id} and leaf ~ 'firm.(suspend|resume)' order by id`;
		expect(entries.map(({ leaf }) => [leaf.action, leaf.actor.account])).toEqual([
			['firm.suspend', userInfo().username],
			['firm.resume', userInfo().username],
		]);
	});

	it('reports an unknown firm', async () => {
		const { code, stdout, stderr } = await spawned(env(), 'firm', 'suspend', '--firm', 'nowhere');
		expect({ code, stdout, stderr }).toEqual({
			code: 1,
			stdout: '',
			stderr: 'firmseal: This firm does not exist: `firmseal firm list` lists all firms.\n',
		});
		expect(await firmsealJson(env(), 'keys', 'list', '--firm', 'nowhere')).toMatchObject({
			code: 1,
			ok: false,
			error: { code: 'NOT_FOUND' },
		});
	});
});
