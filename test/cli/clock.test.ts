import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { OperatorPrincipal } from '../../src/access/index.ts';
import { approverOfToken } from '../../src/cli/jobs/approver-of-token.ts';
import { readConfig } from '../../src/config/config.ts';
import { addFirstOperators, type ClockResetStep, planClockReset, resetClock } from '../../src/firms/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { claimsOf } from '../attacks/scene.ts';
import { makeInstallation, type Person, type TestInstallation } from '../support/installation.ts';
import { notifyOwners } from '../support/notices.ts';
import { embedded } from '../support/own-servers.ts';
import { firmseal, firmsealJson, oneLine, runInteractively, unmarked } from '../system/program.ts';

describe('firmseal clock reset, and doctor on clock and webhook', () => {
	let installation: TestInstallation;
	const tokens: Record<string, Person> = {};
	const as = (name: string) => ({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[name]}` });
	const idOf = (name: string) => claimsOf(tokens[name] ?? '').sub;
	const reset = (name: string, ...args: string[]) => firmsealJson(as(name), 'clock', 'reset', ...args);
	/** Resets without a separate process, as an approver who has read another approver's open request, if there is one. */
	const ask = (name: string): Promise<ClockResetStep> => {
		const config = readConfig(as(name));
		return withAdminContext(config, installation.database, async (admin) => {
			const by = await approverOfToken(config, admin);
			const { others } = await planClockReset(admin, by);
			return (await resetClock(admin, others?.requestHash ?? null, by)).step;
		});
	};
	/** Resets as an approver who has read the request with the hash `read`; null if the approver found no open request. */
	const askAfter = (name: string, read: string | null): Promise<string> => {
		const config = readConfig(as(name));
		return withAdminContext(config, installation.database, async (admin) =>
			resetClock(admin, read, await approverOfToken(config, admin)).then(
				({ step }) => step,
				({ code }) => code,
			),
		);
	};
	const setAhead = () =>
		installation.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1 hour'`;
	const isSound = async () => (await installation.admin`select is_clock_sound() as sound`)[0]?.sound;
	const openRequests = () => installation.admin`select user_id from clock_resets`;
	const entries = (action: string) =>
		installation.admin`select leaf::json as leaf from audit_entries where leaf::json ->> 'action' = ${action} order by appended_at`.then(
			(rows) => rows.map(({ leaf }) => leaf),
		);

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		await withAdminContext(installation.config, installation.database, async (admin) => {
			await addFirstOperators(
				admin,
				['one', 'two'].map((name) => ({ email: `${name}@platform.example`, name, roles: ['APPROVER'] })),
			);
		});
		for (const name of ['one', 'two']) tokens[name] = await installation.person(`${name}@platform.example`);
		tokens.operator = await installation.addOperator('OPERATOR');
		tokens.owner = (await installation.addFirm('north')).owner;
	});
	afterEach(async () => {
		await installation.admin`delete from clock_resets`;
		await installation.admin`update clock_high_water_marks set at = clock_timestamp()`;
	});
	afterAll(() => installation?.close());

	it('doctor reports a clock that is behind the latest time seen', async () => {
		const check = "the database's clock is not behind the latest time that was seen";
		expect((await firmseal(installation.env, 'doctor')).stdout).toContain(`ok    ${check}\n`);
		await installation.admin`update clock_high_water_marks set at = clock_timestamp() + interval '1500 milliseconds'`;
		expect(await isSound()).toBe(true);
		await setAhead();
		const { code, stdout } = await firmseal(installation.env, 'doctor');
		expect(code).toBe(1);
		expect(stdout).toContain(`WRONG ${check}\n      No lease can be activated or used.`);
		expect(stdout.match(/^WRONG/gm)).toHaveLength(1);
	});

	it('needs two persons', async () => {
		await setAhead();
		// There is no request yet.
		expect((await reset('one', '--hash', 'a'.repeat(64))).error).toMatchObject({ code: 'CONFLICT' });
		const asked = await firmseal(as('one'), 'clock', 'reset');
		const [, requestHash = ''] = /request hash {2}│ (\w+)/.exec(asked.stdout) ?? [];
		expect(unmarked(asked.stdout)).toContain(`\nasked for by  one <one@platform.example>, account ${idOf('one')}, on `);
		expect(await isSound()).toBe(false);
		expect(await reset('one')).toMatchObject({ code: 1, error: { code: 'FORBIDDEN' } });
		const [{ at, asked_at: askedAt } = {}] =
			await installation.admin`select at, asked_at from clock_high_water_marks, clock_resets`;
		const { stdout: shown } = await firmseal(as('two'), 'clock', 'reset', '--dry-run');
		expect(unmarked(shown)).toMatch(
			new RegExp(
				`^asked for by  one <one@platform.example>, account ${idOf('one')}, on ${askedAt.toISOString()}
good until    ${new Date(askedAt.getTime() + 3_600_000).toISOString()}
time seen     ${at.toISOString()}, the latest
set back      to the database’s clock, which is at \\S+Z now
request hash  ${requestHash}

Would agree to exactly this.
$`,
			),
		);
		// No one can agree without the hash, or to a request that has changed since.
		const byHand = (digits: string) =>
			runInteractively(as('two'), `${digits}\n`, 'clock', 'reset', '--json').then((ended) => ({
				...ended,
				...oneLine(ended),
			}));
		await installation.admin`update clock_high_water_marks set at = at + interval '1 second'`;
		const refused = [
			await reset('two'),
			await reset('two', '--hash', requestHash),
			await byHand(requestHash.slice(0, 8)),
			await byHand(''),
		];
		expect(refused.map(({ code, error }) => [code, error.code])).toEqual([
			[2, 'BAD_USER_INPUT'],
			[1, 'CONFLICT'],
			[1, 'CONFLICT'],
			[1, 'CONFLICT'],
		]);
		// The same holds if the request changes while the approver reads it.
		expect(await askAfter('two', requestHash)).toBe('CONFLICT');
		expect(await isSound()).toBe(false);
		await installation.admin`update clock_high_water_marks set at = ${at}`;
		const renameOne = (name: string) =>
			installation.admin`update users set name = ${name} where email = 'one@platform.example'`;
		await renameOne('A colleague');
		expect((await reset('two', '--hash', requestHash)).error).toMatchObject({ code: 'CONFLICT' });
		await renameOne('one');
		const agreed = await byHand(requestHash.slice(0, 8));
		expect(agreed).toMatchObject({ code: 0, result: { step: 'RESET' } });
		expect(agreed.stderr).toContain(`request hash  │ ${requestHash}\n\n`);
		expect(await isSound()).toBe(true);
		expect(await openRequests()).toEqual([]);
		const logged = (await entries('clock.reset')).slice(-2);
		expect(logged.map(({ plane, actor, decision }) => [plane, actor.user, decision])).toEqual([
			['cli', idOf('one'), 'ALLOWED'],
			['cli', idOf('two'), 'ALLOWED'],
		]);
	});

	it('needs two persons, not one person with two accounts', async () => {
		const again = await installation.addOperator('APPROVER');
		const [row] = await installation.admin`select person_id from users where id = ${idOf('one')}`;
		await setAhead();
		await ask('one');
		const samePerson: OperatorPrincipal = {
			kind: 'operator',
			user: claimsOf(again).sub,
			person: row?.person_id,
			roles: new Set(['APPROVER']),
			proven: true,
		};
		const attempt = withAdminContext(installation.config, installation.database, (admin) =>
			resetClock(admin, null, samePerson),
		);
		await expect(attempt).rejects.toMatchObject({ code: 'FORBIDDEN' });
		expect(await isSound()).toBe(false);
	});

	it('needs an approver’s token, and a clock that is behind', async () => {
		expect(await reset('one')).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
		await setAhead();
		const refused = await Promise.all([
			firmsealJson(installation.env, 'clock', 'reset'),
			reset('operator'),
			reset('owner'),
			reset('operator', '--dry-run'),
		]);
		expect(refused.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'UNAUTHENTICATED'],
			[1, 'FORBIDDEN'],
			[1, 'FORBIDDEN'],
			[1, 'FORBIDDEN'],
		]);
		expect(await openRequests()).toEqual([]);
	});

	it('--dry-run says what would happen, and changes nothing', async () => {
		await setAhead();
		const before = await entries('clock.reset');
		expect(await reset('one', '--dry-run')).toMatchObject({ code: 0, result: { dryRun: true, step: 'ASKED' } });
		expect(await openRequests()).toEqual([]);
		await ask('one');
		expect(await reset('two', '--dry-run')).toMatchObject({ code: 0, result: { dryRun: true, step: 'RESET' } });
		expect(await reset('one', '--dry-run')).toMatchObject({ code: 1, error: { code: 'FORBIDDEN' } });
		expect(await isSound()).toBe(false);
		expect(await entries('clock.reset')).toHaveLength(before.length + 1);
	});

	it.each([
		{ when: 'an hour has passed', change: "asked_at = asked_at - interval '61 minutes'", refused: 0 },
		{ when: 'the first request was inserted by SQL', change: "mac = decode(repeat('00', 36), 'hex')", refused: 1 },
		{
			when: 'the first request was made younger by SQL',
			change: "asked_at = asked_at + interval '1 second'",
			refused: 1,
		},
	])('starts over if $when', async ({ change, refused }) => {
		await setAhead();
		await ask('one');
		await installation.admin.unsafe(`update clock_resets set ${change}`);
		const before = await entries('rights.refuse');
		expect(await ask('two')).toBe('ASKED');
		expect(await isSound()).toBe(false);
		expect((await openRequests()).map(({ user_id }) => user_id)).toEqual([idOf('two')]);
		const reported = (await entries('rights.refuse')).slice(before.length);
		expect(reported).toHaveLength(refused);
		if (refused > 0) expect(reported[0]).toMatchObject({ decision: 'DENIED', plane: 'cli' });
		expect(await ask('one')).toBe('RESET');
	});

	it('ignores the request of an approver whose role was set by SQL', async () => {
		await setAhead();
		await ask('one');
		const [{ mac } = {}] = await installation.admin`select mac from operators where user_id = ${idOf('one')}`;
		await installation.admin`update operators set mac = null where user_id = ${idOf('one')}`;
		expect(await ask('two')).toBe('ASKED');
		await installation.admin`update operators set disabled_at = now() where user_id = ${idOf('two')}`;
		await installation.admin`update operators set mac = ${mac} where user_id = ${idOf('one')}`;
		expect(await ask('one')).toBe('ASKED');
		expect(await isSound()).toBe(false);
		await installation.admin`update operators set disabled_at = null where user_id = ${idOf('two')}`;
	});

	it('ignores a request that was copied from another approver’s', async () => {
		await setAhead();
		await ask('one');
		await installation.admin`update clock_resets set user_id = ${idOf('two')}`;
		tokens.three ??= await installation.addOperator('APPROVER');
		expect(await ask('three')).toBe('ASKED');
		expect(await isSound()).toBe(false);
	});

	it('counts as one request if two approvers ask at the same time', async () => {
		await setAhead();
		// Neither approver has read the other's request.
		const steps = await Promise.all(['one', 'two'].map((name) => askAfter(name, null)));
		expect([...steps].sort()).toEqual(['ASKED', 'CONFLICT']);
		expect(await isSound()).toBe(false);
		expect(await ask(steps[0] === 'ASKED' ? 'two' : 'one')).toBe('RESET');
		expect(await isSound()).toBe(true);
	});

	it('doctor reports notices that could not be delivered for a day', async () => {
		const { admin, env } = installation;
		const check = 'the webhook accepts every notice and alert within 24 hours';
		const webhook = { FIRMSEAL_WEBHOOK_URL: 'https://hooks.example/x', FIRMSEAL_WEBHOOK_SECRET: 's'.repeat(32) };
		expect((await firmseal(env, 'doctor')).stdout).not.toContain('webhook');
		expect((await firmseal({ ...env, ...webhook }, 'doctor')).stdout).toContain(`ok    ${check}\n`);
		await admin`insert into webhook_deliveries (message_id, next_at, delivered_at) values ('00000000-0000-0000-0000-000000000000', now(), now())`;
		const [firm] = await admin`select id from firms`;
		const oldest = new Date(Date.now() - 30 * 3_600_000);
		await notifyOwners(admin, firm?.id, 1, { created_at: new Date(Date.now() - 23 * 3_600_000) });
		expect((await firmseal({ ...env, ...webhook }, 'doctor')).stdout).toContain(`ok    ${check}\n`);
		await notifyOwners(admin, firm?.id, 1, { created_at: new Date(Date.now() - 25 * 3_600_000) });
		await notifyOwners(admin, firm?.id, 1, { created_at: oldest });
		const idle = await firmseal(env, 'doctor');
		expect(idle.code).toBe(1);
		expect(idle.stdout).toContain(
			`WRONG ${check}\n      2 notices or alerts could not be delivered, the oldest since ${oldest.toISOString()}: run \`firmseal worker\``,
		);
		await admin`update webhook_deliveries set attempts = 9, outcome = '503'`;
		const away = await firmseal({ ...env, ...webhook }, 'doctor');
		expect(away.code).toBe(1);
		expect(away.stdout).toContain('(503 at its last attempt): fix the receiver');
		await admin`update webhook_deliveries set delivered_at = now()`;
	});
});
