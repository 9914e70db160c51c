import { getTableName } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, RIGHTS, type Role } from '../../src/access/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { WORKSPACE, workspaceType } from '../../src/firms/index.ts';
import { argumentsOf, isRequired } from '../firms/kinds.ts';
import { proven, put } from '../jobs/forged-jobs.ts';
import { makeAlert } from '../support/alerts.ts';
import { filesAt } from '../support/files.ts';
import { type Person, publishLog, type TestFirm } from '../support/installation.ts';
import { isOfLease, leaseDocuments } from './lease-documents.ts';
import { EXPECTED, ROLES } from './matrix-expected.ts';
import { claimsOf, makeScene, type Scene } from './scene.ts';
import { makeWorkspace, shareAll, type Workspace } from './workspace.ts';

/** Whether each role finds an object of each type by `node`, if it is shared with the client. */
const FOUND = Object.entries({
	//                OMC OAA
	Client: '         yyn ynn',
	Thread: '         yyy ynn',
	Message: '        yyy ynn',
	Document: '       yyy ynn',
	DocumentVersion: 'yyy ynn',
	Invoice: '        yyy ynn',
	InvoiceLineItem: 'yyy ynn',
	Comment: '        yyn ynn',
	Note: '           yyn ynn',
	TimeEntry: '      yyn ynn',
}).map(([type, row]) => [type, row.replaceAll(' ', '')] as const);

let scene: Scene;
/** Shared workspaces: `lasting` for reads, `changing` for writes that delete nothing. */
let lasting: Workspace;
let changing: Workspace;
let leases: ReturnType<typeof leaseDocuments>;
let job: string;
beforeAll(async () => {
	scene = await makeScene();
	[lasting, changing] = await Promise.all([makeShared(scene.north), makeShared(scene.north)]);
	leases = leaseDocuments(scene);
	await makeAlert(scene.admin, scene.north.id);
	const asked = { firmId: scene.north.id, kind: 'DESTROY', class: 'NOTE', version: 9 } as const;
	job = await put(scene.installation, { ...(await proven(scene.installation, asked)), state: 'WAITING' });
	await publishLog(scene.installation);
	await scene.installation.startBroker();
});
afterAll(() => scene?.installation.close());

async function makeShared(firm: TestFirm): Promise<Workspace> {
	const work = await makeWorkspace(scene, firm);
	await shareAll(scene, firm, work);
	await filesAt(scene.api.url).put(firm.member, work.ids.document, 'the file');
	return work;
}

const fieldOf = (type: string) => type.charAt(0).toLowerCase() + type.slice(1);

