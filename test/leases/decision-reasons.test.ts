import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { hashLeaseText, hexOf } from '../../src/leases/request-hash.ts';
import type { Person } from '../support/person.ts';
import type { LeaseAnswer } from './by-api.ts';
import { codes, type HttpStage, idOf, makeHttpStage } from './http-stage.ts';

let stage: HttpStage;
beforeAll(async () => {
	stage = await makeHttpStage();
});
afterEach(() => stage?.endAll());
afterAll(() => stage?.scene.installation.close());

const WHY = 'I have called the client.\nShe knows of it.';
const WHY_NOT = 'The ticket is closed.';

const approve = (token: Person, { id, requestHash }: LeaseAnswer, reason?: string) =>
	stage.scene.api.ask(
		token,
		`mutation ($leaseId: ID!, $requestHash: String!, $reason: String) {
			approveBreakGlass(leaseId: $leaseId, requestHash: $requestHash, reason: $reason) { lease { id state } } }`,
		{ leaseId: id, requestHash, reason },
	);
const deny = (token: Person, leaseId: string, reason?: string) =>
	stage.scene.api.ask(
		token,
		`mutation ($leaseId: ID!, $reason: String) { denyBreakGlass(leaseId: $leaseId, reason: $reason) { lease { id state } } }`,
		{ leaseId, reason },
	);
const see = async (token: Person, id: string) =>
	(
		await stage.scene.api.ask(
			token,
			`query ($id: ID!) { breakGlassLease(id: $id) {
				approvals { userId reason } denial { side userId user { id } reason deniedAt } } }`,
			{ id },
		)
	).data.breakGlassLease;
const reasonsOf = async (token: Person, id: string) =>
	(await see(token, id)).approvals.map(({ reason }: { reason: string | null }) => reason);

describe('the reason of an approval', () => {
	it('of both sides is shown to those who see the reason of the request, and only its hash is in the log', async () => {
		const { owner, approver, operator } = stage.people;
		const lease = await stage.requested();
		const answers = [await approve(owner, lease, `  ${WHY}\n`), await approve(approver, lease, 'Fine.')];
		expect(answers.flatMap(codes)).toEqual([]);
		for (const token of [owner, approver, operator, stage.scene.auditor])
			expect(await reasonsOf(token, lease.id)).toEqual([WHY, 'Fine.']);
		const other = await stage.scene.installation.addOperator('OPERATOR');
		expect(await reasonsOf(other, lease.id)).toEqual([null, null]);
		for (const token of [stage.firm.member, stage.scene.harbour.owner]) expect(await see(token, lease.id)).toBeNull();
		const entries = await stage.scene.admin`
			select leaf from audit_entries where position(${lease.id} in leaf) > 0 order by transaction, sequence`;
		const logged = entries.map(({ leaf }) => JSON.parse(leaf as string));
		expect(logged.filter(({ action }) => action === 'lease.reason').map(({ hash }) => hash)).toEqual(
			[WHY, 'Fine.'].map((text) => hexOf(hashLeaseText(lease.id, text))),
		);
		expect(JSON.stringify(logged)).not.toMatch(/client|Fine/);
	});

	it('is optional', async () => {
		const lease = await stage.requested();
		expect(codes(await stage.leases.approve(stage.people.owner, lease))).toEqual([]);
		expect(await reasonsOf(stage.people.owner, lease.id)).toEqual([null]);
		expect(await stage.scene.admin`select from lease_decision_texts where lease_id = ${lease.id}`).toHaveLength(0);
	});

	it('is refused if it is empty, too long, hides characters or takes too much space', async () => {
		const lease = await stage.requested();
		const hidden = ['\u202e', '\u200b', '\x1b[2J', '\u{e0041}'].map((each) => `fine${each}yes`);
		for (const reason of [' \n', 'x'.repeat(2001), `${'x\n'.repeat(40)}x`, 'a\n\n\nb', ...hidden]) {
			expect(codes(await approve(stage.people.owner, lease, reason))).toEqual(['BAD_USER_INPUT']);
			expect(codes(await deny(stage.people.approver, lease.id, reason))).toEqual(['BAD_USER_INPUT']);
		}
		expect(await stage.stateOf(lease.id)).toBe('REQUESTED');
		expect(codes(await approve(stage.people.owner, lease, 'x'.repeat(2000)))).toEqual([]);
	});

	it('that SQL has changed is not shown, and a changed hash makes the broker refuse the lease', async () => {
		const lease = await stage.requested();
		for (const token of [stage.people.owner, stage.people.approver]) await approve(token, lease, WHY);
		const other = 'Everybody has agreed.';
		await stage.unguarded(
			'lease_decision_texts',
			(sql) =>
				sql`update lease_decision_texts set reason = ${other}
					where lease_id = ${lease.id} and user_id = ${idOf(stage.people.owner)}`,
		);
		expect(await reasonsOf(stage.people.operator, lease.id)).toEqual([null, WHY]);
		await stage.unguarded(
			'lease_approvals',
			(sql) =>
				sql`update lease_approvals set reason_hash = ${Buffer.from(hashLeaseText(lease.id, other))}
					where lease_id = ${lease.id} and user_id = ${idOf(stage.people.owner)}`,
		);
		const broker = await stage.scene.installation.startBroker();
		const answer = await stage.leases.step(stage.people.operator, 'activate', lease.id);
		await broker.stop();
		expect(answer.data.activateBreakGlass.lease.state).toBe('REVOKED');
	});
});

