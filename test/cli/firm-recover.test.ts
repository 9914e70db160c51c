import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { addFirstOperators } from '../../src/firms/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { idOf } from '../support/claims.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import type { Person } from '../support/person.ts';
import { agreeBy, firmseal, firmsealJson, oneLine, runInteractively, unmarked } from '../system/program.ts';

const recover = (...args: string[]) => ['firm', 'recover', '--firm', 'north', ...args];

describe('firmseal firm recover', () => {
	let installation: TestInstallation;
	let north: TestFirm;
	const tokens: Record<string, Person> = {};
	const as = (name: string) => ({ ...installation.env, FIRMSEAL_TOKEN: `${tokens[name]}` });
	const open = () =>
		installation.admin`select id from owner_recoveries where id not in (select recovery_id from owner_recovery_ends)`;
	const lastEntry = async () => {
		const [row] =
			await installation.admin`select leaf::json as leaf from audit_entries where leaf like '%"recovery.%' order by appended_at desc, sequence desc limit 1`;
		return row?.leaf;
	};

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		north = await installation.addFirm('north');
		await installation.addFirm('harbour');
		await withAdminContext(installation.config, installation.database, async (admin) => {
			await addFirstOperators(
				admin,
				['one', 'two'].map((name) => ({ email: `${name}@platform.example`, name, roles: ['APPROVER'] })),
			);
		});
		for (const name of ['one', 'two']) tokens[name] = await installation.person(`${name}@platform.example`);
		tokens.operator = await installation.addOperator('OPERATOR');
		tokens.owner = north.owner;
	});
	afterAll(() => installation?.close());

	it('refuses every step to anyone but an approver', async () => {
		const attempts = await Promise.all([
			firmsealJson(installation.env, ...recover('--approve', '--dry-run')),
			firmsealJson(as('owner'), ...recover('--user', 'member@north.example')),
			firmsealJson(as('operator'), ...recover('--user', 'member@north.example')),
			firmsealJson(as('operator'), ...recover('--complete', '--dry-run')),
		]);
		expect(attempts.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'UNAUTHENTICATED'],
			[1, 'FORBIDDEN'],
			[1, 'FORBIDDEN'],
			[1, 'FORBIDDEN'],
		]);
		expect(await open()).toHaveLength(0);
	});

	it('takes one step at a time, and needs an open recovery to complete it', async () => {
		const outcomes = await Promise.all([
			firmsealJson(as('one'), ...recover()),
			firmsealJson(as('one'), ...recover('--approve', '--complete')),
			firmsealJson(as('one'), ...recover('--user', 'member@north.example', '--approve')),
			firmsealJson(as('one'), ...recover('--cancel', '--hash', 'a'.repeat(64))),
			firmsealJson(as('one'), ...recover('--complete')),
			firmsealJson(as('one'), ...recover('--complete', '--dry-run')),
		]);
		expect(outcomes.map(({ code, error }) => [code, error.code])).toEqual([
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
			[1, 'NOT_FOUND'],
		]);
	});

	it('--dry-run says what would be refused, and does nothing', async () => {
		const dry = (email: string, ...more: string[]) =>
			firmsealJson(as('one'), ...recover('--user', email, ...more, '--dry-run'));
		const outcomes = await Promise.all([
			dry('member@north.example'),
			dry('nobody@north.example'),
			dry('nobody@north.example', '--name', 'Nobody'),
			// No claim identifies persons in this installation.
			dry('nobody@north.example', '--name', 'Nobody', '--person', 'n-1'),
			dry('two@platform.example'),
			dry('two@platform.example', '--name', 'Two', '--subject', idOf(tokens.two as Person)),
		]);
		expect(outcomes.map(({ code, result, error }) => [code, result?.dryRun ?? error.code])).toEqual([
			[0, true],
			[1, 'NOT_FOUND'],
			[0, true],
			[1, 'BAD_USER_INPUT'],
			// The address belongs to an operator, so no one in the firm has it.
			[1, 'NOT_FOUND'],
			[1, 'CONFLICT'],
		]);
		expect(await open()).toHaveLength(0);
		expect(await installation.admin`select from users where email = 'nobody@north.example'`).toHaveLength(0);
	});

	it('appoints the owner 72 hours after a server has seen the request and another person’s approval, and logs each step', async () => {
		const email = 'next@north.example';
		const asked = await firmseal(as('one'), ...recover('--user', email, '--name', 'Next Owner'));
		const [{ id: userId, subject, person_id: person } = { id: '', subject: '', person_id: '' }] =
			await installation.admin`select id, subject, person_id from users where email = ${email}`;
		const [{ id } = { id: '' }] = await open();
		const persons =
			await installation.admin`select id from users where email in ('one@platform.example', 'two@platform.example') order by email`;
		expect(await lastEntry()).toMatchObject({
			action: 'recovery.request',
			firm: north.id,
			plane: 'cli',
			actor: { kind: 'operator', user: persons[0]?.id, roles: ['APPROVER'] },
		});
		const rows = `
new owner     Next Owner <${email}>, account ${userId}
now           not in the firm
person        ${person}
signs in as   ${subject}, at firmseal-development
asked for by  one <one@platform.example>, account ${persons[0]?.id}, on \\S+Z`;
		const ofNorth = `firm          Firm north \\(north\\), ${north.id}`;
		const WAITS = '72 hours after a server of the firm’s plane has seen both agree, unless an owner cancels it';
		expect(asked.code).toBe(0);
		expect(unmarked(asked.stdout)).toMatch(
			new RegExp(
				`^Asked to make ${email} an owner of north: another approver must agree with --approve, to exactly this:
recovery      ${id}
state         waits for another approver
${ofNorth}${rows}
done          ${WAITS}
request hash  [0-9a-f]{64}
$`,
			),
		);
		const [, requestHash = ''] = /request hash {2}│ (\w+)/.exec(asked.stdout) ?? [];
		expect(await firmsealJson(as('one'), ...recover('--approve', '--dry-run'))).toMatchObject({
			code: 1,
			error: {
				code: 'FORBIDDEN',
				message: expect.stringContaining('A second, independent person must approve the recovery'),
			},
		});
		// No one can agree without the hash, or to a recovery that has changed since.
		await installation.admin`update users set subject = ${north.id} where id = ${userId}`;
		const refused = [
			await firmsealJson(as('two'), ...recover('--approve')),
			await firmsealJson(as('two'), ...recover('--approve', '--hash', requestHash)),
			await runInteractively(as('two'), `${requestHash.slice(0, 8)}\n`, ...recover('--approve', '--json')).then(
				oneLine,
			),
		];
		expect(refused.map(({ code, error }) => [code, error.code])).toEqual([
			[2, 'BAD_USER_INPUT'],
			[1, 'CONFLICT'],
			[1, 'CONFLICT'],
		]);
		await installation.admin`update users set subject = ${subject} where id = ${userId}`;
		// No one can agree if the firm or the requester is now shown with another name.
		const { admin } = installation;
		for (const [change, back] of [
			[
				admin`update firms set name = 'Harbour' where id = ${north.id}`,
				admin`update firms set name = 'Firm north' where id = ${north.id}`,
			],
			[
				admin`update users set name = 'A colleague' where email = 'one@platform.example'`,
				admin`update users set name = 'one' where email = 'one@platform.example'`,
			],
		]) {
			await change;
			const { error } = await firmsealJson(as('two'), ...recover('--approve', '--hash', requestHash));
			expect(error?.code).toBe('CONFLICT');
			await back;
		}
		expect(await installation.admin`select from owner_recoveries where approved_by is not null`).toHaveLength(0);
		const byHand = await runInteractively(
			as('two'),
			`${requestHash.slice(0, 8).toUpperCase()}\n`,
			...recover('--approve', '--json'),
		);
		expect(unmarked(byHand.stderr)).toMatch(new RegExp(`^recovery[^]+${ofNorth}${rows}\n[^]+${requestHash}\n\n`));
		const agreed = oneLine(byHand);
		expect(agreed).toMatchObject({ code: 0, result: { step: 'approve', firmId: north.id, userId } });
		const complete = (who: string) => agreeBy((...of) => firmsealJson(as(who), ...of), ...recover('--complete'));
		// The rows of a recovery are not proven, so the person who completes it sees whom they name as requester and approver.
		const seen = await firmseal(as('one'), ...recover('--complete', '--dry-run'));
		expect(unmarked(seen.stdout)).toMatch(
			new RegExp(
				`^recovery      ${id}
state         agreed to
${ofNorth}${rows}
agreed to by  two <two@platform.example>, account ${persons[1]?.id}, on \\S+Z
done          ${WAITS}
request hash  ${agreed.result.requestHash}

Would agree to exactly this.
$`,
			),
		);
		expect(agreed.result.requestHash).not.toBe(requestHash);
		expect(agreed.result.possibleAt).toBeNull();
		expect(await lastEntry()).toMatchObject({ action: 'recovery.approve', actor: { user: persons[1]?.id } });
		const unseen = await complete('two');
		expect(unseen).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
		expect(unseen.error.message).toContain('No server of the firm’s plane has seen the approved recovery');
		const operatorsOnly = await installation.serve({ FIRMSEAL_PLANE: 'operator' });
		await operatorsOnly.stop();
		expect(await installation.admin`select from owner_recoveries where seen_at is not null`).toHaveLength(0);

		const api = await installation.serve();
		const shown = await api.ask(north.owner, '{ viewer { firm { ownerRecovery { possibleAt } } } }');
		const { possibleAt } = shown.data.viewer.firm.ownerRecovery;
		expect(new Date(possibleAt).getTime() - Date.now()).toBeGreaterThan(71 * 3600 * 1000);
		const early = await complete('two');
		expect(early).toMatchObject({ code: 1, error: { code: 'CONFLICT' } });
		expect(early.error.message).toContain(possibleAt);

		await installation.admin.begin(async (tx) => {
			await tx`alter table owner_recoveries disable trigger stamp`;
			await tx`update owner_recoveries set seen_at = clock_timestamp() - interval '72 hours'`;
			await tx`alter table owner_recoveries enable always trigger stamp`;
		});
		expect((await firmsealJson(as('one'), ...recover('--complete', '--hash', requestHash))).error.code).toBe(
			'CONFLICT',
		);
		expect(await firmseal(as('one'), ...recover('--complete', '--hash', agreed.result.requestHash))).toMatchObject({
			code: 0,
			stdout: 'The firm north has its new owner.\n',
		});
		expect(await lastEntry()).toMatchObject({ action: 'recovery.complete', actor: { user: persons[0]?.id } });
		const { data } = await api.ask(await installation.person(email), '{ viewer { id role name firm { slug } } }');
		expect(data.viewer).toEqual({ id: userId, role: 'OWNER', name: 'Next Owner', firm: { slug: 'north' } });
	});

	it('can be cancelled by either side', async () => {
		const api: TestApi = await installation.serve();
		const args = recover('--user', 'member@north.example');
		expect(await firmsealJson(as('two'), ...args)).toMatchObject({ code: 0 });
		const cancelled = await firmsealJson(as('one'), ...recover('--cancel'));
		expect(cancelled).toMatchObject({ code: 0, result: { step: 'cancel', id: expect.any(String) } });
		expect(await lastEntry()).toMatchObject({ action: 'recovery.cancel', plane: 'cli' });
		expect(await firmsealJson(as('two'), ...args)).toMatchObject({ code: 0 });
		await api.ask(north.owner, 'mutation { cancelOwnerRecovery { id } }');
		expect(await lastEntry()).toMatchObject({ action: 'recovery.cancel', plane: 'firm', actor: { roles: ['OWNER'] } });
		expect(await firmsealJson(as('one'), ...recover('--approve', '--hash', 'a'.repeat(64)))).toMatchObject({
			code: 1,
			error: { code: 'NOT_FOUND' },
		});
		expect(await open()).toHaveLength(0);
	});
});