/** A document that calls the operation on objects of the firm. */
async function documentFor(operation: Operation, firm: TestFirm, { ids, marker }: Workspace): Promise<string> {
	const change: Record<string, string> = {
		Client: 'name: "changed"',
		Message: 'body: "changed"',
		Document: 'description: "changed"',
		Comment: 'text: "changed"',
		Note: 'title: "changed"',
		Invoice: 'memo: "changed"',
		TimeEntry: 'description: "changed"',
	};
	const make: Record<string, string> = {
		Client: 'name: "made"',
		Thread: '',
		Message: `threadId: "${ids.thread}", body: "made"`,
		Document: 'name: "made", mimeType: "text/plain", description: "made"',
		DocumentVersion: `documentId: "${ids.document}", changeSummary: "made"`,
		Comment: `about: { documentId: "${ids.document}" }, text: "made"`,
		Note: 'title: "made"',
		Invoice: `number: "${uuidv7()}", currency: "EUR", total: "1", memo: "made"`,
		TimeEntry: 'minutes: 1, startedAt: "2026-01-01T00:00:00.000Z", description: "made"',
	};
	if (operation === 'acknowledgeAlert')
		return `mutation { acknowledgeAlert(input: { id: "${await makeAlert(scene.admin, firm.id)}" }) { alert { id isAcknowledged } } }`;
	if (isOfLease(operation)) return leases.documentFor(operation, firm);
	if (operation === 'createDownload')
		return `mutation { createDownload(input: { documentId: "${ids.document}" }) { path } }`;
	const [, verb, type = ''] = /^(create|update|delete)(\w+)$/.exec(operation) ?? [];
	if ((verb === 'create' && make[type] === undefined) || (verb === 'update' && change[type] === undefined))
		throw new Error(`Add the input of ${operation} to documentFor() in test/attacks/matrix.test.ts.`);
	if (verb === 'create')
		return `mutation { ${operation}(input: { ${make[type]} }) { ${fieldOf(type)} { id firmId } } }`;
	if (verb) {
		const id = ids[fieldOf(type) as keyof typeof ids];
		const [row] = await scene.admin`select revision from ${scene.admin(tableOf(type))} where id = ${id}`;
		const input = `id: "${id}", expectedRevision: ${row?.revision}`;
		return verb === 'update'
			? `mutation { ${operation}(input: { ${input}, ${change[type]} }) { ${fieldOf(type)} { id } } }`
			: `mutation { ${operation}(input: { ${input} }) { id } }`;
	}
	const share = `clientId: "${firm.clientId}", subject: { documentId: "${ids.document}" }`;
	const member = /^(setMemberRole|removeMember)$/.test(operation) ? await memberOf(firm) : '';
	const invitation = /^(accept|revoke)Invitation$/.test(operation) ? await invite(firm) : { id: '', secret: '' };
	const documents: Record<string, string> = {
		viewer: '{ viewer { id } }',
		signOutEverywhere: 'mutation { signOutEverywhere { userId } }',
		firm: `{ firm(id: "${firm.id}") { id } }`,
		firms: '{ firms { nodes { id } } }',
		node: `{ node(id: "${ids.note}") { id ... on Note { title } } }`,
		client: `{ client(id: "${ids.client}") { id name } }`,
		timeEntry: `{ timeEntry(id: "${ids.timeEntry}") { id description } }`,
		clients: `{ clients(firmId: "${firm.id}") { nodes { id name } } }`,
		documents: `{ documents(firmId: "${firm.id}") { nodes { id description versions { changeSummary } } } }`,
		document: `{ document(id: "${ids.document}") { id description } }`,
		threads: `{ threads(firmId: "${firm.id}") { nodes { id messages { nodes { body } } } } }`,
		thread: `{ thread(id: "${ids.thread}") { id messages { nodes { body } } } }`,
		messages: `{ messages(firmId: "${firm.id}", threadId: "${ids.thread}") { nodes { id body } } }`,
		message: `{ message(id: "${ids.message}") { id body } }`,
		invoices: `{ invoices(firmId: "${firm.id}") { nodes { id memo lineItems { description } } } }`,
		invoice: `{ invoice(id: "${ids.invoice}") { id memo } }`,
		notes: `{ notes(firmId: "${firm.id}") { nodes { id title } } }`,
		note: `{ note(id: "${ids.note}") { id title } }`,
		timeEntries: `{ timeEntries(firmId: "${firm.id}") { nodes { id description } } }`,
		auditEntries: `{ auditEntries(firmId: "${firm.id}") { nodes { id firmId } } }`,
		auditCheckpoint: `{ auditCheckpoint(firmId: "${firm.id}") { firmId size note } }`,
		auditInclusionProof: `{ auditInclusionProof(entryId: "${await entryOf(firm)}") { index file } }`,
		auditConsistencyProof: `{ auditConsistencyProof(firmId: "${firm.id}", from: 0, to: 1) { hashes } }`,
		notices: '{ notices { nodes { id } } }',
		alerts: '{ alerts { nodes { id rule count } } }',
		shareWithClient: `mutation { shareWithClient(input: { ${share} }) { client { id } } }`,
		unshareWithClient: `mutation { unshareWithClient(input: { ${share} }) { client { id } } }`,
		inviteMember: `mutation { inviteMember(input: { email: "${marker}@x.example", name: "N", role: MEMBER }) { path } }`,
		acceptInvitation: `mutation { acceptInvitation(input: { invitation: "${invitation.secret}" }) { userId } }`,
		revokeInvitation: `mutation { revokeInvitation(input: { invitationId: "${invitation.id}" }) { invitation { id } } }`,
		setFirmSignIn: 'mutation { setFirmSignIn(input: { issuers: [], domains: [] }) { firm { signIn { domains } } } }',
		setMemberRole: `mutation { setMemberRole(input: { userId: "${member}", role: MEMBER }) { user { id } } }`,
		removeMember: `mutation { removeMember(input: { userId: "${member}" }) { user { id } } }`,
		cancelOwnerRecovery: 'mutation { cancelOwnerRecovery { id } }',
		setFirmAccessPolicy:
			'mutation { setFirmAccessPolicy(input: { policy: APPROVE, approvers: 1 }) { firm { accessPolicy { policy } } } }',
		firmKeys: '{ firmKeys { class version state } }',
		rotateFirmKey: 'mutation { rotateFirmKey(input: { class: RIGHTS }) { jobId } }',
		keyLog: '{ keyLog { size entries } }',
		keyWraps: `{ keyWraps(class: "NOTE", recipient: "${'0'.repeat(64)}") }`,
		resealing: '{ resealing { class count } }',
		recordsToReseal: '{ recordsToReseal(class: "NOTE") { id } }',
		returnRecords: `mutation { returnRecords(input: { class: "NOTE", records: [{ type: "Note", id: "${ids.note}", revision: 1, fields: [] }] }) { returnedIds } }`,
		resealRecords: `mutation { resealRecords(input: { class: "NOTE", records: [{ type: "Note", id: "${ids.note}", revision: 1, sealed: { stamp: "{}", fields: [] } }] }) { resealedIds } }`,
		recoveryShares: `{ recoveryShares(recipient: "${'0'.repeat(64)}") { person } }`,
		deviceRequests: '{ deviceRequests { id } }',
		appendKeyLog: 'mutation { appendKeyLog(input: { entries: ["{}"] }) { keyLog { size } } }',
		addKeyWraps: 'mutation { addKeyWraps(input: { wraps: ["{}"] }) { count } }',
		requestDevice: `mutation { requestDevice(input: { commitment: "${'0'.repeat(64)}" }) { request { id } } }`,
		challengeDevice: `mutation { challengeDevice(input: { id: "${uuidv7()}", challenge: "${'A'.repeat(43)}=", genesis: "${'0'.repeat(64)}", head: "${'0'.repeat(64)}" }) { request { id } } }`,
		revealDevice: `mutation { revealDevice(input: { id: "${uuidv7()}", reveal: "${'A'.repeat(43)}=", statement: "{}" }) { request { id } } }`,
		endDevice: `mutation { endDevice(input: { id: "${uuidv7()}", reason: REFUSED }) { request { id } } }`,
		releaseShare: `mutation { releaseShare(input: { id: "${uuidv7()}", releasedBy: "${'0'.repeat(64)}", share: "AAAA" }) { request { id } } }`,
		ownerProposals: '{ ownerProposals { id } }',
		proposeToOwners: 'mutation { proposeToOwners(input: { kind: "key.retire", body: "{}" }) { proposal { id } } }',
		agreeToProposal: `mutation { agreeToProposal(input: { id: "${uuidv7()}", agreement: "{}" }) { proposal { id } } }`,
		endProposal: `mutation { endProposal(input: { id: "${uuidv7()}" }) { proposal { id } } }`,
		firmJobs: '{ firmJobs { id kind state } }',
		jobs: `{ jobs(filter: { firmId: "${firm.id}" }) { nodes { id kind state } } }`,
		job: `{ job(id: "${job}") { id kind state } }`,
		approveJob: `mutation { approveJob(input: { jobId: "${uuidv7()}", requestHash: "${'0'.repeat(64)}" }) { job { id } } }`,
		denyJob: `mutation { denyJob(input: { jobId: "${uuidv7()}" }) { job { id } } }`,
		requestBreakGlass: leases.requestDocument(firm),
	};
	if (!documents[operation])
		throw new Error(`Add a document for ${operation} to documentFor() in test/attacks/matrix.test.ts.`);
	return documents[operation];
}

