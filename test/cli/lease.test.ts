import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type HttpStage, makeHttpStage } from '../leases/http-stage.ts';
import type { Person } from '../support/person.ts';
import { firmseal, firmsealJson, spawned } from '../system/program.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
});
afterAll(() => stage?.scene.installation.close());

/** Only the API's address and a person: the command needs no sign-in of a database, and no key. */
const as = (token: Person, url = stage.scene.api.url) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${token}` });

describe('firmseal lease list', () => {
	it('shows the leases that the person sees, of one firm or in one state', async () => {
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

	it('is refused as the API refuses it', async () => {
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
	});
});

describe('firmseal lease revoke', () => {
	it('takes a lease away, once it isn’t a dry run', async () => {
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

	it('of no lease, or another’s firm’s, finds none', async () => {
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
			[1, 'BAD_USER_INPUT'],
			[2, 'BAD_USER_INPUT'],
		]);
		expect(await stage.stateOf(lease.id)).toBe('APPROVED');
		await stage.leases.step(stage.people.owner, 'revoke', lease.id);
	});
});

describe('firmseal lease review', () => {
	it('signs off what has ended, as a third person', async () => {
		const lease = await stage.approved();
		await stage.leases.step(stage.people.owner, 'revoke', lease.id);
		const own = await firmsealJson(as(stage.people.approver), 'lease', 'review', '--lease', lease.id);
		expect([own.code, own.error.code]).toEqual([1, 'FORBIDDEN']);
		const third = await stage.scene.installation.addOperator('APPROVER');
		const dry = await firmsealJson(as(third), 'lease', 'review', '--lease', lease.id, '--dry-run');
		expect(dry.result).toEqual({ dryRun: true, id: lease.id, state: 'REVOKED' });
		expect((await stage.leases.see(third, lease.id)).isReviewed).toBe(false);
		const { result } = await firmsealJson(as(third), 'lease', 'review', '--lease', lease.id);
		expect(result.lease).toMatchObject({ id: lease.id, isReviewed: true });
	});
});

describe('a server that only answers registered operations', () => {
	it('answers these', async () => {
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
		expect((await firmsealJson(as(third, url), 'lease', 'review', '--lease', lease.id)).ok).toBe(true);
	});
});

describe('what isn’t the API', () => {
	let impostor: Server;
	const asked: { url: string | undefined; authorization: string | undefined }[] = [];
	const port = () => (impostor.address() as AddressInfo).port;
	beforeAll(async () => {
		impostor = createServer(({ url, headers }, answer) => {
			asked.push({ url, authorization: headers.authorization });
			if (url?.startsWith('/elsewhere')) answer.writeHead(307, { location: `http://127.0.0.1:${port()}/stolen` }).end();
			else if (url?.startsWith('/odd'))
				answer.end(JSON.stringify({ errors: [{ message: '\u001b[31mred\n', extensions: { code: 'MADE_UP' } }] }));
			else answer.end('<html>');
		});
		await new Promise<void>((resolve) => impostor.listen(0, '127.0.0.1', resolve));
	});
	afterAll(() => void impostor.close());

	it.each([
		['a page', '', 'SETUP', /no Firmseal/],
		['a redirect', '/elsewhere', 'SETUP', /reached/],
		['an error of an unknown code', '/odd', 'INTERNAL', /does not explain/],
	])('%s is told as such', async (_, path, code, message) => {
		const { error } = await firmsealJson(as(stage.people.owner, `http://127.0.0.1:${port()}${path}`), 'lease', 'list');
		expect(error.code).toBe(code);
		expect(error.message).toMatch(message);
		expect(asked.map(({ url }) => url)).not.toContain('/stolen');
	});

	it('gets no token over an unprotected way, nor when nobody is there', async () => {
		const remote = await firmsealJson(as(stage.people.owner, 'http://firmseal.example'), 'lease', 'list');
		expect([remote.code, remote.error.code]).toEqual([1, 'SETUP']);
		expect(remote.error.message).toContain('https');
		const nobody = await firmsealJson(as(stage.people.owner, 'http://127.0.0.1:1'), 'lease', 'list');
		expect([nobody.code, nobody.error.code]).toEqual([1, 'SETUP']);
		expect(JSON.stringify([remote, nobody])).not.toContain(`${stage.people.owner}`.split('.')[0]);
	});
});