describe('a denial', () => {
	it.each(['FIRM', 'PLATFORM'] as const)(
		'for the %s is told to the person who asked, with its reason',
		async (side) => {
			const { owner, approver, operator } = stage.people;
			const by = side === 'FIRM' ? owner : approver;
			const lease = await stage.requested();
			expect((await see(operator, lease.id)).denial).toBeNull();
			const answer = await deny(by, lease.id, WHY_NOT);
			expect(codes(answer)).toEqual([]);
			const denial = { side, userId: idOf(by), reason: WHY_NOT, deniedAt: expect.any(String) };
			expect((await see(operator, lease.id)).denial).toEqual({ ...denial, user: { id: idOf(by) } });
			expect((await see(owner, lease.id)).denial).toMatchObject(denial);
			const other = await stage.scene.installation.addOperator('OPERATOR');
			expect((await see(other, lease.id)).denial).toMatchObject({ side, userId: idOf(by), reason: null });
			const actions = (await stage.scene.entriesOf(answer)).map(({ action }) => action);
			expect(actions).toEqual(['lease.reason', 'lease.deny']);
		},
	);

	it('without a reason is shown too', async () => {
		const lease = await stage.requested();
		expect(codes(await stage.leases.step(stage.people.owner, 'deny', lease.id))).toEqual([]);
		expect((await see(stage.people.operator, lease.id)).denial).toMatchObject({ side: 'FIRM', reason: null });
	});
});

describe('by SQL', () => {
	it('no login gives a reason to a decision of another transaction, or takes its place, and none changes one', async () => {
		const [asked, denied, explained] = [await stage.requested(), await stage.requested(), await stage.requested()];
		await deny(stage.people.approver, denied.id);
		await approve(stage.people.approver, explained, WHY);
		const run = (work: string) =>
			stage.scene.installation.signIn('operator').begin(async (tx) => {
				await tx`select set_config('role', 'firmseal_operator', true)`;
				await tx.unsafe(work);
			});
		const insert = (lease: string, decision: string) =>
			`insert into lease_decision_texts (lease_id, firm_id, user_id, decision, reason)
				values ('${lease}', '${stage.firm.id}', '${idOf(stage.people.approver)}', '${decision}', 'by SQL')`;
		for (const [lease, decision] of [
			[asked.id, 'APPROVAL'],
			[asked.id, 'DENIAL'],
			[denied.id, 'DENIAL'],
			[explained.id, 'APPROVAL'],
		] as const)
			await expect(run(insert(lease, decision))).rejects.toMatchObject({ code: '23000' });
		for (const change of [`update lease_decision_texts set reason = 'x'`, 'delete from lease_decision_texts'])
			await expect(run(change)).rejects.toMatchObject({ code: '42501' });
		expect(await reasonsOf(stage.people.operator, explained.id)).toEqual([WHY]);
	});
});
