import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalIssuer } from '../../src/adapters/issuer-local/index.ts';
import { openKeyring } from '../../src/compose.ts';
import { addFirstApprover } from '../../src/firms/index.ts';
import { withOffice } from '../../src/installation.ts';
import { PLATFORM } from '../../src/keys/index.ts';
import { claimsOf, forgeToken } from '../attacks/scene.ts';
import { makeInstallation, type Person, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { firmseal, firmsealJson, spawned } from '../system/program.ts';

const add = (email: string, ...roles: string[]) => ['operator', 'add', '--email', email, '--role', ...roles];
const disable = (email: string) => ['operator', 'disable', '--email', email];

describe('firmseal operator', () => {
	let installation: TestInstallation;
	let approver: Person;
	let tokens: Record<string, Person>;
	const as = (token: Person) => ({ ...installation.env, FIRMSEAL_TOKEN: `${token}` });
	async function expired(email: string) {
		const now = () => new Date(Date.now() - 60_000);
		const issuer = await openLocalIssuer({
			directory: join(installation.directory, 'issuer'),
			issuer: 'firmseal-development',
			audience: 'firmseal',
			client: 'firmseal-cli',
			maxSeconds: 60,
			now,
		});
		const [account] = await installation.admin`select subject from users where email = ${email}`;
		return issuer.issueToken({ subject: account?.subject, seconds: 1 });
	}
	const count = async () =>
		(await installation.admin`select count(*)::int as n from operators where disabled_at is null`)[0]?.n;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		const firm = await installation.addFirm('north');
		await withOffice(installation.config, installation.database, async (office) => {
			for (const name of ['one', 'two']) await addFirstApprover(office, { email: `${name}@platform.example`, name });
		});
		approver = await installation.person('one@platform.example');
		tokens = {
			owner: firm.owner,
			member: firm.member,
			operator: await installation.addOperator('OPERATOR'),
			auditor: await installation.addOperator('AUDITOR'),
			expired: await expired('one@platform.example'),
		};
	});
	afterAll(() => installation?.close());

	it.each([
		{ who: 'nobody', code: 'UNAUTHENTICATED' },
		{ who: 'owner', code: 'FORBIDDEN' },
		{ who: 'member', code: 'FORBIDDEN' },
		{ who: 'operator', code: 'FORBIDDEN' },
		{ who: 'auditor', code: 'FORBIDDEN' },
		{ who: 'expired', code: 'UNAUTHENTICATED' },
	])('add and disable are refused with the token of: $who', async ({ who, code }) => {
		const before = await count();
		const env = who === 'nobody' ? installation.env : as(tokens[who] ?? '');
		const attempts = [add('new@platform.example', 'APPROVER'), disable('two@platform.example')];
		for (const outcome of await Promise.all(attempts.map((args) => firmsealJson(env, ...args)))) {
			expect(outcome).toMatchObject({ code: 1, ok: false, error: { code } });
		}
		expect(await count()).toBe(before);
	});

	it('what is no token at all is said to be none, and where to get one', async () => {
		const { code, stderr } = await spawned(as('garbage'), ...add('new@platform.example', 'APPROVER'));
		expect({ code, stderr }).toEqual({
			code: 1,
			stderr: 'firmseal: FIRMSEAL_TOKEN is no token: `firmseal token --user EMAIL` prints one.\n',
		});
	});

	it.each([
		[
			'is six minutes old',
			{ auth_time: Math.floor(Date.now() / 1000) - 360 },
			/^The command needs a sign-in of the last/,
		],
		[
			'is of a time that it does not tell',
			{ auth_time: undefined },
			/^The command needs .+ FIRMSEAL_AUTH_TIME_CLAIM\.$/,
		],
	])('a token whose sign-in %s adds nobody, and disables all the same', async (_, change, why) => {
		const env = as(await forgeToken(installation.directory, { ...claimsOf(approver), ...change }));
		const before = await count();
		for (const args of [add('new@platform.example', 'APPROVER'), ['clock', 'reset']])
			expect(await firmsealJson(env, ...args)).toMatchObject({
				code: 1,
				error: { code: 'FORBIDDEN', message: expect.stringMatching(why) },
			});
		expect(await count()).toBe(before);
		expect((await firmsealJson(env, ...disable('two@platform.example'), '--dry-run')).code).toBe(0);
	});

	it("add works with an approver's token, and is on record as that person's act", async () => {
		const dry = await firmsealJson(as(approver), ...add('mary@platform.example', 'OPERATOR', 'AUDITOR'), '--dry-run');
		expect(dry).toMatchObject({ code: 0, result: { dryRun: true } });
		expect(await installation.admin`select from users where email = 'mary@platform.example'`).toHaveLength(0);
		const { code, ok, result } = await firmsealJson(
			as(approver),
			...add('mary@platform.example', 'OPERATOR', 'AUDITOR'),
		);
		expect({ code, ok, roles: result.roles }).toEqual({ code: 0, ok: true, roles: ['OPERATOR', 'AUDITOR'] });
		const [entry] =
			await installation.admin`select leaf::json as leaf from audit_entries where leaf like '%operator.add%' order by appended_at desc limit 1`;
		const [one] = await installation.admin`select id from users where email = 'one@platform.example'`;
		expect(entry?.leaf).toMatchObject({
			actor: { kind: 'operator', user: one?.id, roles: ['APPROVER'] },
			plane: 'cli',
		});
		expect(await firmsealJson(as(approver), ...add('mary@platform.example', 'OPERATOR'))).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT' },
		});
	});

	it('a member never becomes an operator', async () => {
		expect(await firmsealJson(as(approver), ...add('member@north.example', 'OPERATOR'))).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT' },
		});
	});

	it('an approver whose row SQL has made is refused, on record and in the log, and so is nobody’s while the key is away', async () => {
		const [auditor] = await installation.admin`select user_id as id, roles from operators
			where 'AUDITOR' = any (roles) and user_id in (select id from users where name = 'Operator')`;
		const set = (roles: string[]) =>
			installation.admin`update operators set roles = ${roles} where user_id = ${auditor?.id}`;
		const before = await count();
		await set(['APPROVER']);
		const refused = await firmsealJson(as(tokens.auditor ?? ''), ...add('new@platform.example', 'APPROVER'));
		await set(auditor?.roles);
		expect(refused).toMatchObject({
			code: 1,
			error: { code: 'FORBIDDEN', message: expect.stringContaining("can't be proven") },
		});
		expect(JSON.parse(refused.stderr)).toMatchObject({ level: 50, user: auditor?.id });
		const [entry] = await installation.admin`select leaf::json as leaf from audit_entries
			where leaf::json ->> 'action' = 'rights.refuse' order by appended_at desc limit 1`;
		expect(entry?.leaf).toMatchObject({ plane: 'cli', actor: { user: auditor?.id }, records: [expect.any(String)] });

		const keyring = await openKeyring(installation.config, 'worker');
		await keyring.disableKey(PLATFORM);
		for (const args of [add('new@platform.example', 'APPROVER'), disable('two@platform.example')])
			expect(await firmsealJson(as(approver), ...args)).toMatchObject({ code: 1, error: { code: 'KEY_UNAVAILABLE' } });
		await keyring.enableKey(PLATFORM);
		expect(await count()).toBe(before);
	});

	it('disable acts with the next request, and the last approver stays', async () => {
		const two = await installation.person('two@platform.example');
		expect(await firmsealJson(as(approver), ...disable('two@platform.example'), '--dry-run')).toMatchObject({
			code: 0,
		});
		expect(await firmseal(as(approver), ...disable('TWO@platform.example'))).toMatchObject({
			code: 0,
			stdout: 'Disabled TWO@platform.example.\n',
		});
		expect(await firmsealJson(as(two), ...add('more@platform.example', 'OPERATOR'))).toMatchObject({
			code: 1,
			error: { code: 'FORBIDDEN' },
		});
		expect(await firmsealJson(as(two), ...disable('one@platform.example'))).toMatchObject({
			code: 1,
			error: { code: 'FORBIDDEN' },
		});
		expect(await firmsealJson(as(approver), ...disable('two@platform.example'))).toMatchObject({
			code: 1,
			error: { code: 'NOT_FOUND' },
		});
		const self = await firmsealJson(as(approver), ...disable('one@platform.example'));
		expect(self).toMatchObject({
			code: 1,
			error: { code: 'FORBIDDEN', message: 'Another approver must disable your account.' },
		});
		const active =
			await installation.admin`select from operators where 'APPROVER' = any (roles) and disabled_at is null`;
		expect(active).toHaveLength(1);
	});
});