/** The first entry of a firm's log. */
async function entryOf(firm: TestFirm): Promise<string> {
	const [row] = await scene.admin`select entry_id from audit_leaves where tree = ${firm.id} and index = 0`;
	return row?.entry_id;
}

const tableOf = (type: string): string => getTableName(workspaceType(type).table);

/** Adds a member who never signs in, and returns their id. */
const memberOf = async (firm: TestFirm): Promise<string> =>
	(await scene.installation.addMember(firm.owner, { email: `${uuidv7()}@x.example` })).id;

async function invite(firm: TestFirm) {
	const input = `input: { email: "${uuidv7()}@x.example", name: "N", role: MEMBER }`;
	const { data } = await scene.api.ask(firm.owner, `mutation { inviteMember(${input}) { invitation { id } path } }`);
	const { invitation, path } = data.inviteMember;
	return { id: invitation.id as string, secret: path.split('=')[1] as string };
}

const tokenOf = (role: Role): Person =>
	({
		OWNER: scene.north.owner,
		MEMBER: scene.north.member,
		CLIENT: scene.north.client,
		OPERATOR: scene.operator,
		APPROVER: scene.approver,
		AUDITOR: scene.auditor,
	})[role];

const cases = (Object.entries(EXPECTED) as [Operation, string][]).flatMap(([operation, row]) =>
	row
		.trim()
		.split(/\s+/)
		.map((outcome, index) => ({ operation, role: ROLES[index] as Role, outcome })),
);

