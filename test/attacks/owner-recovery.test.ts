import type { Row, Sql } from 'postgres';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { OperatorPrincipal } from '../../src/access/index.ts';
import { setFirmSuspended } from '../../src/firms/index.ts';
import { idOf, makeRecovering, type Recovering } from '../firms/recovering.ts';
import type { Person } from '../support/person.ts';

let all: Recovering;
let scene: Recovering['scene'];
beforeAll(async () => {
	all = await makeRecovering();
	scene = all.scene;
});
afterAll(() => scene?.installation.close());
beforeEach(() => all.endAll());

describe('attacks by the platform', () => {
	it('one person with several accounts does not count as two', async () => {
		await all.request();
		await expect(all.approve(all.one)).rejects.toMatchObject({ code: 'FORBIDDEN' });
		const alias = await all.addApprover();
		await scene.admin`update users set person_id = ${all.one.person} where id = ${alias.user}`;
		await scene.installation.proofs.operator(alias.user);
		await expect(all.approve(alias)).rejects.toMatchObject({ code: 'FORBIDDEN' });
		// The database requires two persons too, independent of the application.
		await scene.admin`update owner_recoveries set approved_by = ${alias.user} where id in ${scene.admin(await all.openIds())}`;
		await all.witness();
		await all.seenAgo('73 hours');
		await expect(all.complete()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('two persons'),
		});
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
	});

	it('repeated requests and cancellations are folded into few notices, while each approval has its own', async () => {
		const { admin } = scene;
		const [was] = await admin`select notices_before_folding from request_limits`;
		await admin`update request_limits set notices_before_folding = 2`;
		// Makes earlier notices too old to count.
		await admin`update notices set created_at = created_at - interval '2 hours'`;
		const [row] = await admin`select clock_timestamp() as now`;
		const told = async () =>
			(
				await admin`select kind, repeats from notices where firm_id = ${scene.north.id} and created_at >= ${row?.now}
					order by created_at, id`
			).map(({ kind, repeats }) => [kind.replace('OWNER_RECOVERY_', ''), repeats]);
		for (let n = 0; n < 4; n++) {
			await all.request(`next-${n}@north.example`, n % 2 ? all.one : all.two, 'Next');
			await all.cancel(n % 2 ? all.two : all.one);
		}
		const folded = [
			['REQUESTED', 0],
			['CANCELLED', 0],
			['REQUESTED', 2],
			['CANCELLED', 2],
		];
		expect(await told()).toEqual(folded);
		await all.request();
		await all.approve();
		await all.witness();
		await scene.api.ask(scene.north.owner, 'mutation { cancelOwnerRecovery { id } }');
		folded.splice(2, 1, ['REQUESTED', 3]);
		expect(await told()).toEqual([...folded, ['APPROVED', 0], ['CANCELLED', 0]]);
		await admin`update request_limits set notices_before_folding = ${was?.notices_before_folding}`;
	});

	it('an approver who was disabled or lost the role since then does not count', async () => {
		const third = await all.addApprover();
		await all.request();
		await all.approve(third);
		await all.witness();
		await all.seenAgo('73 hours');
		await scene.admin`update operators set roles = array['OPERATOR'] where user_id = ${third.user}`;
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });
		await scene.admin`update operators set roles = array['APPROVER'], disabled_at = now() where user_id = ${third.user}`;
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });
		await scene.admin`update operators set disabled_at = null where user_id = ${third.user}`;
		await all.complete();
		await scene.admin`update memberships set role = 'MEMBER' where user_id = ${idOf(scene.north.member)}`;
		await scene.installation.proofs.member(idOf(scene.north.member));
	});

	it('an approver whose row was forged by SQL does not count, and is logged', async () => {
		const refusals = async () =>
			(await scene.entries()).filter(({ action, plane }) => action === 'rights.refuse' && plane === 'cli');
		const forged = { ...all.two, user: idOf(scene.auditor) };
		const [kept] = await scene.admin`select roles from operators where user_id = ${forged.user}`;
		await scene.admin`update operators set roles = array['APPROVER'] where user_id = ${forged.user}`;
		await all.request('member@north.example', forged);
		await expect(all.approve(all.one)).rejects.toMatchObject({ code: 'CONFLICT' });
		expect((await refusals()).at(-1)).toMatchObject({ records: [forged.user], decision: 'DENIED' });
		await all.cancel();
		await all.request();
		await scene.admin`update owner_recoveries set approved_by = ${forged.user} where id in ${scene.admin(await all.openIds())}`;
		await all.witness();
		await all.seenAgo('73 hours');
		await expect(all.complete()).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
		await scene.admin`update operators set roles = ${kept?.roles} where user_id = ${forged.user}`;
	});

	it('a person does not become the owner after SQL has changed their account or row', async () => {
		const member = idOf(scene.north.member);
		const changes = [
			[(tx: Sql) => tx`update users set subject = 'thief' where id = ${member}`, 'users'],
			[(tx: Sql) => tx`update users set person_id = id where id = ${member}`, 'users'],
			[(tx: Sql) => tx`update memberships set mac = null where user_id = ${member}`, 'memberships'],
		] as const;
		await all.request();
		await all.approve();
		await all.witness();
		await all.seenAgo('73 hours');
		for (const [change, table] of changes) {
			const key = table === 'users' ? 'id' : 'user_id';
			const [kept] = await scene.admin`select * from ${scene.admin(table)} where ${scene.admin(key)} = ${member}`;
			await change(scene.admin);
			await expect(all.complete()).rejects.toMatchObject({
				code: 'FORBIDDEN',
				message: expect.stringContaining('cannot be proven'),
			});
			await scene.admin`update ${scene.admin(table)} set ${scene.admin(kept as Row)} where ${scene.admin(key)} = ${member}`;
		}
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
		await all.cancel();
	});

	it('no one takes a step if their rights cannot be checked now', async () => {
		const unproven: OperatorPrincipal = { ...all.two, proven: false };
		const steps = [
			() => all.request('member@north.example', unproven),
			() => all.approve(unproven),
			() => all.complete(unproven),
			() => all.cancel(unproven),
		];
		for (const step of steps) await expect(step()).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' });
	});

	it('operators of other roles take no step', async () => {
		const auditor: OperatorPrincipal = { ...all.two, roles: new Set(['OPERATOR', 'AUDITOR']) };
		const steps = [
			() => all.request('member@north.example', auditor),
			() => all.approve(auditor),
			() => all.complete(auditor),
			() => all.cancel(auditor),
		];
		for (const step of steps) await expect(step()).rejects.toMatchObject({ code: 'FORBIDDEN' });
	});

	it('suspending a firm ends its recovery, and no new recovery can start', async () => {
		await all.request();
		await all.approve();
		await all.witness();
		await all.seenAgo('73 hours');
		await all.inOffice((admin) => setFirmSuspended(admin, 'north', true));
		await expect(all.complete()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		await expect(all.request()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('suspended'),
		});
		await all.inOffice((admin) => setFirmSuspended(admin, 'north', false));
		await expect(all.complete()).rejects.toMatchObject({ code: 'NOT_FOUND' });
		expect((await all.noticesFor(scene.north.member, 1))[0]).toMatchObject({
			kind: 'OWNER_RECOVERY_CANCELLED',
			actor: null,
		});
		expect(await all.roleOf(scene.north.member)).toBe('MEMBER');
	});
});

