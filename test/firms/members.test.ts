import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeScene, type Person, type Scene } from '../attacks/scene.ts';
import { makeWorkspace, shareAll } from '../attacks/workspace.ts';
import { idOf } from '../support/claims.ts';
import { code, NOTICES, peopleOfNorth, REMOVE } from './people-of-north.ts';

const SET =
	'mutation ($input: SetMemberRoleInput!) { setMemberRole(input: $input) { user { id role client { id } } } }';

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

const { owner, add, lastNotice, countNotices, actionsOf } = peopleOfNorth(() => scene);
const tokenOf = (name: string) => scene.installation.person(`${name}@north.example`);

describe('setMemberRole', () => {
	it('takes effect with the next request, notifies the owners, and is logged', async () => {
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

	it('returns the current role if it is the same, without a change or a notice', async () => {
		const { id } = await add('sam', { role: 'CLIENT', clientId: scene.north.clientId });
		const before = await countNotices();
		const input = { userId: id, role: 'CLIENT', clientId: scene.north.clientId };
		const answer = await scene.api.ask(owner(), SET, { input });
		expect(answer.data.setMemberRole.user).toMatchObject({ id, role: 'CLIENT' });
		expect(await actionsOf(answer)).toEqual([]);
		expect(await countNotices()).toBe(before);
	});

	it('refuses a client for anyone outside the portal, and requires one in the portal', async () => {
		const { id } = await add('kim');
		const { clientId } = scene.north;
		for (const input of [{ role: 'MEMBER', clientId }, { role: 'CLIENT' }])
			expect(code(await scene.api.ask(owner(), SET, { input: { userId: id, ...input } }))).toBe('BAD_USER_INPUT');
		const foreign = { userId: id, role: 'CLIENT', clientId: scene.harbour.clientId };
		expect(code(await scene.api.ask(owner(), SET, { input: foreign }))).toBe('NOT_FOUND');
	});
});

describe('removeMember', () => {
	it('takes effect with the next request, and the removed person is still an author but no member', async () => {
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

	it('stays hidden from a portal client, who sees the removed person as any other author', async () => {
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

	it('lets an owner leave, or step down, only while another stays', async () => {
		const me = idOf(scene.harbour.owner);
		const ask = (query: string, input: Record<string, unknown>) => scene.api.ask(scene.harbour.owner, query, { input });
		const [left, steppedDown] = [await ask(REMOVE, { userId: me }), await ask(SET, { userId: me, role: 'MEMBER' })];
		expect([code(left), code(steppedDown)]).toEqual(['CONFLICT', 'CONFLICT']);
		expect(left.errors[0]?.message).toBe('This is the firm’s last owner: make another member an owner first.');
		expect([await actionsOf(left), await actionsOf(steppedDown)]).toEqual([[], []]);
		await ask(SET, { userId: idOf(scene.harbour.member), role: 'OWNER' });
		expect(code(await ask(REMOVE, { userId: me }))).toBe('OK');
		expect(code(await ask(REMOVE, { userId: me }))).toBe('FORBIDDEN');
		const { data } = await scene.api.ask(scene.harbour.member, '{ viewer { role } }');
		expect(data.viewer).toEqual({ role: 'OWNER' });
	});
});

describe('lists of members', () => {
	it('are in order of joining, in pages, with a count', async () => {
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

	it('are those of each firm and each client, even if many are loaded at once', async () => {
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
			'mutation { createClient(input: { name: "Without users" }) { client { id members { totalCount nodes { id } } } } }',
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
	it('are in the requested order, in pages, and found by id', async () => {
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

	it('of the viewer are the firm’s notices if the viewer is an owner', async () => {
		const { data } = await scene.api.ask(owner(), '{ notices { nodes { id } } viewer { notices { nodes { id } } } }');
		expect(data.viewer.notices).toEqual(data.notices);
	});
});
