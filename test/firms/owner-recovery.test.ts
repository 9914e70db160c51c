import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Person } from '../support/person.ts';
import { idOf, makeRecovering, type Recovering } from './recovering.ts';

let all: Recovering;
let scene: Recovering['scene'];
beforeAll(async () => {
	all = await makeRecovering();
	scene = all.scene;
});
afterAll(() => scene?.installation.close());
beforeEach(() => all.endAll());

const recoveryOf = async (token: Person) =>
	(
		await scene.api.ask(
			token,
			'{ viewer { firm { ownerRecovery { id user { id } requestedAt approvedAt possibleAt } } } }',
		)
	).data.viewer.firm.ownerRecovery;
/** Pretends that the firm's plane saw the open recovery this many hours ago. */
async function inHours(hours: number): Promise<string> {
	const [row] = await scene.admin`select seen_at from owner_recoveries where id in ${scene.admin(await all.openIds())}`;
	return new Date(row?.seen_at.getTime() + hours * 3_600_000).toISOString();
}
const lastAction = async () => (await scene.entries()).findLast(({ action }) => action.startsWith('recovery.'));

describe('an owner recovery', () => {
	it('is requested, approved by another person and completed 72 hours later, visibly to the firm’s own people', async () => {
		const member = idOf(scene.north.member);
		const user = { id: member };
		const { id } = await all.request();
		expect(await recoveryOf(scene.north.member)).toMatchObject({ id, approvedAt: null, possibleAt: null });
		const noticeOf = (kind: string) => ({ kind: `OWNER_RECOVERY_${kind}`, role: 'OWNER', actor: null, user });
		for (const token of [scene.north.owner, scene.north.member])
			expect(await all.noticesFor(token, 1)).toEqual([noticeOf('REQUESTED')]);
		expect(await lastAction()).toMatchObject({
			action: 'recovery.request',
			firm: scene.north.id,
			records: [member],
			plane: 'cli',
			actor: { kind: 'operator', user: all.one.user, roles: ['APPROVER'] },
		});
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });

		const { approvedAt, possibleAt } = await all.approve();
		expect(possibleAt).toBeNull();
		expect(await lastAction()).toMatchObject({ action: 'recovery.approve', actor: { user: all.two.user } });
		await all.witness();
		expect(await recoveryOf(scene.north.member)).toEqual({
			id,
			user,
			requestedAt: expect.any(String),
			approvedAt: approvedAt?.toISOString(),
			possibleAt: await inHours(72),
		});
		expect(await all.noticesFor(scene.north.member, 1)).toEqual([noticeOf('APPROVED')]);
		await all.witness();
		expect((await recoveryOf(scene.north.member)).possibleAt).toBe(await inHours(72));
		expect(await all.noticesFor(scene.north.member, 2)).toEqual([noticeOf('APPROVED'), noticeOf('REQUESTED')]);
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });
		await all.seenAgo('71 hours 59 minutes');
		await expect(all.complete()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('72 hours'),
		});
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');

		await all.seenAgo('72 hours');
		await all.complete();
		expect(await all.roleOf(scene.north.member)).toBe('OWNER');
		expect(await recoveryOf(scene.north.owner)).toBeNull();
		expect(await all.noticesFor(scene.north.member, 2)).toEqual([noticeOf('COMPLETED'), noticeOf('APPROVED')]);
		expect(await lastAction()).toMatchObject({
			action: 'recovery.complete',
			records: [member],
			actor: { user: all.one.user },
		});
		await expect(all.complete()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await scene.admin`update memberships set role = 'MEMBER' where user_id = ${member}`;
		await scene.installation.proofs.member(member);
	});

	it('can make a former member or a portal user an owner', async () => {
		const client = idOf(scene.north.client);
		const { clientId } = scene.north;
		await scene.admin`update memberships set removed_at = now() where user_id = ${client}`;
		await scene.installation.proofs.member(client);
		await all.request('CLIENT@north.example');
		await all.approve();
		await all.witness();
		await all.seenAgo('73 hours');
		await all.complete(all.two);
		expect(await all.roleOf(scene.north.client)).toBe('OWNER');
		await scene.admin`update memberships set role = 'CLIENT', client_id = ${clientId} where user_id = ${client}`;
		await scene.installation.proofs.member(client);
	});

	it('can be cancelled by any owner, who is named, and by the platform', async () => {
		const { id } = await all.request();
		const answer = await scene.api.ask(scene.north.owner, 'mutation { cancelOwnerRecovery { id } }');
		expect(answer.data.cancelOwnerRecovery).toEqual({ id });
		const [notice] = await all.noticesFor(scene.north.member, 1);
		expect(notice).toMatchObject({ kind: 'OWNER_RECOVERY_CANCELLED', actor: { id: idOf(scene.north.owner) } });
		expect((await scene.entriesOf(answer)).map(({ action, records }) => ({ action, records }))).toEqual([
			{ action: 'recovery.cancel', records: [idOf(scene.north.member)] },
		]);
		const again = await scene.api.ask(scene.north.owner, 'mutation { cancelOwnerRecovery { id } }');
		expect(again.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
		await expect(all.approve()).rejects.toMatchObject({ code: 'NOT_FOUND' });

		await all.request();
		expect((await scene.api.ask(scene.harbour.owner, 'mutation { cancelOwnerRecovery { id } }')).errors).toHaveLength(
			1,
		);
		expect(await all.cancel(all.two)).toBe(
			(await scene.admin`select id from owner_recoveries order by requested_at desc`)[0]?.id,
		);
		expect((await all.noticesFor(scene.north.member, 1))[0]).toMatchObject({
			kind: 'OWNER_RECOVERY_CANCELLED',
			actor: null,
		});
		await expect(all.cancel()).rejects.toMatchObject({ code: 'NOT_FOUND' });
	});

	it('is refused while another is open, and for a person who cannot be the owner', async () => {
		await all.request();
		await expect(all.request('client@north.example', all.two)).rejects.toMatchObject({ code: 'CONFLICT' });
		await all.cancel();
		const outcomes = await Promise.allSettled([all.request(), all.request('client@north.example', all.two)]);
		expect(outcomes.map(({ status }) => status).sort()).toEqual(['fulfilled', 'rejected']);
		await all.cancel();
		const [operator] = await scene.admin`select email from users where id = ${idOf(scene.operator)}`;
		const refused = [
			['owner@north.example', 'CONFLICT'],
			// Addresses are unique within a firm only.
			['member@harbour.example', 'NOT_FOUND'],
			[operator?.email, 'NOT_FOUND'],
			['nobody@north.example', 'NOT_FOUND'],
		];
		for (const [email, code] of refused) await expect(all.request(email)).rejects.toMatchObject({ code });
		const elsewhere = [idOf(scene.harbour.member), idOf(scene.operator)].map((subject) =>
			all.request('new@north.example', all.one, 'New', subject).then(
				() => 'asked',
				({ code, message }) => `${code} ${message}`,
			),
		);
		const [first, ...others] = await Promise.all(elsewhere);
		expect(first).toMatch(/^CONFLICT This person already belongs to a firm or to the platform/);
		expect(others).toEqual([first]);
		expect(await all.openIds()).toEqual([]);
	});

	it('is refused if the person has become a member elsewhere meanwhile', async () => {
		const email = 'wanderer@north.example';
		const { userId } = await all.request(email, all.one, 'Wanderer');
		expect((await recoveryOf(scene.north.owner)).user).toBeNull();
		const token = await scene.installation.person(email);
		expect((await scene.api.ask(token, '{ viewer { id } }')).errors[0]?.extensions.code).toBe('FORBIDDEN');
		await all.approve();
		await all.witness();
		await all.seenAgo('73 hours');
		await scene.admin`insert into memberships (firm_id, user_id, role) values (${scene.harbour.id}, ${userId}, 'MEMBER')`;
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(await scene.admin`select from memberships where user_id = ${userId} and role = 'OWNER'`).toHaveLength(0);
	});
});

it('a server that cannot see recoveries still serves, and logs that', async () => {
	await scene.admin`revoke execute on function witness_owner_recoveries() from firmseal_firm`;
	const api = await scene.installation.serve();
	await scene.admin`grant execute on function witness_owner_recoveries() to firmseal_firm`;
	expect((await api.ask(scene.north.owner, '{ viewer { role } }')).data.viewer).toEqual({ role: 'OWNER' });
	expect(api.lines.filter((line) => line.includes('pending owner recoveries could not be checked'))).toHaveLength(1);
	await api.stop();
});
