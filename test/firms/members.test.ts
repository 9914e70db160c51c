import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Person, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, shareAll } from '../attacks/workspace.ts';
import { idOf } from '../support/claims.ts';

const ADD =
	'mutation ($input: AddMemberInput!) { addMember(input: $input) { user { id name role removedAt client { id name } } } }';
const SET =
	'mutation ($input: SetMemberRoleInput!) { setMemberRole(input: $input) { user { id role client { id } } } }';
const REMOVE = 'mutation ($input: RemoveMemberInput!) { removeMember(input: $input) { user { id removedAt } } }';
const NOTICES = '{ notices { totalCount nodes { kind role actor { id } user { id } firmId createdAt } } }';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

const owner = () => scene.north.owner;
const code = (answer: Awaited<ReturnType<Scene['api']['ask']>>) => answer.errors[0]?.extensions.code ?? 'OK';
const tokenOf = (name: string) => scene.installation.person(`${name}@north.example`);

async function add(name: string, input: Record<string, unknown> = {}) {
	const answer = await scene.api.ask(owner(), ADD, {
		input: { email: `${name}@north.example`, name: `Name of ${name}`, role: 'MEMBER', ...input },
	});
	if (answer.errors.length > 0) throw new Error(answer.text);
	return { answer, id: answer.data.addMember.user.id as string };
}

const lastNotice = async () => {
	const { data } = await scene.api.ask(owner(), NOTICES);
	return data.notices.nodes[0];
};
const countNotices = async () => (await scene.api.ask(owner(), '{ notices { totalCount } }')).data.notices.totalCount;
const actionsOf = async (answer: { readonly headers: Headers }) =>
	(await scene.entriesOf(answer)).map(({ action, records, decision }) => ({ action, records, decision }));

