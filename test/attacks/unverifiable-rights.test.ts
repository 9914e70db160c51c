import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Keyring, PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { leasesOver } from '../leases/by-api.ts';
import type { Answer } from '../support/ask.ts';
import { claimsOf } from '../support/claims.ts';
import { byVariables, type Request } from './bad-input/document.ts';
import { makeFirmRows } from './bad-input/firm-rows.ts';
import { calls } from './bad-input/input-positions.ts';
import { storedRows } from './bad-input/stored-rows.ts';
import { makeScene, type Scene } from './scene.ts';

/** All mutations except the one that gives no access. */
const mutations = calls
	.filter(({ root, field }) => root === 'mutation' && field.name !== 'revokeBreakGlass')
	.map(({ field }) => field.name);
const codesOf = ({ errors }: Answer) => errors.map(({ extensions }) => extensions.code);

let scene: Scene;
let keyring: Keyring;
let note: string;
let leases: readonly [ofOwner: string, ofApprover: string];
const requests = new Map<string, Request>();

/** Disables the RIGHTS keys of the firm and of the platform. */
beforeAll(async () => {
	scene = await makeScene();
	keyring = await openKeyring(scene.installation.config, 'worker');
	note = await scene.write({ title: 'unproven-marker', body: 'unproven-marker' });
	const rows = await makeFirmRows(scene, scene.north);
	for (const call of calls)
		if (call.root === 'mutation')
			requests.set(call.field.name, byVariables(call, await rows.variables(call), { node: '' }));
	const people = { ...scene, owner: scene.north.owner };
	const approved = async () => (await leasesOver(scene.api.ask).approved(people, scene.north.id)).id;
	leases = [await approved(), await approved()];
	requests.set('cancelOwnerRecovery', { query: 'mutation { cancelOwnerRecovery { id } }', byOperator: false });
	for (const firm of [scene.north.id, PLATFORM_FIRM_ID]) await keyring.disableKey(firm);
	// A new process, without cached keys.
	scene = { ...scene, api: await scene.installation.serve() };
});
afterAll(() => scene?.installation.close());

/** The classes of all calls of the keyring since a time. */
async function keysAsked(since: Date): Promise<ReadonlySet<string | undefined>> {
	const entries = (await scene.entries()).filter(
		({ action, at }) => action.startsWith('key.') && new Date(at) >= since,
	);
	return new Set(entries.flatMap(({ keys }) => keys.map((key) => key.class)));
}

