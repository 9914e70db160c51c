import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf, idOf } from '../support/claims.ts';
import { forgeToken, makeScene, type Person, type Scene } from './scene.ts';

const ADD = 'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { path } }';
const SET = 'mutation ($input: SetMemberRoleInput!) { setMemberRole(input: $input) { user { id role } } }';
const REMOVE = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { user { id } } }';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

type Answer = Awaited<ReturnType<Scene['api']['ask']>>;
const codes = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code);
const newcomer = () => ({ email: `${uuidv7()}@north.example`, name: 'Newcomer', role: 'OWNER' });
/** The rows that give rights, and the notices about them. */
const state = async () =>
	JSON.stringify([
		await scene.admin`select * from memberships order by user_id`,
		await scene.admin`select * from owner_recoveries order by id`,
		await scene.admin`select * from owner_recovery_ends order by recovery_id`,
		await scene.admin`select count(*) from users`,
		await scene.admin`select count(*) from notices`,
	]);

describe('a person who is not an owner', () => {
	const who = ['member', 'client', 'operator', 'approver', 'auditor'] as const;
	const tokenOf = (name: (typeof who)[number]) =>
		name === 'member' || name === 'client' ? scene.north[name] : scene[name];

	it.each(who)('as %s changes no members and lists no notices', async (name) => {
		const token = tokenOf(name);
		const before = await state();
		const userId = idOf(scene.north.member);
		const attempts = [
			await scene.api.ask(token, ADD, { input: newcomer() }),
			await scene.api.ask(token, SET, { input: { userId: idOf(token), role: 'OWNER' } }),
			await scene.api.ask(token, SET, { input: { userId, role: 'OWNER' } }),
			await scene.api.ask(token, REMOVE, { input: { userId } }),
			await scene.api.ask(token, 'mutation { cancelOwnerRecovery { id } }'),
			await scene.api.ask(token, '{ notices { nodes { id } } }'),
		];
		for (const answer of attempts) {
			expect(codes(answer)).toEqual(['FORBIDDEN']);
			expect((await scene.entriesOf(answer)).map(({ action }) => action)).toEqual(['request.deny']);
		}
		expect(await state()).toBe(before);
	});

	it.each(who)('as %s reads no notice for owners, through the viewer, other people or an id', async (name) => {
		const [notice] = await scene.admin`select id from notices where firm_id = ${scene.north.id} limit 1`;
		const own = name === 'member' ? { totalCount: 0, nodes: [] } : null;
		const { data } = await scene.api.ask(
			tokenOf(name),
			`{ viewer { notices { totalCount nodes { id } } } node(id: "${notice?.id}") { id } }`,
		);
		expect(data).toEqual({ viewer: { notices: own }, node: null });
	});

	it('sees the firm’s people only as a member or an operator', async () => {
		const sees = async (token: Person) =>
			(await scene.api.ask(token, `{ firm(id: "${scene.north.id}") { members { totalCount } } }`)).data.firm.members;
		expect(await sees(scene.north.member)).toEqual({ totalCount: 3 });
		expect(await sees(scene.operator)).toEqual({ totalCount: 3 });
		for (const token of [scene.north.client, scene.approver, scene.auditor]) expect(await sees(token)).toBeNull();
	});

	it('in the portal finds only the people of their own client', async () => {
		const other = await scene.api.ask(
			scene.north.owner,
			'mutation { createClient(input: { name: "Another" }) { client { id } } }',
		);
		const clientId = other.data.createClient.client.id;
		const input = { ...newcomer(), role: 'CLIENT', clientId };
		const { id } = await scene.installation.addMember(scene.north.owner, input as never);
		const { data, text } = await scene.api.ask(
			scene.north.client,
			`{ clients { nodes { id members { nodes { id client { id } } } } } node(id: "${id}") { id } }`,
		);
		const own = { id: scene.north.clientId };
		expect(data.clients.nodes).toEqual([
			{ ...own, members: { nodes: [{ id: idOf(scene.north.client), client: own }] } },
		]);
		expect(data.node).toBeNull();
		expect(text).not.toContain(clientId);
	});
});