describe('notices of a recovery', () => {
	const seenBy = async (token: Person, notice: string) => {
		const { data, errors } = await scene.api.ask(
			token,
			`{ viewer { notices(first: 1) { totalCount nodes { id } } } firm(id: "${scene.north.id}") { ownerRecovery { id } } node(id: "${notice}") { __typename id } }`,
		);
		expect(errors).toEqual([]);
		const { notices } = data.viewer;
		return { newest: notices?.nodes[0].id ?? null, recovery: data.firm?.ownerRecovery?.id ?? null, node: data.node };
	};
	const newestNotice = async (audience: string): Promise<string> => {
		const [row] = await scene.admin`select id from notices
			where firm_id = ${scene.north.id} and audience = ${audience} order by created_at desc limit 1`;
		return row?.id;
	};

	it('go to the firm’s own people; a portal client sees neither the notice nor the recovery', async () => {
		const { id: recovery } = await all.request();
		const id = await newestNotice('EVERYBODY');
		const node = { __typename: 'Notice', id };
		for (const token of [scene.north.owner, scene.north.member])
			expect(await seenBy(token, id)).toEqual({ newest: id, recovery, node });
		expect(await seenBy(scene.north.client, id)).toEqual({ newest: null, recovery: null, node: null });
		for (const token of [scene.operator, scene.approver, scene.auditor])
			expect(await seenBy(token, id)).toEqual({ newest: null, recovery, node: null });
		expect(await seenBy(scene.harbour.owner, id)).toMatchObject({ recovery: null, node: null });
	});

	it('for owners are not found by a member', async () => {
		const id = await newestNotice('OWNERS');
		expect((await seenBy(scene.north.owner, id)).node).toEqual({ __typename: 'Notice', id });
		expect((await seenBy(scene.north.member, id)).node).toBeNull();
	});
});