const { schema } = createSchema();
const MUTATIONS = new Set(Object.keys(schema.getMutationType()?.getFields() ?? {}));
const isNothing = (value: unknown) => value === null || (value as { nodes?: unknown[] }).nodes?.length === 0;

describe('the table of rights and the schema', () => {
	it('name the same operations: an operation without a right fails here', () => {
		const operations = [...Object.keys(schema.getQueryType()?.getFields() ?? {}), ...MUTATIONS];
		expect(schema.getSubscriptionType()).toBeUndefined();
		expect(operations.sort(), 'Add the new operation to EXPECTED in test/attacks/matrix-expected.ts.').toEqual(
			Object.keys(EXPECTED).sort(),
		);
		expect(Object.keys(RIGHTS).sort(), 'Add the new operation to RIGHTS in src/access/rights.ts.').toEqual(operations);
	});

	it('cover every type in FOUND', () => {
		expect(FOUND.map(([type]) => type).sort(), 'Add the new type to FOUND.').toEqual(Object.keys(WORKSPACE).sort());
	});
});

/** Counts and states that any write would change. */
const numbers = async () => {
	const counts = await Promise.all(
		Object.keys(WORKSPACE)
			.map(tableOf)
			.map(
				(table) =>
					scene.admin`select ${table} as t, count(*)::int as n, sum(revision)::int as r from ${scene.admin(table)}`,
			),
	);
	const others = await scene.admin`select (select count(*) from shares) as s, (select count(*) from notices) as n,
		(select string_agg(state, '' order by id) from leases) as l, (select count(acknowledged_by) from alerts) as ack, (select count(*) from lease_approvals) as a,
		(select count(*) from memberships where removed_at is null) as m`;
	return JSON.stringify([counts, others]);
};

