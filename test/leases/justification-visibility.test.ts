import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Person } from '../support/person.ts';
import { watchStatements } from '../support/watch-statements.ts';
import { LEASE, type LeaseAnswer } from './by-api.ts';
import { codes, type HttpStage, idOf, makeHttpStage } from './http-stage.ts';

let stage: HttpStage;
/** ACTIVE, with a note read under it twice. */
let used: LeaseAnswer;
let note: string;
let other: LeaseAnswer;
let otherOperator: Person;
beforeAll(async () => {
	stage = await makeHttpStage();
	const { scene, people, leases } = stage;
	const broker = await scene.installation.startBroker();
	note = await scene.write({ title: 'the title', body: 'the body' });
	used = await stage.approved({ readBudget: 100 });
	await leases.step(people.operator, 'activate', used.id);
	for (const fields of ['title', 'title body']) expect(codes(await read(people.operator, used.id, fields))).toEqual([]);
	// Its statements must not be counted.
	await broker.stop();
	otherOperator = await scene.installation.addOperator('OPERATOR');
	other = await leases.requested(otherOperator, scene.harbour.id, { purpose: 'INCIDENT' });
});
afterAll(() => stage?.scene.installation.close());

const read = (token: Person, lease: string, fields: string) =>
	stage.scene.api.ask(token, `{ note(id: "${note}") { ${fields} } }`, {}, { 'x-firmseal-lease': lease });

const SEE = `query ($id: ID!) {
	breakGlassLease(id: $id) { ${LEASE} openings { totalCount nodes { id at requestId coordinates recordIds } } }
	node(id: $id) { id ... on BreakGlassLease { reason ticket openings { totalCount } } }
}`;
const see = (token: Person, id: string) => stage.scene.api.ask(token, SEE, { id });

describe('reason, ticket and report', () => {
	it('are visible to the firm’s owners, the requester, approvers and auditors', async () => {
		for (const token of [stage.people.owner, stage.people.operator, stage.people.approver, stage.scene.auditor]) {
			const answer = await see(token, used.id);
			expect(answer.errors).toEqual([]);
			expect(answer.data.breakGlassLease).toMatchObject({ reason: used.reason, ticket: 'SUP-1042', used: 3 });
			expect(answer.data.breakGlassLease.openings).toMatchObject({
				totalCount: 2,
				nodes: [
					{ coordinates: ['Note.title'], recordIds: [note] },
					{ coordinates: ['Note.title', 'Note.body'], recordIds: [note] },
				],
			});
			expect(answer.data.node).toEqual({
				id: used.id,
				reason: used.reason,
				ticket: 'SUP-1042',
				openings: { totalCount: 2 },
			});
			expect((await stage.scene.entriesOf(answer)).map(({ action, firm }) => [action, firm])).toEqual([
				['log.read', stage.firm.id],
			]);
		}
	});

	it('are null for another operator, who sees that there is a lease', async () => {
		const answer = await see(otherOperator, used.id);
		expect(answer.data.breakGlassLease).toMatchObject({ state: 'ACTIVE', reason: null, ticket: null, openings: null });
		expect(answer.data.node).toEqual({ id: used.id, reason: null, ticket: null, openings: null });
		expect(answer.text).not.toMatch(/October|SUP-1042/);
		expect(await stage.scene.entriesOf(answer)).toEqual([]);
	});

	it('and the lease itself do not exist for members, clients and other firms', async () => {
		for (const token of [stage.firm.member, stage.firm.client, stage.scene.harbour.owner]) {
			const { data, errors } = await see(token, used.id);
			expect([data, errors]).toEqual([{ breakGlassLease: null, node: null }, []]);
		}
	});

	it('are paged in the report', async () => {
		const page = async (args: string) =>
			(
				await stage.scene.api.ask(
					stage.people.owner,
					`{ breakGlassLease(id: "${used.id}") { openings(${args}) { nodes { id } pageInfo { hasNextPage endCursor } } } }`,
				)
			).data.breakGlassLease.openings;
		const first = await page('first: 1');
		expect(first.pageInfo.hasNextPage).toBe(true);
		const second = await page(`first: 1, after: "${first.pageInfo.endCursor}"`);
		expect(second.pageInfo.hasNextPage).toBe(false);
		expect((await page('last: 2')).nodes).toEqual([...first.nodes, ...second.nodes]);
	});

	it('show no refusal and no reading by members in the report', async () => {
		await stage.scene.api.ask(stage.firm.member, `{ note(id: "${note}") { title } }`);
		await stage.scene.api.ask(stage.people.operator, `{ note(id: "${note}") { title } }`);
		await read(otherOperator, used.id, 'title');
		expect((await see(stage.people.owner, used.id)).data.breakGlassLease.openings.totalCount).toBe(2);
	});
});