describe('addMember', () => {
	it('lets somebody in, tells the owners, and is on record', async () => {
		const { answer, id } = await add('ada');
		expect(answer.data.addMember.user).toEqual({
			id,
			name: 'Name of ada',
			role: 'MEMBER',
			removedAt: null,
			client: null,
		});
		const { data } = await scene.api.ask(await tokenOf('ada'), '{ viewer { id role firm { id } } }');
		expect(data.viewer).toEqual({ id, role: 'MEMBER', firm: { id: scene.north.id } });
		expect(await lastNotice()).toEqual({
			kind: 'MEMBER_ADDED',
			role: 'MEMBER',
			actor: { id: idOf(owner()) },
			user: { id },
			firmId: scene.north.id,
			createdAt: expect.any(String),
		});
		expect(await actionsOf(answer)).toEqual([{ action: 'member.add', records: [id], decision: 'ALLOWED' }]);
	});

	it('puts somebody of the portal to a client', async () => {
		const { clientId } = scene.north;
		const { answer } = await add('cleo', { role: 'CLIENT', clientId });
		expect(answer.data.addMember.user).toMatchObject({ role: 'CLIENT', client: { id: clientId } });
		const { data } = await scene.api.ask(await tokenOf('cleo'), '{ viewer { role client { id } } }');
		expect(data.viewer).toEqual({ role: 'CLIENT', client: { id: clientId } });
	});

	it.each([
		['a CLIENT of no client', { role: 'CLIENT' }, 'BAD_USER_INPUT'],
		['a MEMBER of a client', { role: 'MEMBER', clientId: 'north' }, 'BAD_USER_INPUT'],
		['an OWNER of a client', { role: 'OWNER', clientId: 'north' }, 'BAD_USER_INPUT'],
		['an unknown client', { role: 'CLIENT', clientId: '01980000-0000-7000-8000-000000000000' }, 'NOT_FOUND'],
		['another firm’s client', { role: 'CLIENT', clientId: 'harbour' }, 'NOT_FOUND'],
		['somebody who is a member', { email: 'MEMBER@north.example' }, 'CONFLICT'],
		['somebody of another firm', { email: 'member@harbour.example' }, 'CONFLICT'],
		['one of the platform’s people', { email: 'first.approver@platform.example' }, 'CONFLICT'],
		['a subject that is taken', { subject: 'harbour’s' }, 'CONFLICT'],
	] as const)('refuses %s, and leaves nothing', async (_what, input, expected) => {
		const given =
			'clientId' in input && input.clientId in scene ? { clientId: scene[input.clientId as 'north'].clientId } : {};
		const subject = 'subject' in input ? { subject: idOf(scene.harbour.member) } : {};
		const before = [await countNotices(), (await scene.admin`select count(*)::int as n from users`)[0]?.n];
		const answer = await scene.api.ask(owner(), ADD, {
			input: { email: 'new@north.example', name: 'New', role: 'MEMBER', ...input, ...given, ...subject },
		});
		expect(code(answer)).toBe(expected);
		expect([await countNotices(), (await scene.admin`select count(*)::int as n from users`)[0]?.n]).toEqual(before);
		expect(await actionsOf(answer)).toEqual([]);
	});

	it('answers the same whoever has the address', async () => {
		const emails = ['member@north.example', 'member@harbour.example', 'first.approver@platform.example'];
		const answers = await Promise.all(
			emails.map((email) => scene.api.ask(owner(), ADD, { input: { email, name: 'New', role: 'MEMBER' } })),
		);
		expect(new Set(answers.map(({ text }) => text.replaceAll(/"requestId":"[^"]*"/g, ''))).size).toBe(1);
	});

	it('brings a former member back with the account they had, in the role that is given', async () => {
		const { id } = await add('bea');
		await scene.api.ask(owner(), REMOVE, { input: { userId: id } });
		const token = await tokenOf('bea');
		expect(code(await scene.api.ask(token, '{ viewer { id } }'))).toBe('FORBIDDEN');
		const answer = await scene.api.ask(owner(), ADD, {
			input: { email: 'BEA@north.example', name: 'Another name', role: 'OWNER' },
		});
		expect(answer.data.addMember.user).toEqual({
			id,
			name: 'Name of bea',
			role: 'OWNER',
			removedAt: null,
			client: null,
		});
		expect((await scene.api.ask(token, '{ viewer { role } }')).data.viewer).toEqual({ role: 'OWNER' });
		expect(await lastNotice()).toMatchObject({ kind: 'MEMBER_ADDED', role: 'OWNER', user: { id } });
		expect(await actionsOf(answer)).toEqual([{ action: 'member.add', records: [id], decision: 'ALLOWED' }]);
		await scene.api.ask(owner(), REMOVE, { input: { userId: id } });
	});

	it('does not bring a former member back when the subject is somebody else’s', async () => {
		const { id } = await add('eve', { subject: 'first-eve' });
		await scene.api.ask(owner(), REMOVE, { input: { userId: id } });
		const again = (subject: string) =>
			scene.api.ask(owner(), ADD, { input: { email: 'eve@north.example', name: 'Eve', role: 'MEMBER', subject } });
		expect(code(await again('second-eve'))).toBe('CONFLICT');
		expect((await scene.admin`select removed_at from memberships where user_id = ${id}`)[0]?.removed_at).not.toBeNull();
		expect((await again('first-eve')).data.addMember.user).toMatchObject({ id, removedAt: null });
	});
});

describe('setMemberRole', () => {
	it('acts with the next request, tells the owners, and is on record', async () => {
		const { id } = await add('max');
		const token = await tokenOf('max');
		expect(code(await scene.api.ask(token, NOTICES))).toBe('FORBIDDEN');
		const answer = await scene.api.ask(owner(), SET, { input: { userId: id, role: 'OWNER' } });
		expect(answer.data.setMemberRole.user).toEqual({ id, role: 'OWNER', client: null });
		expect(code(await scene.api.ask(token, NOTICES))).toBe('OK');
		expect(await lastNotice()).toMatchObject({ kind: 'MEMBER_ROLE_CHANGED', role: 'OWNER', user: { id } });
		expect(await actionsOf(answer)).toEqual([{ action: 'member.change', records: [id], decision: 'ALLOWED' }]);
		const { clientId } = scene.north;
		const demoted = await scene.api.ask(owner(), SET, { input: { userId: id, role: 'CLIENT', clientId } });
		expect(demoted.data.setMemberRole.user).toEqual({ id, role: 'CLIENT', client: { id: clientId } });
		expect(code(await scene.api.ask(token, '{ notes { nodes { id } } }'))).toBe('FORBIDDEN');
	});

	it('answers the role that somebody has already, and changes and tells nothing', async () => {
		const { id } = await add('sam', { role: 'CLIENT', clientId: scene.north.clientId });
		const before = await countNotices();
		const input = { userId: id, role: 'CLIENT', clientId: scene.north.clientId };
		const answer = await scene.api.ask(owner(), SET, { input });
		expect(answer.data.setMemberRole.user).toMatchObject({ id, role: 'CLIENT' });
		expect(await actionsOf(answer)).toEqual([]);
		expect(await countNotices()).toBe(before);
	});

	it('refuses a client for whoever is not of the portal, and none for who is', async () => {
		const { id } = await add('kim');
		const { clientId } = scene.north;
		for (const input of [{ role: 'MEMBER', clientId }, { role: 'CLIENT' }])
			expect(code(await scene.api.ask(owner(), SET, { input: { userId: id, ...input } }))).toBe('BAD_USER_INPUT');
		const foreign = { userId: id, role: 'CLIENT', clientId: scene.harbour.clientId };
		expect(code(await scene.api.ask(owner(), SET, { input: foreign }))).toBe('NOT_FOUND');
	});
});

describe('removeMember', () => {
	it('acts with the next request; who left is an author still, and no member', async () => {
		const { id } = await add('leo');
		const token = await tokenOf('leo');
		const note = await scene.write({ title: 'by leo' }, { ...scene.north, member: token });
		const answer = await scene.api.ask(owner(), REMOVE, { input: { userId: id } });
		expect(answer.data.removeMember.user).toEqual({ id, removedAt: expect.any(String) });
		expect(code(await scene.api.ask(token, '{ viewer { id } }'))).toBe('FORBIDDEN');
		const { data } = await scene.api.ask(
			owner(),
			`{ note(id: "${note}") { author { id removedAt } } viewer { firm { members { nodes { id } } } } }`,
		);
		expect(data.note.author).toEqual({ id, removedAt: expect.any(String) });
		expect(data.viewer.firm.members.nodes).not.toContainEqual({ id });
		expect(await lastNotice()).toMatchObject({ kind: 'MEMBER_REMOVED', role: 'MEMBER', user: { id } });
		expect(await actionsOf(answer)).toEqual([{ action: 'member.remove', records: [id], decision: 'ALLOWED' }]);
		for (const again of [
			await scene.api.ask(owner(), REMOVE, { input: { userId: id } }),
			await scene.api.ask(owner(), SET, { input: { userId: id, role: 'OWNER' } }),
		])
			expect(code(again)).toBe('NOT_FOUND');
	});

	it('is not told to a portal client, for whom who left is an author like another', async () => {
		const { id } = await add('ivo');
		const firm = { ...scene.north, member: await tokenOf('ivo') };
		await shareAll(scene, firm, await makeWorkspace(scene, firm));
		await scene.api.ask(owner(), REMOVE, { input: { userId: id } });
		const authorFor = async (token: Person) => {
			const { data } = await scene.api.ask(token, '{ documents { nodes { author { id name removedAt } } } }');
			return data.documents.nodes[0].author;
		};
		const author = { id, name: 'Name of ivo' };
		expect(await authorFor(scene.north.member)).toEqual({ ...author, removedAt: expect.any(String) });
		expect(await authorFor(scene.north.client)).toEqual({ ...author, removedAt: null });
	});

	it('lets an owner go, or step down, only while another stays', async () => {
		const me = idOf(scene.harbour.owner);
		const ask = (query: string, input: Record<string, unknown>) => scene.api.ask(scene.harbour.owner, query, { input });
		const [left, steppedDown] = [await ask(REMOVE, { userId: me }), await ask(SET, { userId: me, role: 'MEMBER' })];
		expect([code(left), code(steppedDown)]).toEqual(['CONFLICT', 'CONFLICT']);
		expect(left.errors[0]?.message).toBe('This is the firm’s last owner: make another one first.');
		expect([await actionsOf(left), await actionsOf(steppedDown)]).toEqual([[], []]);
		await ask(SET, { userId: idOf(scene.harbour.member), role: 'OWNER' });
		expect(code(await ask(REMOVE, { userId: me }))).toBe('OK');
		expect(code(await ask(REMOVE, { userId: me }))).toBe('FORBIDDEN');
		const { data } = await scene.api.ask(scene.harbour.member, '{ viewer { role } }');
		expect(data.viewer).toEqual({ role: 'OWNER' });
	});
});

describe('lists of members', () => {
	it('are in the order in which they came, in pages, counted', async () => {
		const all = '{ viewer { firm { members { totalCount nodes { id email } } } } }';
		const { data } = await scene.api.ask(scene.north.member, all);
		const { totalCount, nodes } = data.viewer.firm.members;
		expect(nodes.slice(0, 3).map(({ email }: { email: string }) => email)).toEqual([
			'owner@north.example',
			'member@north.example',
			'client@north.example',
		]);
		expect(totalCount).toBe(nodes.length);
		const seen: string[] = [];
		for (let after: string | null = null; ; ) {
			const answer = await scene.api.ask(
				scene.north.member,
				'query ($after: String) { viewer { firm { members(first: 2, after: $after) { nodes { id } pageInfo { hasNextPage endCursor } } } } }',
				{ after },
			);
			const page = answer.data.viewer.firm.members;
			seen.push(...page.nodes.map(({ id }: { id: string }) => id));
			if (!page.pageInfo.hasNextPage) break;
			after = page.pageInfo.endCursor;
		}
		expect(seen).toEqual(nodes.map(({ id }: { id: string }) => id));
	});

	it('are each firm’s and each client’s own, for all of a list at once', async () => {
		const { data } = await scene.api.ask(
			scene.operator,
			'{ firms { nodes { id members(first: 1) { totalCount nodes { firm { id } } pageInfo { hasNextPage } } } } }',
		);
		for (const { id, members } of data.firms.nodes) {
			expect(members).toMatchObject({ nodes: [{ firm: { id } }], pageInfo: { hasNextPage: true } });
			expect(members.totalCount).toBeGreaterThan(1);
		}
		const created = await scene.api.ask(
			scene.north.member,
			'mutation { createClient(input: { name: "Nobody signs in" }) { client { id members { totalCount nodes { id } } } } }',
		);
		expect(created.data.createClient.client.members).toEqual({ totalCount: 0, nodes: [] });
		const clients = await scene.api.ask(
			scene.north.member,
			'{ clients { nodes { id members { totalCount nodes { role client { id } } } } } }',
		);
		for (const { id, members } of clients.data.clients.nodes) {
			expect(members.totalCount).toBe(members.nodes.length);
			for (const member of members.nodes) expect(member).toEqual({ role: 'CLIENT', client: { id } });
		}
		const own = clients.data.clients.nodes.find(({ id }: { id: string }) => id === scene.north.clientId);
		expect(own.members.totalCount).toBeGreaterThan(0);
	});
});

describe('notices', () => {
	it('are in the order that is asked for, in pages, and found by id', async () => {
		const pageOf = async (orderBy: string) => {
			const { data } = await scene.api.ask(
				owner(),
				`{ notices(first: 3, orderBy: ${orderBy}) { nodes { id createdAt } pageInfo { endCursor hasNextPage } } }`,
			);
			return data.notices;
		};
		const [oldest, newest] = [await pageOf('CREATED_AT_ASC'), await pageOf('CREATED_AT_DESC')];
		const times = (page: { nodes: { createdAt: string }[] }) => page.nodes.map(({ createdAt }) => createdAt);
		expect(times(oldest)).toEqual(times(oldest).toSorted());
		expect(times(newest)).toEqual(times(newest).toSorted().reverse());
		const { data } = await scene.api.ask(
			owner(),
			`{ notices(first: 3, orderBy: CREATED_AT_ASC, after: "${oldest.pageInfo.endCursor}") { nodes { id } } }`,
		);
		expect(data.notices.nodes).toHaveLength(3);
		expect(oldest.nodes).not.toContainEqual(data.notices.nodes[0]);
		const [{ id }] = newest.nodes;
		const found = await scene.api.ask(owner(), `{ node(id: "${id}") { ... on Notice { id kind } } }`);
		expect(found.data.node).toEqual({ id, kind: expect.any(String) });
	});

	it('of the viewer are the owner’s own list for an owner', async () => {
		const { data } = await scene.api.ask(owner(), '{ notices { nodes { id } } viewer { notices { nodes { id } } } }');
		expect(data.viewer.notices).toEqual(data.notices);
	});
});