/** No recovery, job, key log and device exists. */
const NOTHING_THERE: Readonly<Partial<Record<Operation, string>>> = {
	cancelOwnerRecovery: 'NOT_FOUND',
	approveJob: 'NOT_FOUND',
	denyJob: 'NOT_FOUND',
	appendKeyLog: 'BAD_USER_INPUT',
	recordsToReseal: 'BAD_USER_INPUT',
	addKeyWraps: 'BAD_USER_INPUT',
	challengeDevice: 'BAD_USER_INPUT',
	returnRecords: 'CONFLICT',
	revealDevice: 'NOT_FOUND',
	endDevice: 'NOT_FOUND',
	releaseShare: 'NOT_FOUND',
	proposeToOwners: 'BAD_USER_INPUT',
	agreeToProposal: 'NOT_FOUND',
	endProposal: 'NOT_FOUND',
};

describe('in the caller’s own firm, or any firm for the platform’s people', () => {
	it.each(cases)('$operation by $role: $outcome', async ({ operation, role, outcome }) => {
		const isWrite = MUTATIONS.has(operation);
		const deletes = /^(delete|unshare)/.test(operation);
		const ofWriter = () => (deletes ? makeShared(scene.north) : changing);
		const work = isWrite && outcome === 'o' ? await ofWriter() : lasting;
		const document = await documentFor(operation, scene.north, work);
		const before = isWrite ? await numbers() : '';
		const answer = await scene.api.ask(tokenOf(role), document);
		// The next case asks with the same token.
		if (operation === 'signOutEverywhere') await scene.admin`update users set sessions_ended_at = null`;
		const entries = await scene.entriesOf(answer);
		const denials = entries.filter(({ action }) => action === 'request.deny');
		if (outcome === 'F') {
			expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
			expect(answer.text).not.toContain(work.marker);
			expect(denials).toMatchObject([
				{
					decision: 'DENIED',
					reason: 'FORBIDDEN',
					coordinates: [`${isWrite ? 'Mutation' : 'Query'}.${operation}`],
					actor: { user: claimsOf(tokenOf(role)).sub, roles: [role] },
				},
			]);
			expect(entries).toHaveLength(1);
			if (isWrite) expect(await numbers()).toBe(before);
			return;
		}
		if (outcome === 'c') return expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['CONFLICT']);
		if (NOTHING_THERE[operation])
			return expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual([NOTHING_THERE[operation]]);
		expect(answer.errors).toEqual([]);
		expect(denials).toEqual([]);
		expect(isNothing(answer.data[operation])).toBe(outcome === 'n');
		if (ROLES.indexOf(role) > 2) expect(answer.text).not.toContain(work.marker);
	});
});