describe('people', () => {
	it('of the platform are visible to the platform, and to the firm as ids', async () => {
		const asOwner = (await see(stage.people.owner, used.id)).data.breakGlassLease;
		expect(asOwner).toMatchObject({ requestedById: idOf(stage.people.operator), requester: null });
		expect(asOwner.approvals).toMatchObject([
			{ side: 'FIRM', user: { id: idOf(stage.people.owner) } },
			{ side: 'PLATFORM', userId: idOf(stage.people.approver), user: null },
		]);
		const asOperator = (await see(stage.people.operator, used.id)).data.breakGlassLease;
		expect(asOperator.requester).toEqual({ id: idOf(stage.people.operator) });
		expect(asOperator.approvals.map(({ user }: { user: { id: string } | null }) => user?.id)).toEqual([
			idOf(stage.people.owner),
			idOf(stage.people.approver),
		]);
		const asApprover = (await see(stage.people.approver, used.id)).data.breakGlassLease;
		expect(asApprover.approvals.map(({ user }: { user: { id: string } | null }) => user?.id)).toEqual([
			undefined,
			idOf(stage.people.approver),
		]);
	});
});

describe('the list', () => {
	const list = async (token: Person, args = '') =>
		stage.scene.api.ask(
			token,
			`{ breakGlassLeases${args && `(${args})`} { totalCount nodes { id } pageInfo { hasNextPage endCursor } } }`,
		);
	const idsIn = async (token: Person, args = '') => {
		const { data, text } = await list(token, args);
		if (!data?.breakGlassLeases) throw new Error(text);
		const { nodes, totalCount } = data.breakGlassLeases;
		expect(totalCount).toBe(nodes.length);
		return nodes.map(({ id }: { id: string }) => id);
	};

	it('is of the own firm for owners, and of all firms, or one, for the platform', async () => {
		expect(await idsIn(stage.people.owner)).toEqual([used.id]);
		expect(await idsIn(stage.people.owner, `firmId: "${stage.scene.harbour.id}"`)).toEqual([]);
		expect(await idsIn(stage.scene.harbour.owner)).toEqual([other.id]);
		for (const token of [stage.people.operator, stage.people.approver, stage.scene.auditor]) {
			expect(await idsIn(token)).toEqual([other.id, used.id]);
			expect(await idsIn(token, 'orderBy: REQUESTED_AT_ASC')).toEqual([used.id, other.id]);
			expect(await idsIn(token, `firmId: "${stage.firm.id}"`)).toEqual([used.id]);
		}
		for (const token of [stage.firm.member, stage.firm.client]) expect(codes(await list(token))).toEqual(['FORBIDDEN']);
	});

	it('can be filtered by state, requester and review', async () => {
		expect(await idsIn(stage.scene.auditor, 'filter: { state: ACTIVE }')).toEqual([used.id]);
		expect(await idsIn(stage.scene.auditor, 'filter: { state: EXPIRED }')).toEqual([]);
		expect(await idsIn(stage.scene.auditor, `filter: { requestedById: "${idOf(otherOperator)}" }`)).toEqual([other.id]);
		expect(await idsIn(stage.scene.auditor, 'filter: { isReviewed: true }')).toEqual([]);
		expect(await idsIn(stage.scene.auditor, 'filter: { isReviewed: false, state: null }')).toEqual([other.id, used.id]);
	});

	it('loads the parts of two leases in as many statements as those of one', async () => {
		const query = (args: string) =>
			`{ breakGlassLeases${args} { nodes { ${LEASE} openings { totalCount nodes { id } } } } }`;
		const watch = watchStatements();
		const count = async (args: string) => {
			watch.take();
			const { data, errors } = await stage.scene.api.ask(stage.scene.auditor, query(args));
			expect(errors).toEqual([]);
			return { leases: data.breakGlassLeases.nodes.length, statements: watch.take().length };
		};
		try {
			await count('');
			const one = await count('(filter: { state: ACTIVE })');
			const two = await count('');
			expect([one.leases, two.leases]).toEqual([1, 2]);
			expect(two.statements).toBe(one.statements);
		} finally {
			watch.end();
		}
	});
});
