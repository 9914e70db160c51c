import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpStage, makeHttpStage } from '../leases/http-stage.ts';
import type { Person } from '../support/person.ts';
import { agreeBy, firmseal, firmsealJson, runInteractively, spawned } from '../system/program.ts';
import { lyingBefore, type SeenByServer } from './lying-server.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
});
afterAll(() => stage?.scene.installation.close());

const lying = (change: Parameters<typeof lyingBefore>[1]) => lyingBefore(stage.scene.api.url, change);

/** Only the API's address and a person's token: the command needs no database login and no key. */
const as = (token: Person, url = stage.scene.api.url) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${token}` });

describe('firmseal lease list', () => {
	it('shows the leases that the person can see, of one firm or in one state', async () => {
		const lease = await stage.requested();
		const other = await stage.leases.requested(stage.people.operator, stage.scene.harbour.id);
		await stage.leases.step(stage.people.operator, 'cancel', other.id);
		const list = async (token: Person, ...args: string[]) => {
			const { code, ok, command, result } = await firmsealJson(as(token), 'lease', 'list', ...args);
			expect([code, ok, command]).toEqual([0, true, 'lease list']);
			return result.leases.map(({ id, state }: { id: string; state: string }) => [id, state]);
		};
		const [own, theirs] = [
			[lease.id, 'REQUESTED'],
			[other.id, 'CANCELLED'],
		];
		expect(await list(stage.people.approver)).toEqual([theirs, own]);
		expect(await list(stage.people.approver, '--firm', 'north')).toEqual([own]);
		expect(await list(stage.people.approver, '--firm', stage.scene.harbour.id)).toEqual([theirs]);
		expect(await list(stage.people.approver, '--state', 'CANCELLED')).toEqual([theirs]);
		expect(await list(stage.people.owner)).toEqual([own]);

		const { code, stdout } = await spawned(as(stage.people.approver), 'lease', 'list', '--firm', 'north');
		expect(code).toBe(0);
		expect(stdout.split('\n')[0]).toMatch(/^lease +firm +state +purpose +ticket/);
		expect(stdout).toContain(`${lease.id}  north  REQUESTED`);
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
	});

	it('is refused if the API refuses it', async () => {
		const { FIRMSEAL_URL } = as('');
		const outcomes = await Promise.all([
			firmsealJson({ FIRMSEAL_URL }, 'lease', 'list'),
			firmsealJson(as('nonsense'), 'lease', 'list'),
			firmsealJson(as(stage.firm.member), 'lease', 'list'),
			firmsealJson(as(stage.people.approver), 'lease', 'list', '--firm', 'nobody'),
			firmsealJson(as(stage.people.approver), 'lease', 'list', '--state', 'OPEN'),
		]);
		expect(outcomes.map(({ code, ok, error }) => [code, ok, error.code])).toEqual([
			[1, false, 'UNAUTHENTICATED'],
			[1, false, 'UNAUTHENTICATED'],
			[1, false, 'FORBIDDEN'],
			[1, false, 'NOT_FOUND'],
			[2, false, 'BAD_USER_INPUT'],
		]);
		expect(outcomes[0].error.message).toContain('FIRMSEAL_TOKEN');
		expect(outcomes[1].error.message).toBe('FIRMSEAL_TOKEN is not a token: set it to the token that you were given.');
	});
});

describe('the request that a person decides on', () => {
	const columnsOf = (line: string) => Array.from(line.replaceAll('│', '|')).length;

	it('has marked lines that no terminal wraps, so that a reason cannot look like a row', async () => {
		const forged = 'minutes       1 after its activation';
		const reason = `The client cannot open the invoice.${' . '.repeat(9)}${forged}${' . '.repeat(14)}${forged}`;
		const lease = await stage.requested({ reason, minutes: 240 });
		const { stdout } = await firmseal(as(stage.people.owner), 'lease', 'show', '--lease', lease.id);
		const lines = stdout.trimEnd().split('\n');
		expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
		expect(lines.filter((line) => line.startsWith('minutes'))).toEqual(['minutes       │ 240 after its activation']);
		const all = lines.map((line) => line.slice(14));
		expect(all.filter((line) => !line.startsWith('│ '))).toEqual([]);
		expect(all.map((line) => line.slice(2)).join('')).toContain(reason);
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
	});

	it('stays on the screen, below a long list of records', async () => {
		const recordIds = Array.from({ length: 300 }, () => uuidv7());
		const lease = await stage.requested({});
		await using lister = await lying((shown) => Object.assign(shown, { recordIds }));
		const { stdout } = await firmseal(as(stage.people.owner, lister.url), 'lease', 'show', '--lease', lease.id);
		const [first, rest = ''] = stdout.split('\nlease         │ ');
		expect(recordIds.filter((id) => !first?.replaceAll(/\s|│/g, '').includes(id))).toEqual([]);
		expect(rest).toContain('\nrecords       │ 300, listed first\n');
		expect(rest.split('\n').length).toBeLessThan(40);
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
	});

	it('stays on the screen, below as many approvals as the API allows', async () => {
		const lease = await stage.requested({});
		const approval = { side: 'PLATFORM', userId: uuidv7(), user: null, approvedAt: lease.requestedAt };
		await using lister = await lying((shown) => Object.assign(shown, { approvals: Array(32).fill(approval) }));
		const approve = ['lease', 'approve', '--dry-run', '--lease', lease.id];
		const { code, stdout } = await firmseal(as(stage.people.owner, lister.url), ...approve);
		const [first, rest = ''] = stdout.split('\nlease         │ ');
		expect([code, first?.match(/agreed to by/g)?.length, rest.includes('agreed to by')]).toEqual([0, 32, false]);
		expect(rest.split('\n').length).toBeLessThan(40);
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
	});
});

describe('the reason of a decision', () => {
	const WHY = 'I have called the client.\nminutes       1';
	const shown = 'your reason   │ I have called the client.\n              │ minutes       1\n';
	const reasonsIn = async (id: string) =>
		(await stage.scene.admin`select decision, reason from lease_decision_texts where lease_id = ${id}`).map((row) => ({
			...row,
		}));

	it('is shown before a person types the hash to approve, and then to the person who asked', async () => {
		const lease = await stage.requested();
		const env = as(stage.people.owner);
		const approve = ['lease', 'approve', '--lease', lease.id, '--reason', WHY];
		const dry = await firmseal(env, ...approve, '--dry-run');
		expect([dry.code, dry.stdout.startsWith(`${shown}lease         │ ${lease.id}\n`)]).toEqual([0, true]);
		expect((await firmsealJson(env, ...approve, '--dry-run')).result).toMatchObject({ dryRun: true, reason: WHY });
		const wrong = await runInteractively(env, '00000000\n', ...approve);
		expect([wrong.code, wrong.stderr.startsWith(shown)]).toEqual([1, true]);
		expect(await reasonsIn(lease.id)).toEqual([]);
		const { code, stderr } = await runInteractively(env, `${lease.requestHash.slice(0, 8)}\n`, ...approve);
		expect([code, stderr.startsWith(shown)]).toEqual([0, true]);
		expect(await reasonsIn(lease.id)).toEqual([{ decision: 'APPROVAL', reason: WHY }]);
		const seen = await firmseal(as(stage.people.operator), 'lease', 'show', '--lease', lease.id);
		expect(seen.stdout).toMatch(/^why agreed +│ of account [\s\S]+ I have called[\s\S]+\n {14}│ minutes {7}1$/m);
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
	});

	it('is shown by the dry run of a denial, and then to the person who asked', async () => {
		const lease = await stage.requested();
		const deny = ['lease', 'deny', '--lease', lease.id, '--reason', WHY];
		const dry = await firmseal(as(stage.people.approver), ...deny, '--dry-run');
		expect(dry.stdout).toBe(`${shown}\nWould deny the lease ${lease.id} of north, which is REQUESTED.\n`);
		expect(await stage.stateOf(lease.id)).toBe('REQUESTED');
		expect((await firmseal(as(stage.people.approver), ...deny)).code).toBe(0);
		expect(await reasonsIn(lease.id)).toEqual([{ decision: 'DENIAL', reason: WHY }]);
		const seen = await firmseal(as(stage.people.operator), 'lease', 'show', '--lease', lease.id);
		expect(seen.stdout).toMatch(
			/^denied by +│ [\s\S]+\nwhy denied +│ I have called the client\.\n {14}│ minutes {7}1$/m,
		);
	});

	it('is refused with hidden characters, even in a dry run', async () => {
		const lease = await stage.requested();
		for (const verb of ['approve', 'deny']) {
			const of = ['lease', verb, '--lease', lease.id, '--reason', 'fine\u202eyes', '--dry-run'];
			expect([verb, (await firmsealJson(as(stage.people.owner), ...of)).error?.code]).toEqual([verb, 'BAD_USER_INPUT']);
		}
		await stage.leases.step(stage.people.operator, 'cancel', lease.id);
	});
});

describe('firmseal lease revoke', () => {
	it('revokes a lease, but not in a dry run', async () => {
		const lease = await stage.approved();
		const env = as(stage.people.owner);
		const dry = await firmsealJson(env, 'lease', 'revoke', '--lease', lease.id, '--dry-run');
		expect(dry.result).toEqual({ dryRun: true, id: lease.id, state: 'APPROVED' });
		expect(await stage.stateOf(lease.id)).toBe('APPROVED');
		const { code, stdout } = await firmseal(env, 'lease', 'revoke', '--lease', lease.id);
		expect([code, stdout]).toEqual([0, `Revoked the lease ${lease.id} of north.\n`]);
		expect(await stage.stateOf(lease.id)).toBe('REVOKED');
		const again = await firmsealJson(env, 'lease', 'revoke', '--lease', lease.id);
		expect([again.code, again.error.code]).toEqual([1, 'CONFLICT']);
	});

	it('reports an unknown lease, and one of another firm, as not found', async () => {
		const lease = await stage.approved();
		const attempts = await Promise.all([
			firmsealJson(as(stage.people.owner), 'lease', 'revoke', '--lease', uuidv7()),
			firmsealJson(as(stage.people.owner), 'lease', 'revoke', '--lease', uuidv7(), '--dry-run'),
			firmsealJson(as(stage.scene.harbour.owner), 'lease', 'revoke', '--lease', lease.id),
			firmsealJson(as(stage.people.owner), 'lease', 'revoke', '--lease', 'nonsense'),
			firmsealJson(as(stage.people.owner), 'lease', 'revoke'),
		]);
		expect(attempts.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'NOT_FOUND'],
			[1, 'NOT_FOUND'],
			[1, 'NOT_FOUND'],
			[2, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
		]);
		// An invalid id is reported before a missing terminal, token or API.
		for (const step of ['show', 'approve', 'deny', 'activate', 'use', 'release', 'review'])
			expect((await firmsealJson({}, 'lease', step, '--lease', 'xx')).error.message).toContain('An id is a UUIDv7');
		expect(await stage.stateOf(lease.id)).toBe('APPROVED');
		await stage.leases.step(stage.people.owner, 'revoke', lease.id);
	});
});

describe('firmseal lease review', () => {
	it('signs off an ended lease, as a third person', async () => {
		const lease = await stage.approved();
		await stage.leases.step(stage.people.owner, 'revoke', lease.id);
		const review = ['lease', 'review', '--lease', lease.id];
		const own = await agreeBy((...of) => firmsealJson(as(stage.people.approver), ...of), ...review);
		expect([own.code, own.error.code]).toEqual([1, 'FORBIDDEN']);
		const third = await stage.scene.installation.addOperator('APPROVER');
		const dry = await firmsealJson(as(third), ...review, '--dry-run');
		expect(dry.result).toMatchObject({ dryRun: true, lease: { id: lease.id, state: 'REVOKED' }, openings: [] });
		// The hash of the report is needed. The hash of the request, which others have named before, is not enough.
		const refused = [
			await firmsealJson(as(third), ...review),
			await firmsealJson(as(third), ...review, '--hash', lease.requestHash),
		];
		expect(refused.map(({ code, error }) => [code, error.code])).toEqual([
			[2, 'BAD_USER_INPUT'],
			[1, 'CONFLICT'],
		]);
		expect((await stage.leases.see(third, lease.id)).isReviewed).toBe(false);
		const { stdout, stderr } = await runInteractively(as(third), `${dry.result.requestHash.slice(0, 8)}\n`, ...review);
		expect(stdout).toBe(`Reviewed the lease ${lease.id} of north.\n`);
		expect(stderr).toMatch(
			new RegExp(`values taken  │ 0\n[^]+opened        │ nothing\nreport hash   │ ${dry.result.requestHash}\n\n`),
		);
		expect((await stage.leases.see(third, lease.id)).isReviewed).toBe(true);
	});

	it('reports the state of a lease that has not ended or was already reviewed, no matter which hash is given', async () => {
		const lease = await stage.approved();
		const third = await stage.scene.installation.addOperator('APPROVER');
		const review = (hash: string) => firmsealJson(as(third), 'lease', 'review', '--lease', lease.id, '--hash', hash);
		const open = await review(lease.requestHash);
		expect([open.error.code, open.error.message]).toEqual(['CONFLICT', expect.stringContaining('is APPROVED')]);
		await stage.leases.step(stage.people.owner, 'revoke', lease.id);
		const { result } = await firmsealJson(as(third), 'lease', 'review', '--lease', lease.id, '--dry-run');
		expect((await review(result.requestHash)).ok).toBe(true);
		const again = await review(result.requestHash);
		expect([again.error.code, again.error.message]).toEqual(['CONFLICT', 'The lease has already been reviewed.']);
	});

	it('signs off exactly what was shown, not another request and not a changed report', async () => {
		const { id } = await stage.approved();
		await stage.leases.step(stage.people.owner, 'revoke', id);
		const third = await stage.scene.installation.addOperator('APPROVER');
		const review = ['lease', 'review', '--lease', id];
		const { result } = await firmsealJson(as(third), ...review, '--dry-run');
		const opened = { at: '2026-11-29T08:00:00.000Z', coordinates: ['Note.title'], recordIds: [id] };
		const lies: [string, (lease: SeenByServer, time: number) => unknown, string][] = [
			['another request', (lease) => lease.reason && Object.assign(lease, { minutes: 1 }), 'Do not agree to it'],
			['another name', (lease) => lease.firm && Object.assign(lease.firm, { name: 'Harbour' }), 'does not match'],
			['another report', ({ openings }) => openings?.nodes.push(opened), 'does not match'],
			// The command reads the lease again in the third and fourth answers.
			[
				'another name in the third answer',
				(lease, time) => time === 3 && Object.assign(lease.firm ?? {}, { name: 'X' }),
				'changed',
			],
			[
				'another report in the fourth answer',
				({ openings }, time) => time === 4 && openings?.nodes.push(opened),
				'changed',
			],
		];
		for (const [lie, change, sentence] of lies) {
			await using liar = await lying(change);
			const { code, error } = await firmsealJson(as(third, liar.url), ...review, '--hash', result.requestHash);
			expect([lie, code, error?.code, error?.message]).toEqual([lie, 1, 'CONFLICT', expect.stringContaining(sentence)]);
		}
		expect((await stage.leases.see(third, id)).isReviewed).toBe(false);
		expect((await firmsealJson(as(third), ...review, '--hash', result.requestHash)).ok).toBe(true);
	});
});

describe('a server that only answers registered operations', () => {
	it('answers the operations of firmseal lease', async () => {
		const { url } = await stage.scene.installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true });
		const lease = await stage.approved();
		const env = as(stage.people.approver, url);
		for (const args of [
			['list', '--firm', 'north'],
			['revoke', '--lease', lease.id, '--dry-run'],
			['revoke', '--lease', lease.id],
		])
			expect([args, (await firmsealJson(env, 'lease', ...args)).ok]).toEqual([args, true]);
		const third = await stage.scene.installation.addOperator('APPROVER');
		const run = (...of: string[]) => firmsealJson(as(third, url), ...of);
		expect((await agreeBy(run, 'lease', 'review', '--lease', lease.id)).ok).toBe(true);
	});
});