describe('in another firm', () => {
	const members = cases.filter(({ role, outcome }) => outcome === 'o' && ROLES.indexOf(role) < 3);
	const ownOnly = new Set([
		'viewer',
		'signOutEverywhere',
		'firms',
		'notices',
		'inviteMember',
		'setFirmSignIn',
		'cancelOwnerRecovery',
		'setFirmAccessPolicy',
		'firmKeys',
		'rotateFirmKey',
		'firmJobs',
		// Those of other firms: test/firms/key-log/.
		'keyLog',
		'keyWraps',
		'resealing',
		'recordsToReseal',
		'resealRecords',
		'returnRecords',
		'recoveryShares',
		'deviceRequests',
		'appendKeyLog',
		'addKeyWraps',
		'requestDevice',
		'challengeDevice',
		'revealDevice',
		'endDevice',
		'releaseShare',
		'ownerProposals',
		'proposeToOwners',
		'agreeToProposal',
		'endProposal',
		// Jobs of other firms: test/aws/bring-key.soak.test.ts.
		'approveJob',
		'denyJob',
	]);
	/** True for a create without a required reference: it makes a row of the caller's own firm. */
	const isOfOwn = (operation: string) => {
		const [, type] = /^create(\w+)$/.exec(operation) ?? [];
		return (
			type !== undefined &&
			!argumentsOf('Create', type).some((name) => isRequired(type, name) && /^about$|Id$/.test(name))
		);
	};
	const foreign = members.filter(({ operation }) => !ownOnly.has(operation) && !isOfOwn(operation));
	let theirs: Workspace;
	beforeAll(async () => {
		theirs = await makeShared(scene.harbour);
	});

	it.each(foreign)('$operation by $role finds nothing', async ({ operation, role }) => {
		const document = await documentFor(operation, scene.harbour, theirs);
		const before = await numbers();
		const answer = await scene.api.ask(tokenOf(role), document);
		expect(answer.text).not.toContain(theirs.marker);
		if (MUTATIONS.has(operation)) {
			expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
			expect(await numbers()).toBe(before);
		} else {
			expect(answer.errors).toEqual([]);
			expect(isNothing(answer.data[operation])).toBe(true);
		}
		const opened = (await scene.entriesOf(answer)).filter(({ action }) => action.startsWith('content.'));
		expect(opened).toEqual([]);
	});

	it('nothing can be created on a record of another firm', async () => {
		const before = await numbers();
		for (const [type, input] of [
			['Thread', `clientId: "${theirs.ids.client}"`],
			['Document', `name: "x", mimeType: "text/plain", clientId: "${theirs.ids.client}"`],
			['Invoice', `number: "${uuidv7()}", currency: "EUR", total: "1", clientId: "${theirs.ids.client}"`],
			['TimeEntry', `minutes: 1, startedAt: "2026-01-01T00:00:00.000Z", clientId: "${theirs.ids.client}"`],
			...(['document', 'message', 'note', 'invoice'] as const).map((of) => [
				'Comment',
				`about: { ${of}Id: "${theirs.ids[of]}" }, text: "x"`,
			]),
		]) {
			const { errors } = await scene.api.ask(
				scene.north.member,
				`mutation { create${type}(input: { ${input} }) { ${fieldOf(type as string)} { id } } }`,
			);
			expect([type, errors.map(({ extensions }) => extensions.code)]).toEqual([type, ['NOT_FOUND']]);
		}
		expect(await numbers()).toBe(before);
	});

	it.each(FOUND)('each role finds a %s by node() only if it may', async (type, row) => {
		for (const [index, role] of ROLES.entries()) {
			const id = lasting.ids[fieldOf(type) as keyof typeof lasting.ids];
			const { data, errors } = await scene.api.ask(tokenOf(role), `{ node(id: "${id}") { __typename id } }`);
			expect([role, errors]).toEqual([role, []]);
			expect([role, data.node]).toEqual([role, row[index] === 'y' ? { __typename: type, id } : null]);
		}
	});

	it('every object is null by node()', async () => {
		for (const id of Object.values(theirs.ids)) {
			const { data } = await scene.api.ask(scene.north.owner, `{ node(id: "${id}") { id } }`);
			expect(data.node).toBeNull();
		}
	});

	it('firms lists only the caller’s own, and node() finds no other', async () => {
		const { data } = await scene.api.ask(
			scene.north.owner,
			`{ firms { totalCount nodes { id } } node(id: "${scene.harbour.id}") { id } }`,
		);
		expect(data).toEqual({ firms: { totalCount: 1, nodes: [{ id: scene.north.id }] }, node: null });
	});

	it('people of another firm are not found', async () => {
		const { sub } = claimsOf(scene.harbour.owner);
		for (const token of [scene.north.owner, scene.north.client, scene.approver, scene.auditor]) {
			const { data } = await scene.api.ask(token, `{ node(id: "${sub}") { id } }`);
			expect(data.node).toBeNull();
		}
	});
});

describe('several refused operations', () => {
	it('write one entry for any number of aliases', async () => {
		const create = (alias: string) => `${alias}: createNote(input: { title: "x" }) { note { id } }`;
		const answer = await scene.api.ask(scene.north.client, `mutation { ${create('a')} ${create('auditEntries')} }`);
		expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
		expect((await scene.entriesOf(answer)).map(({ coordinates }) => coordinates)).toEqual([['Mutation.createNote']]);
	});
});
