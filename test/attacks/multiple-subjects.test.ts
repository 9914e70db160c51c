import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { approverOfToken } from '../../src/cli/jobs/approver-of-token.ts';
import { readConfig } from '../../src/config/config.ts';
import { cancelRecovery, createFirm, derivePersonId, findFirm, requestRecovery } from '../../src/firms/index.ts';
import { requestPerson } from '../../src/jobs/index.ts';
import type { Installation } from '../../src/wiring/installation.ts';
import { leasesOver } from '../leases/by-api.ts';
import { idOf } from '../support/claims.ts';
import type { TestApi } from '../support/installation.ts';
import { claimsOf, forgeToken, makeScene, type Scene } from './scene.ts';

let scene: Scene;
let admin: Installation;
let provider: Server;
/** An API whose identity provider identifies persons by the claim `oid`. */
let api: TestApi;

describe('a human with two subjects at the identity provider, under a claim that identifies persons,', () => {
	const person = (said: string) => derivePersonId(admin.issuer, said);
	beforeAll(async () => {
		scene = await makeScene();
		admin = await scene.installation.adminContext.use(async (of) => of);
		const { directory } = scene.installation;
		const { d: _, ...key } = JSON.parse(readFileSync(join(directory, 'issuer', 'issuer-key.json'), 'utf8'));
		provider = createServer((_request, response) => response.end(JSON.stringify({ keys: [key] })));
		await once(provider.listen(0, '127.0.0.1'), 'listening');
		api = await scene.installation.serve({
			FIRMSEAL_JWT_ISSUER: admin.issuer,
			FIRMSEAL_JWT_AUDIENCE: 'firmseal',
			FIRMSEAL_JWKS_URL: `http://127.0.0.1:${(provider.address() as AddressInfo).port}/`,
			FIRMSEAL_PERSON_CLAIM: 'oid',
		});
	});
	afterAll(async () => {
		provider?.close();
		await scene?.installation.close();
	});

	const signedIn = (sub: string, oid?: unknown) =>
		forgeToken(scene.installation.directory, { ...claimsOf(scene.north.owner), sub, oid });
	async function joins(sub: string, oid?: unknown, firm = scene.north, role = 'MEMBER') {
		const input = { email: `${uuidv7()}@x.example`, name: 'Invited', role };
		const invited = await scene.api.ask(
			firm.owner,
			'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { path } }',
			{ input },
		);
		const invitation = invited.data.inviteMember.path.split('=')[1];
		const accept = 'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { userId } }';
		const answer = await api.ask(await signedIn(sub, oid), accept, { input: { invitation } });
		return { ...answer, code: answer.errors[0]?.extensions.code ?? 'OK', user: answer.data?.acceptInvitation?.userId };
	}
	const personOf = async (user: string) =>
		(await scene.admin`select person_id from users where id = ${user}`)[0]?.person_id;
	const refused = (error: unknown) => (error as { code: string }).code;
	/** Runs `work` while the approver's account belongs to the person of the claim value. */
	async function withClaimOfA(said: string, work: () => Promise<void>): Promise<void> {
		const id = idOf(scene.approver);
		const before = await personOf(id);
		await scene.admin`update users set person_id = ${person(said)} where id = ${id}`;
		await scene.installation.proofs.operator(id);
		await work();
		await scene.admin`update users set person_id = ${before}, disabled_at = null where id = ${id}`;
		await scene.admin`update operators set disabled_at = null where user_id = ${id}`;
		await scene.installation.proofs.operator(id);
	}

	it('is one person of a firm: the account belongs to the person in the claim, and no one else signs in to it', async () => {
		const { user } = await joins('m-sub', 'm-1');
		expect(await personOf(user)).toBe(person('m-1'));
		const viewer = async (oid?: unknown) => {
			const { data, errors } = await api.ask(await signedIn('m-sub', oid), '{ viewer { id } }');
			return data?.viewer?.id ?? errors[0]?.extensions.code;
		};
		expect([await viewer('m-1'), await viewer('n-1'), await viewer(), await viewer(7)]).toEqual([
			user,
			...Array(3).fill('FORBIDDEN'),
		]);
	});

	it('joins no firm without that claim', async () => {
		const before = await scene.admin`select id from users`;
		for (const oid of [undefined, '', 7, ['m-2'], 'ü']) {
			const answer = await joins('no-claim', oid);
			expect([answer.status, answer.code]).toEqual([401, 'UNAUTHENTICATED']);
			expect(answer.errors[0]?.message).toContain('FIRMSEAL_PERSON_CLAIM');
		}
		expect(await scene.admin`select id from users`).toHaveLength(before.length);
	});

	it('does not become a second member, in this firm or another, until the first has left', async () => {
		const first = await joins('two-a', 'two');
		expect((await joins('two-b', 'two')).code).toBe('CONFLICT');
		expect((await joins('two-b', 'two', scene.harbour)).code).toBe('CONFLICT');
		const remove = `mutation { removeMember(input: { userId: "${first.user}" }) { user { id } } }`;
		expect((await scene.api.ask(scene.north.owner, remove)).errors).toEqual([]);
		const codes = await Promise.all([
			joins('two-b', 'two', scene.harbour).then(({ code }) => code),
			joins('two-c', 'two').then(({ code }) => code),
		]);
		expect(codes.sort()).toEqual(['CONFLICT', 'OK']);
	});

	it('does not become an owner or approve for a firm while an operator, and can after leaving', async () => {
		await withClaimOfA('a-1', async () => {
			expect((await joins('a-sub', 'a-1', scene.north, 'OWNER')).code).toBe('CONFLICT');
			const leases = leasesOver(scene.api.ask);
			const lease = await leases.requested(scene.operator, scene.north.id);
			expect((await leases.approve(scene.approver, lease)).errors).toEqual([]);
			await scene.admin`update operators set disabled_at = now() where user_id = ${idOf(scene.approver)}`;
			const { code, user } = await joins('a-sub', 'a-1', scene.north, 'OWNER');
			expect(code).toBe('OK');
			// Their approval for the platform stays, so they can't also approve for the firm.
			const owner = await signedIn('a-sub', 'a-1');
			const agreed = await leasesOver(api.ask).approve(owner, lease);
			expect(agreed.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
			expect((await leases.approve(scene.north.owner, lease)).data.approveBreakGlass.lease.state).toBe('APPROVED');
			// And they can't become an operator again at the same time.
			await expect(
				scene.admin`update operators set disabled_at = null where user_id = ${idOf(scene.approver)}`,
			).rejects.toMatchObject({ code: '23000' });
			await scene.admin`update memberships set removed_at = now() where user_id = ${user}`;
		});
	});

	it('does not become an operator or another firm’s owner while in a firm, and can after leaving', async () => {
		const claiming = { ...admin, personClaim: 'oid' };
		const { user } = await joins('f-sub', 'f-of-firm');
		const operator = { email: 'f@platform.example', name: 'F', roles: ['APPROVER'] as const, said: 'f-of-firm' };
		const approving = await approverOfToken(
			readConfig({ ...scene.installation.env, FIRMSEAL_TOKEN: `${scene.approver}` }),
			admin,
		);
		const owner = (said?: string) => ({
			email: 'f@else.example',
			name: 'F',
			subject: 'f-else',
			personClaimValue: said,
		});
		const firm = (slug: string, said?: string) => createFirm(claiming, { slug, name: 'Else', owner: owner(said) });
		const recovery = async (said?: string) =>
			requestRecovery(claiming, await findFirm(admin, scene.harbour.id), owner(said), approving);
		const keys = async () => (await scene.admin`select count(*)::int as n from firms`)[0]?.n;
		const before = await keys();
		expect(await requestPerson(claiming, operator, approving).catch(refused)).toBe('CONFLICT');
		expect(await firm('else', 'f-of-firm').catch(refused)).toBe('CONFLICT');
		expect(await firm('else').catch(refused)).toBe('BAD_USER_INPUT');
		expect(await recovery('f-of-firm').catch(refused)).toBe('CONFLICT');
		expect(await recovery().catch(refused)).toBe('BAD_USER_INPUT');
		expect(await keys()).toBe(before);
		// The same holds for SQL that inserts the operator's row.
		await expect(
			scene.admin`insert into operators (user_id, roles, mac) select id, '{OPERATOR}', decode(repeat('00', 36), 'hex') from users where id = ${user}`,
		).rejects.toMatchObject({ code: '23000' });
		await scene.admin`update memberships set removed_at = now() where user_id = ${user}`;
		expect((await requestPerson(claiming, operator, approving)).terms.person).toBe(person('f-of-firm'));
		await recovery('f-of-firm');
		await cancelRecovery(admin, await findFirm(admin, scene.harbour.id), approving);
		const { ownerId } = await firm('else', 'f-of-firm');
		expect(await personOf(ownerId)).toBe(person('f-of-firm'));
		// The account exists now, and stays bound to its person.
		const known = { email: 'f@else.example', personClaimValue: 'another' };
		await expect(requestRecovery(claiming, await findFirm(admin, 'else'), known, approving)).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('belongs to another person'),
		});
	});
});