describe('while rights cannot be checked', () => {
	it.each([...mutations, 'cancelOwnerRecovery'])('no one can run %s', async (name) => {
		const { query, variables } = requests.get(name) as Request;
		const before = await storedRows(scene.admin);
		for (const token of [scene.north.owner, scene.north.client, scene.operator, scene.approver]) {
			const answer = await scene.api.ask(token, query, variables);
			expect(codesOf(answer)).toEqual(['KEY_UNAVAILABLE']);
			expect(answer.errors[0]?.message).toBe(
				'Nothing can be changed now, except that a lease can be revoked and all sessions can be ended: the key service is unavailable, or refuses the key that proves your rights. Try again later, or ask the person who manages that key.',
			);
			expect(answer.text).not.toContain('unproven-marker');
		}
		expect(await storedRows(scene.admin)).toEqual(before);
	});

	it('an owner and an approver can still revoke a lease, and no one else can', async () => {
		const query = 'mutation ($id: ID!) { revokeBreakGlass(leaseId: $id) { lease { state } } }';
		for (const token of [scene.north.member, scene.north.client, scene.harbour.owner, scene.operator, scene.auditor])
			expect((await scene.api.ask(token, query, { id: leases[0] })).data?.revokeBreakGlass ?? null).toBeNull();
		for (const [index, token] of [scene.north.owner, scene.approver].entries()) {
			const answer = await scene.api.ask(token, query, { id: leases[index] });
			expect([answer.status, answer.text]).toEqual([200, expect.stringContaining('"REVOKED"')]);
			const recorded = (await scene.entriesOf(answer)).map(({ action, lease }) => [action, lease]);
			expect(recorded).toEqual([['lease.revoke', leases[index]]]);
		}
	});

	it('everyone can still end their own sessions', async () => {
		for (const token of [scene.north.owner, scene.north.client, scene.operator]) {
			const answer = await scene.api.ask(token, 'mutation { signOutEverywhere { userId } }');
			expect([answer.status, answer.data?.signOutEverywhere]).toEqual([200, { userId: claimsOf(String(token)).sub }]);
		}
		await scene.admin`update users set sessions_ended_at = null`;
	});

	it('metadata is answered, each content coordinate has one error, and no content key is requested', async () => {
		const since = new Date();
		const query = `{ notes(firmId: "${scene.north.id}") { totalCount nodes { id createdAt title body other: body author { name } } } }`;
		for (const token of [scene.north.owner, scene.north.member]) {
			const answer = await scene.api.ask(token, query);
			expect([answer.status, codesOf(answer)]).toEqual([200, ['KEY_UNAVAILABLE', 'KEY_UNAVAILABLE']]);
			expect(answer.errors.map(({ path }) => path?.at(-1))).toEqual(['title', 'body']);
			expect(answer.data.notes.nodes.length).toBeGreaterThan(0);
			for (const { id, title, body, other } of answer.data.notes.nodes)
				expect([typeof id, title, body, other]).toEqual(['string', null, null, null]);
			const failed = (await scene.entriesOf(answer)).filter(({ action }) => action === 'content.fail');
			expect(failed.map(({ coordinates, reason }) => [coordinates, reason]).sort()).toEqual([
				[['Note.body'], 'KEY_UNAVAILABLE'],
				[['Note.title'], 'KEY_UNAVAILABLE'],
			]);
		}
		const client = await scene.api.ask(
			scene.north.client,
			'{ viewer { role } documents { nodes { id description } } }',
		);
		expect(client.data.viewer.role).toBe('CLIENT');
		expect(new Set(codesOf(client))).toEqual(
			new Set(client.data.documents.nodes.length > 0 ? ['KEY_UNAVAILABLE'] : []),
		);
		expect(await keysAsked(since)).toEqual(new Set(['RIGHTS']));
	});

	it('the platform’s people see only what needs no lease, and no lease works', async () => {
		const read = await scene.api.ask(
			scene.operator,
			'query ($id: ID!) { note(id: $id) { id title } firms { totalCount } }',
			{
				id: note,
			},
		);
		expect(read.errors).toEqual([]);
		expect(read.data).toEqual({ note: { id: note, title: null }, firms: { totalCount: 2 } });
		expect(read.sealed).toEqual([{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 }]);
		const response = await fetch(`${scene.api.url}/graphql`, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				authorization: `Bearer ${scene.operator}`,
				'x-firmseal-lease': uuidv7(),
			},
			body: JSON.stringify({ query: '{ firms { totalCount } }' }),
		});
		expect(response.status).toBe(503);
		expect(await response.text()).toContain('KEY_UNAVAILABLE');
	});

	it('an owner and an auditor read the log', async () => {
		for (const token of [scene.north.owner, scene.auditor]) {
			const { data, errors } = await scene.api.ask(token, '{ auditEntries(first: 3) { nodes { action } } }');
			expect([errors, data.auditEntries.nodes.length]).toEqual([[], 3]);
		}
	});

	it('a row without any MAC is still refused', async () => {
		const [row] =
			await scene.admin`select user_id, mac from memberships where role = 'MEMBER' and firm_id = ${scene.north.id}
			and user_id = (select id from users where email = 'member@north.example')`;
		await scene.admin`update memberships set mac = null where user_id = ${row?.user_id}`;
		const answer = await scene.api.ask(scene.north.member, '{ viewer { id } }');
		expect([answer.status, codesOf(answer)]).toEqual([403, ['FORBIDDEN']]);
		await scene.admin`update memberships set mac = ${row?.mac} where user_id = ${row?.user_id}`;
	});

	it('another firm is unaffected', async () => {
		const id = await scene.write({ title: 'harbour goes on' }, scene.harbour);
		const { data } = await scene.api.ask(scene.harbour.member, `{ note(id: "${id}") { title } }`);
		expect(data.note.title).toBe('harbour goes on');
	});
});

it('everything works again once the keys are available', async () => {
	for (const firm of [scene.north.id, PLATFORM_FIRM_ID]) await keyring.enableKey(firm);
	const { data } = await scene.api.ask(scene.north.member, `{ note(id: "${note}") { title } }`);
	expect(data.note.title).toBe('unproven-marker');
	const answer = await scene.api.ask(
		scene.north.member,
		'mutation { createNote(input: { title: "x" }) { note { id } } }',
	);
	expect(answer.errors).toEqual([]);
});
