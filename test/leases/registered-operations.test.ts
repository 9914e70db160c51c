import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOperationFiles } from '../../src/api/operations/operation-files.ts';
import type { Answer } from '../support/ask.ts';
import type { TestApi } from '../support/installation.ts';
import { type LeaseStage, makeLeaseStage, until } from './stage.ts';

/** Leases with only the operations that a server of the operator plane answers in production. */
let stage: LeaseStage;
let operators: TestApi;
let firm: TestApi;
let note: string;
beforeAll(async () => {
	stage = await makeLeaseStage();
	await stage.installation.startBroker();
	operators = await stage.installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true });
	firm = await stage.installation.serve({ FIRMSEAL_PLANE: 'firm' });
	const made = await firm.ask(
		stage.firm.member,
		'mutation { createNote(input: { title: "Call", body: "She accepts." }) { note { id } } }',
	);
	note = made.data.createNote.note.id;
});
afterAll(() => stage?.close());

const TEXTS = new Map(readOperationFiles().map(({ name, text }) => [name.replace('.graphql', ''), text]));
type Who = keyof LeaseStage['tokens'];

async function ask(
	who: Who,
	operation: string,
	variables: Readonly<Record<string, unknown>>,
	headers: Readonly<Record<string, string>> = {},
): Promise<Answer> {
	const text = TEXTS.get(operation);
	if (!text) throw new Error(`no operation ${operation}`);
	return operators.ask(stage.tokens[who], text, variables, headers);
}

async function move(who: Who, verb: string, leaseId: string, more: Readonly<Record<string, unknown>> = {}) {
	const { data, errors } = await ask(who, `${verb}-break-glass`, { leaseId, ...more });
	expect(errors).toEqual([]);
	return data[`${verb}BreakGlass`].lease;
}

async function request() {
	const input = {
		firmId: stage.firm.id,
		purpose: 'CUSTOMER_SUPPORT',
		reason: 'The client says that the note of the call is gone.',
		ticket: 'SUP-1042',
		classes: ['NOTE'],
		readBudget: 10,
	};
	const { data, errors } = await ask('requester', 'request-break-glass', { input });
	expect(errors).toEqual([]);
	return data.requestBreakGlass.lease;
}

it('is requested, approved, activated, used, released and reviewed', async () => {
	const lease = await request();
	expect(lease).toMatchObject({
		state: 'REQUESTED',
		reason: 'The client says that the note of the call is gone.',
		minutes: 30,
		approvals: [],
		used: 0,
		firm: { slug: 'north' },
	});
	const { id, requestHash } = lease;
	const listed = await ask('approver', 'break-glass-leases', { filter: { state: 'REQUESTED' }, count: true });
	expect(listed.data.breakGlassLeases).toMatchObject({ nodes: [{ id, requestHash }], totalCount: 1 });
	await move('approver', 'approve', id, { requestHash });
	const byFirm = await firm.ask(
		stage.tokens.owner,
		'mutation ($id: ID!, $hash: String!) { approveBreakGlass(leaseId: $id, requestHash: $hash) { lease { state } } }',
		{ id, hash: requestHash },
	);
	expect(byFirm.data.approveBreakGlass.lease.state).toBe('APPROVED');
	await move('requester', 'activate', id);
	await until(async () => (await stage.stateOf(id)) === 'ACTIVE');

	const read = await ask('requester', 'note-content', { id: note }, { 'x-firmseal-lease': id });
	expect(read.data.note).toMatchObject({ title: 'Call', body: 'She accepts.' });
	const titles = await ask('requester', 'note-titles', { firmId: stage.firm.id }, { 'x-firmseal-lease': id });
	expect(titles.data.notes.nodes).toMatchObject([{ id: note, title: 'Call' }]);

	expect(await move('requester', 'release', id)).toMatchObject({ state: 'RELEASED', used: 3 });
	const after = await ask('requester', 'note-content', { id: note }, { 'x-firmseal-lease': id });
	expect(after.errors.map(({ extensions }) => extensions.code)).toEqual(['LEASE_NOT_ACTIVE']);
	const report = await ask('approver', 'break-glass-openings', { id });
	expect(report.data.breakGlassLease.openings.nodes).toMatchObject([
		{ coordinates: ['Note.title', 'Note.body'], recordIds: [note] },
		{ coordinates: ['Note.title'], recordIds: [note] },
	]);
	expect(await move('second', 'review', id)).toMatchObject({ isReviewed: true, reviewedById: stage.people.second });
	const found = await ask('requester', 'break-glass-lease', { id });
	expect(found.data.breakGlassLease.events.map(({ toState }: { toState: string }) => toState)).toEqual([
		'REQUESTED',
		'APPROVED',
		'ACTIVATING',
		'ACTIVE',
		'RELEASED',
	]);
});

it('is denied, cancelled and revoked', async () => {
	expect(await move('approver', 'deny', (await request()).id)).toMatchObject({ state: 'DENIED' });
	expect(await move('requester', 'cancel', (await request()).id)).toMatchObject({ state: 'CANCELLED' });
	const approved = await stage.approved();
	expect(await move('approver', 'revoke', approved)).toMatchObject({ state: 'REVOKED' });
});

it('opens nothing through an operation that is not registered', async () => {
	const lease = await stage.active();
	const { status, data, errors } = await operators.ask(
		stage.tokens.requester,
		`{ note(id: "${note}") { title } }`,
		{},
		{ 'x-firmseal-lease': lease },
	);
	expect([status, data, errors.map(({ extensions }) => extensions.code)]).toEqual([403, undefined, ['FORBIDDEN']]);
	expect((await stage.find(lease)).state).toBe('ACTIVE');
	const [budget] = await stage.installation.admin`select used from lease_budgets where lease_id = ${lease}`;
	expect(Number(budget?.used)).toBe(0);
	const entries = (await stage.entries(lease)).map(({ action }) => action);
	expect(entries).toContain('request.deny');
	expect(entries.filter((action) => /^(content|lease\.use)/.test(action))).toEqual([]);
});