describe('an owner', () => {
	it('cannot reach people of another firm: the response is the same as for an unknown id', async () => {
		const before = await state();
		const attempts = [uuidv7(), idOf(scene.harbour.member), idOf(scene.operator)].flatMap((userId) => [
			scene.api.ask(scene.north.owner, REMOVE, { input: { userId } }),
			scene.api.ask(scene.north.owner, SET, { input: { userId, role: 'MEMBER' } }),
		]);
		for (const answer of await Promise.all(attempts)) {
			expect(codes(answer)).toEqual(['NOT_FOUND']);
			expect(answer.errors[0]?.message).toBe('The firm has no member with this id: see Firm.members.');
		}
		expect(await state()).toBe(before);
	});

	it('reads no other account’s notices, and none of another firm', async () => {
		const { data } = await scene.api.ask(
			scene.north.owner,
			'{ viewer { notices { nodes { firmId } } firm { members { nodes { id notices { totalCount } } } } } }',
		);
		const { notices, firm } = data.viewer;
		for (const { firmId } of notices.nodes) expect(firmId).toBe(scene.north.id);
		for (const member of firm.members.nodes)
			expect(member.notices === null).toBe(member.id !== idOf(scene.north.owner));
		const [foreign] = await scene.admin`select id from notices where firm_id = ${scene.harbour.id} limit 1`;
		expect((await scene.api.ask(scene.north.owner, `{ node(id: "${foreign?.id}") { id } }`)).data.node).toBeNull();
	});

	it('changes no member while the log is not writable', async () => {
		const before = await state();
		await scene.admin`revoke insert (id, firm_id, boot, sequence, leaf) on audit_entries from firmseal_firm`;
		const userId = idOf(scene.north.member);
		const attempts = [
			await scene.api.ask(scene.north.owner, ADD, { input: newcomer() }),
			await scene.api.ask(scene.north.owner, SET, { input: { userId, role: 'OWNER' } }),
			await scene.api.ask(scene.north.owner, REMOVE, { input: { userId } }),
		];
		await scene.admin`grant insert (id, firm_id, boot, sequence, leaf) on audit_entries to firmseal_firm`;
		for (const answer of attempts) expect(codes(answer)).toEqual(['AUDIT_UNAVAILABLE']);
		expect(await state()).toBe(before);
	});

	it('with an old token adds no owner, removes none, and does not change the sign-in rules', async () => {
		const { api, installation } = scene;
		const { person, id: second } = await installation.addMember(scene.north.owner, {
			email: newcomer().email,
			role: 'OWNER',
		});
		const signIn = (domains: string[]) =>
			[
				'mutation ($input: SetFirmSignInInput!) { setFirmSignIn(input: $input) { firm { id } } }',
				{ issuers: [], domains },
			] as const;
		const member = idOf(scene.north.member);
		const { auth_time: _, ...claims } = claimsOf(scene.north.owner);
		for (const [since, said] of [
			[{ auth_time: Math.floor(Date.now() / 1000) - 360 }, 'needs a sign-in of the last five minutes'],
			[{}, 'the token does not say when'],
		] as const) {
			const old = await forgeToken(installation.directory, { ...claims, ...since });
			const before = await state();
			const attempts: readonly (readonly [string, object])[] = [
				[ADD, newcomer()],
				[SET, { userId: member, role: 'OWNER' }],
				[SET, { userId: second, role: 'MEMBER' }],
				[REMOVE, { userId: second }],
				signIn(['north.example']),
			];
			for (const [text, input] of attempts) {
				const answer = await api.ask(old, text, { input });
				expect([text, codes(answer)]).toEqual([text, ['FORBIDDEN']]);
				expect(answer.errors[0]?.message).toContain(said);
			}
			expect(await state()).toBe(before);
			// A change that makes no owner, or changes nothing, needs no recent sign-in.
			const invited = await api.ask(old, ADD, { input: { ...newcomer(), role: 'MEMBER' } });
			const others = [
				await api.ask(old, SET, { input: { userId: member, role: 'MEMBER' } }),
				await api.ask(old, SET, { input: { userId: second, role: 'OWNER' } }),
				await api.ask(old, signIn([])[0], { input: signIn([])[1] }),
			];
			expect([invited, ...others].flatMap(codes)).toEqual([]);
		}
		expect(codes(await api.ask(person, REMOVE, { input: { userId: second } }))).toEqual([]);
	});

	it('who repeats an action causes a few notices within an hour and then a count, while each new member is named', async () => {
		const { admin, api, installation } = scene;
		const { owner } = scene.north;
		const [was] = await admin`select notices_before_folding from request_limits`;
		await admin`update request_limits set notices_before_folding = 2`;
		// Makes earlier notices too old to count.
		await admin`update notices set created_at = created_at - interval '2 hours'`;
		const [row] = await admin`select clock_timestamp() as now`;
		const told = async (...kinds: string[]) =>
			(
				await admin`select kind, role, repeats from notices where firm_id = ${scene.north.id} and created_at >= ${row?.now}
					and kind in ${admin(kinds)} order by created_at, id`
			).map(({ kind, role, repeats }) => [kind, role, repeats]);
		const twice = (...rows: (string | number | null)[][]) => [
			...rows.map((each) => [...each, 0]),
			...rows.map((each) => [...each, 2]),
		];
		const ok = async (text: string, input: Record<string, unknown> = {}) => {
			const { data, errors } = await api.ask(owner, text, { input });
			expect(errors).toEqual([]);
			return data;
		};
		const invite = 'mutation ($input: InviteMemberInput!) { inviteMember(input: $input) { invitation { id } } }';
		const accept = 'mutation ($input: AcceptInvitationInput!) { acceptInvitation(input: $input) { userId } }';
		const revoke =
			'mutation ($input: RevokeInvitationInput!) { revokeInvitation(input: $input) { invitation { id } } }';
		const signIn = 'mutation ($input: SetFirmSignInInput!) { setFirmSignIn(input: $input) { firm { id } } }';
		const policy =
			'mutation ($input: SetFirmAccessPolicyInput!) { setFirmAccessPolicy(input: $input) { firm { id } } }';
		const userId = idOf(scene.north.member);
		for (let n = 0; n < 4; n++) {
			const { inviteMember } = await ok(invite, { ...newcomer(), role: 'MEMBER' });
			await ok(revoke, { invitationId: inviteMember.invitation.id });
			for (const role of ['OWNER', 'MEMBER']) await ok(SET, { userId, role });
			await ok(signIn, { issuers: [], domains: n % 2 ? [] : ['north.example'] });
			await ok(policy, { policy: 'APPROVE', approvers: n % 2 ? 1 : 2 });
		}
		expect(await told('MEMBER_INVITED', 'INVITATION_REVOKED')).toEqual(
			twice(['MEMBER_INVITED', 'MEMBER'], ['INVITATION_REVOKED', 'MEMBER']),
		);
		expect(await told('MEMBER_ROLE_CHANGED')).toEqual(
			twice(['MEMBER_ROLE_CHANGED', 'OWNER'], ['MEMBER_ROLE_CHANGED', 'MEMBER']),
		);
		// These are never folded: one of them may be the change that matters.
		for (const kind of ['SIGN_IN_CHANGED', 'ACCESS_POLICY_CHANGED'])
			expect(await told(kind)).toEqual(Array.from({ length: 4 }, () => [kind, null, 0]));

		// One person who joins and leaves repeatedly is counted; every other person is named.
		const join = async (sub: string) => {
			const { inviteMember } = await ok(ADD, { ...newcomer(), role: 'MEMBER' });
			const token = await forgeToken(installation.directory, { ...claimsOf(owner), sub });
			const { data } = await api.ask(token, accept, { input: { invitation: inviteMember.path.split('=')[1] } });
			return data.acceptInvitation.userId;
		};
		for (let n = 0; n < 3; n++) await ok(REMOVE, { userId: await join('joins and leaves') });
		await join('another');
		expect(await told('MEMBER_ADDED', 'MEMBER_REMOVED')).toEqual([
			['MEMBER_ADDED', 'MEMBER', 0],
			['MEMBER_REMOVED', 'MEMBER', 0],
			['MEMBER_ADDED', 'MEMBER', 1],
			['MEMBER_REMOVED', 'MEMBER', 1],
			['MEMBER_ADDED', 'MEMBER', 0],
		]);

		// Concurrent requests make at most one notice each, and a repeated batch makes no more.
		const before = (await told('MEMBER_INVITED')).length;
		for (let batch = 0; batch < 4; batch++)
			await Promise.all(Array.from({ length: 12 }, () => ok(invite, { ...newcomer(), role: 'OWNER' })));
		expect((await told('MEMBER_INVITED')).length - before).toBeLessThanOrEqual(2 + 12);
		await admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
	});

	it('and another owner who demote or remove each other concurrently always leave one owner', async () => {
		const second = 'second@north.example';
		const { person } = await scene.installation.addMember(scene.north.owner, { email: second, role: 'OWNER' });
		const tokens = [scene.north.owner, person] as const;
		const [a, b] = [idOf(tokens[0]), idOf(tokens[1])];
		const demote = (token: Person, userId: string) => scene.api.ask(token, SET, { input: { userId, role: 'MEMBER' } });
		const remove = (token: Person, userId: string) => scene.api.ask(token, REMOVE, { input: { userId } });
		const rounds = [
			() => [demote(tokens[0], b), demote(tokens[1], a)],
			() => [remove(tokens[0], b), remove(tokens[1], a)],
			() => [demote(tokens[0], b), remove(tokens[1], a)],
			() => [demote(tokens[0], a), demote(tokens[1], b)],
			() => [remove(tokens[0], a), demote(tokens[1], b)],
		];
		for (const round of [...rounds, ...rounds, ...rounds]) {
			const answers = await Promise.all(round());
			// A request that began after the other had ended comes from a person who is no longer an owner.
			const outcomes = answers.map((answer) => codes(answer)[0] ?? 'OK').sort();
			expect([
				['CONFLICT', 'OK'],
				['FORBIDDEN', 'OK'],
			]).toContainEqual(outcomes);
			const owners = await scene.admin`select user_id from memberships
				where firm_id = ${scene.north.id} and role = 'OWNER' and removed_at is null`;
			expect(owners).toHaveLength(1);
			await scene.admin`update memberships set role = 'OWNER', removed_at = null where user_id in (${a}, ${b})`;
			for (const user of [a, b]) await scene.installation.proofs.member(user);
		}
	});
});
