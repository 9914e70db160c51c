import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openLocalIssuer } from '../../src/adapters/issuer-local/index.ts';
import { uuidToBase64url } from '../../src/audit/index.ts';
import { addFirstOperators } from '../../src/firms/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { claimsOf, forgeToken } from '../attacks/scene.ts';
import { disabledAgo, pastGuard } from '../jobs/forged-jobs.ts';
import { ended } from '../jobs/stage.ts';
import { idOf } from '../support/claims.ts';
import {
	makeInstallation,
	type Person,
	type TestFirm,
	type TestInstallation,
	type TestWorker,
} from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { approveJobByCommand, firmseal, firmsealJson, runInteractively, spawned, unmarked } from '../system/program.ts';

const add = (email: string, ...roles: string[]) => ['operator', 'add', '--email', email, '--role', ...roles];
const disable = (email: string) => ['operator', 'disable', '--email', email];

describe('firmseal operator', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	let approver: Person;
	let two: Person;
	let worker: TestWorker;
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
	const leaves = async (action: string) =>
		(
			await installation.admin`select leaf::json as leaf from audit_entries
				where leaf::json ->> 'action' = ${action} order by appended_at desc limit 1`
		).map(({ leaf }) => leaf);
	/** Moves the approval `hours` hours into the past, and lets the worker run. */
	async function runApprovedBefore(job: string, hours: number): Promise<void> {
		await pastGuard(
			installation,
			`update jobs set agreed_at = now() - interval '${hours} hours', next_at = now() where id = '${job}'`,
		);
		await worker.advance(2_000);
	}
	const count = async () =>
		(await installation.admin`select count(*)::int as n from operators where disabled_at is null`)[0]?.n;

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		north = await installation.addFirm('north');
		await withAdminContext(installation.config, installation.database, async (admin) => {
			await addFirstOperators(
				admin,
				['one', 'two'].map((name) => ({ email: `${name}@platform.example`, name, roles: ['APPROVER'] })),
			);
		});
		approver = await installation.person('one@platform.example');
		two = await installation.person('two@platform.example');
		worker = await installation.startWorker();
		tokens = {
			owner: north.owner,
			member: north.member,
			operator: await installation.addOperator('OPERATOR'),
			auditor: await installation.addOperator('AUDITOR'),
			expired: await expired('one@platform.example'),
		};
	});
	afterAll(() => installation?.close());

	it.each([
		{ who: 'no one', code: 'UNAUTHENTICATED' },
		{ who: 'owner', code: 'FORBIDDEN' },
		{ who: 'member', code: 'FORBIDDEN' },
		{ who: 'operator', code: 'FORBIDDEN' },
		{ who: 'auditor', code: 'FORBIDDEN' },
		{ who: 'expired', code: 'UNAUTHENTICATED' },
	])('add and disable are refused with the token of: $who', async ({ who, code }) => {
		const before = await count();
		const env = who === 'no one' ? installation.env : as(tokens[who] ?? '');
		const attempts = [add('new@platform.example', 'APPROVER'), disable('two@platform.example')];
		for (const outcome of await Promise.all(attempts.map((args) => firmsealJson(env, ...args)))) {
			expect(outcome).toMatchObject({ code: 1, ok: false, error: { code } });
		}
		expect(await count()).toBe(before);
	});

	it('an invalid token is reported, and the message says how to get a valid one', async () => {
		const { code, stderr } = await spawned(as('garbage'), ...add('new@platform.example', 'APPROVER'));
		expect({ code, stderr }).toEqual({
			code: 1,
			stderr: 'firmseal: FIRMSEAL_TOKEN is not a token: run `firmseal token --user EMAIL` to get one.\n',
		});
	});

	it.each([
		[
			'is six minutes old',
			{ auth_time: Math.floor(Date.now() / 1000) - 360 },
			/^The command needs a sign-in of the last/,
		],
		['has no stated time', { auth_time: undefined }, /^The command needs .+ FIRMSEAL_AUTH_TIME_CLAIM\.$/],
	])('a token whose sign-in %s cannot add or disable anyone', async (_, change, why) => {
		const env = as(await forgeToken(installation.directory, { ...claimsOf(approver), ...change }));
		const before = await count();
		for (const args of [add('new@platform.example', 'APPROVER'), ['clock', 'reset'], disable('two@platform.example')])
			expect(await firmsealJson(env, ...args)).toMatchObject({
				code: 1,
				error: { code: 'FORBIDDEN', message: expect.stringMatching(why) },
			});
		expect(await count()).toBe(before);
	});

	it('add makes a request with an approver’s token, which runs once another approver agrees to exactly that request', async () => {
		const words = [...add('mary@platform.example', 'OPERATOR', 'AUDITOR'), '--name', 'Mary'];
		const dry = await firmsealJson(as(approver), ...words, '--dry-run');
		expect(dry).toMatchObject({ code: 0, result: { dryRun: true, kind: 'ADD_OPERATOR', name: 'Mary' } });
		expect(await installation.admin`select from jobs`).toHaveLength(0);
		const { code, ok, result } = await firmsealJson(as(approver), ...words);
		expect({ code, ok, roles: result.roles }).toEqual({ code: 0, ok: true, roles: ['OPERATOR', 'AUDITOR'] });
		const listed = await firmsealJson(installation.env, 'operator', 'list');
		expect(listed.result.requests).toMatchObject([{ email: 'mary@platform.example', job: { state: 'WAITING' } }]);
		expect(listed.result.operators).toHaveLength(await count());
		const job = ['job', 'approve', '--job', result.job.id];
		const asker = `one <one@platform.example>, account ${idOf(approver)}`;
		const { stdout } = await firmseal(as(two), ...job, '--dry-run');
		expect(unmarked(stdout)).toMatch(
			new RegExp(
				`^job           ${result.job.id}
kind          ADD_OPERATOR
state         WAITING
firm          none: the platform, and so every firm
asked for by  ${asker}, on \\S+Z \\(cli\\)
good until    \\S+Z
about         User.${result.user}
name          Mary
e-mail        mary@platform.example
roles         OPERATOR, AUDITOR
person        ${result.person}, new
signs in as   \\S+, at firmseal-development
request hash  ${result.job.requestHash}

Would agree to exactly this.
$`,
			),
		);
		const hash: string = result.job.requestHash;
		const other = hash.replace(/./g, (digit) => (digit === '0' ? '1' : '0'));
		// No one can agree without the whole hash, at a terminal or by option.
		const refused = [
			await firmsealJson(as(two), ...job),
			await firmsealJson(as(two), ...job, '--hash', hash.slice(0, 63)),
			await firmsealJson(as(two), ...job, '--hash', `${hash.slice(0, 8)}${other.slice(8)}`),
		];
		expect(refused.map(({ code, error }) => [code, error.code])).toEqual([
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
			[1, 'CONFLICT'],
		]);
		for (const typed of ['\n', '', `${other}\n`]) expect((await runInteractively(as(two), typed, ...job)).code).toBe(1);
		// No one can agree by a hash that covers other names than are shown now.
		const rename = (name: string) => installation.admin`update users set name = ${name} where id = ${idOf(approver)}`;
		await rename('A colleague');
		expect((await firmsealJson(as(two), ...job, '--hash', hash)).error).toMatchObject({ code: 'CONFLICT' });
		await rename('one');
		expect((await leaves('job.agree')).length).toBe(0);
		const agreed = await runInteractively(as(two), `${hash.slice(0, 8).toUpperCase()}\n`, ...job);
		expect([agreed.code, agreed.stdout]).toEqual([
			0,
			`Agreed: a worker does the job ADD_OPERATOR ${result.job.id} now.\n`,
		]);
		expect(agreed.stderr).toContain(stdout.split('\n\n')[0] ?? '');
		expect(await ended(installation, result.job.id)).toMatchObject({ state: 'DONE' });
		const [entry] = await leaves('operator.add');
		const [mary] =
			await installation.admin`select id, name, person_id from users where email = 'mary@platform.example'`;
		expect(mary).toEqual({ id: result.user, name: 'Mary', person_id: result.person });
		expect(entry).toMatchObject({ plane: 'worker', records: [uuidToBase64url(mary?.id)] });
		const [asked] = await leaves('job.request');
		const [one] = await installation.admin`select id from users where email = 'one@platform.example'`;
		expect(asked).toMatchObject({ actor: { kind: 'operator', user: one?.id, roles: ['APPROVER'] }, plane: 'cli' });
		expect(await installation.admin`select from notices where job_id is not null`).toHaveLength(0);
		expect(await firmsealJson(as(approver), ...add('mary@platform.example', 'OPERATOR', 'AUDITOR'))).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT' },
		});
		await installation.person('mary@platform.example');
	});

	it('a new role for an existing account needs the same approval, and an approver’s role also a delay', async () => {
		const words = add('mary@platform.example', 'OPERATOR', 'APPROVER');
		const { result } = await firmsealJson(as(approver), ...words);
		expect(result).toMatchObject({ job: { kind: 'APPOINT', state: 'WAITING' }, roles: ['OPERATOR', 'APPROVER'] });
		const again = await firmsealJson(as(approver), ...words);
		expect(again).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT', message: expect.stringContaining(result.job.id) },
		});
		await approveJobByCommand((...of) => firmsealJson(as(two), ...of), result.job.id);
		const roles = async () =>
			(await installation.admin`select roles from operators where user_id = ${result.user}`)[0]?.roles;
		await runApprovedBefore(result.job.id, 71);
		expect(await roles()).toEqual(['OPERATOR', 'AUDITOR']);
		await runApprovedBefore(result.job.id, 72);
		expect(await roles()).toEqual(['OPERATOR', 'APPROVER']);
		const mary = await installation.person('mary@platform.example');
		expect(await firmsealJson(as(mary), ...add('more@platform.example', 'OPERATOR'))).toMatchObject({ code: 0 });
		// `operator add` cannot take the approver's role away: only `operator disable` notifies every firm.
		expect(await firmsealJson(as(approver), ...add('mary@platform.example', 'OPERATOR'))).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT', message: expect.stringContaining('`firmseal operator disable`') },
		});
	});

	it('a second account can belong to the person of the first one, and the approval shows it', async () => {
		const words = [...add('mary.two@platform.example', 'AUDITOR'), '--same-person-as', 'mary@platform.example'];
		const { result } = await firmsealJson(as(approver), ...words);
		const { stdout } = await firmseal(as(two), 'job', 'approve', '--job', result.job.id, '--dry-run');
		expect(unmarked(stdout)).toContain(`person        ${result.person}, the same as mary@platform.example\n`);
		await approveJobByCommand((...of) => firmsealJson(as(two), ...of), result.job.id);
		expect(await ended(installation, result.job.id)).toMatchObject({ state: 'DONE' });
		const persons = await installation.admin`select distinct person_id from users where email like 'mary%'`;
		expect(persons).toHaveLength(1);
		const unknown = [...add('who@platform.example', 'AUDITOR'), '--same-person-as', 'nobody@platform.example'];
		expect(await firmsealJson(as(approver), ...unknown)).toMatchObject({ code: 1, error: { code: 'NOT_FOUND' } });
	});

	it('a member never becomes an operator, and neither does a former member', async () => {
		const subject = idOf(await installation.person('member@north.example'));
		const attempt = () =>
			firmsealJson(as(approver), ...add('other@platform.example', 'OPERATOR'), '--subject', subject);
		expect(await attempt()).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
		await installation.admin`update memberships set removed_at = now() where user_id = ${subject}`;
		expect(await attempt()).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
	});

	it('an account that joins and leaves a firm before the worker runs does not become an operator either', async () => {
		const subject = 'joins-meanwhile';
		const { result } = await firmsealJson(
			as(approver),
			...add('meanwhile@platform.example', 'OPERATOR'),
			'--subject',
			subject,
		);
		const joined = await installation.addMember(north.owner, { email: 'meanwhile@north.example', subject });
		await installation.admin`update memberships set removed_at = now() where user_id = ${joined.id}`;
		await approveJobByCommand((...of) => firmsealJson(as(two), ...of), result.job.id);
		expect(await ended(installation, result.job.id)).toMatchObject({ state: 'FAILED', trouble: 'TAKEN' });
		expect(await installation.admin`select from operators where user_id = ${result.user}`).toHaveLength(0);
	});

	it('an approver whose row was changed by SQL is refused, with an entry and a log line, and every approver is while the key is unavailable', async () => {
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
		await keyring.disableKey(PLATFORM_FIRM_ID);
		for (const args of [add('new@platform.example', 'APPROVER'), disable('two@platform.example')])
			expect(await firmsealJson(as(approver), ...args)).toMatchObject({ code: 1, error: { code: 'KEY_UNAVAILABLE' } });
		await keyring.enableKey(PLATFORM_FIRM_ID);
		expect(await count()).toBe(before);
	});

	it('disable takes effect with the next request, and cannot disable the last approver', async () => {
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
			error: { code: 'FORBIDDEN', message: 'You cannot disable your own account: another approver must.' },
		});
		expect(await firmseal(as(approver), ...disable('mary@platform.example'))).toMatchObject({ code: 0 });
		const active =
			await installation.admin`select from operators where 'APPROVER' = any (roles) and disabled_at is null`;
		expect(active).toHaveLength(1);
		const mary = (await installation.admin`select id from users where email = 'mary@platform.example'`)[0]?.id;
		// Two approvers were disabled, and the auditor was an approver by SQL for a while. All owners are notified of each.
		const notices = await installation.admin`select audience, actor_id from notices where kind = 'APPROVER_DISABLED'`;
		expect(notices).toEqual([1, 2, 3].map(() => ({ audience: 'OWNERS', actor_id: null })));
		expect(await leaves('operator.disable')).toMatchObject([
			{
				actor: { user: idOf(approver) },
				records: [uuidToBase64url(mary)],
				coordinates: ['Operator.OPERATOR', 'Operator.APPROVER'],
			},
		]);
		await worker.advance(10_000);
		const alerts =
			await installation.admin`select severity, count, actor_id from alerts where rule = 'APPROVER_DISABLED'`;
		expect(alerts).toEqual([{ severity: 'PAGE', count: 2, actor_id: idOf(approver) }]);
	});

	it('a single remaining approver adds others only after a delay and a notice to all firms, and a new one counts as independent only later', async () => {
		/** The output says who must agree, because the requester may be the only approver. */
		const requestFor = async (email: string, who: string) => {
			const { stdout } = await firmseal(as(approver), ...add(email, 'OPERATOR', 'APPROVER'));
			const [said = ''] = stdout.split('\n');
			const id = /--job (\S+)`/.exec(said)?.[1] ?? '';
			expect(said).toBe(
				`Asked for ${email}: ${who} \`firmseal job approve --job ${id}\`. It takes effect 72 hours after that. The owners of all firms are notified now.`,
			);
			return id;
		};
		const three = await requestFor(
			'three@platform.example',
			'an approver was disabled within the last 30 days, or has rights that cannot be proven, so no one can agree alone yet. If there are still no two approvers who count as two persons later, you may agree with',
		);
		const { result } = await firmsealJson(as(approver), 'operator', 'list');
		const { user, job } = result.requests[0];
		expect(job).toMatchObject({ id: three, kind: 'APPOINT', state: 'WAITING' });
		const agree = () => approveJobByCommand((...of) => firmsealJson(as(approver), ...of), three);
		// The rule does not apply for 30 days after the last disabling of another approver.
		for (const days of [0, 29]) {
			await disabledAgo(installation, days);
			expect(await agree()).toMatchObject({
				code: 1,
				error: {
					code: 'FORBIDDEN',
					message: expect.stringMatching(/an approver was disabled within the last 30 days/),
				},
			});
		}
		await disabledAgo(installation, 31);
		const seen = await firmsealJson(as(approver), 'job', 'approve', '--job', three, '--dry-run');
		const agreed = await firmseal(as(approver), 'job', 'approve', '--job', three, '--hash', seen.result.requestHash);
		expect(agreed.stdout).toBe(
			`Agreed: a worker does the job APPOINT ${three} in 72 hours; until then, \`firmseal job cancel\` cancels it.\n`,
		);
		const notices = await installation.admin`select audience from notices where job_id = ${three}`;
		expect(notices).toEqual([{ audience: 'OWNERS' }]);
		await runApprovedBefore(three, 71);
		expect(await installation.admin`select from users where email = 'three@platform.example'`).toHaveLength(0);
		await runApprovedBefore(three, 72);
		const third = await installation.person('three@platform.example');
		const four = await requestFor(
			'four@platform.example',
			'no two approvers count as two persons yet, so you, or another approver, may agree with',
		);
		await installation.admin`update operators set introduced_at = now() - interval '31 days' where user_id = ${user}`;
		await installation.proofs.operator(user);
		// There are two independent approvers from now on, so no one can decide alone.
		const alone = await approveJobByCommand((...of) => firmsealJson(as(approver), ...of), four);
		expect(alone).toMatchObject({ code: 1, error: { code: 'FORBIDDEN' } });
		expect(await approveJobByCommand((...of) => firmsealJson(as(third), ...of), four)).toMatchObject({ code: 0 });
	});
});
