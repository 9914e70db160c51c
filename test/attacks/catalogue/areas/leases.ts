import { v4 as uuidv4, v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import { leasesOver } from '../../../leases/by-api.ts';
import { claimsOf, forgeToken, type Person } from '../../scene.ts';
import type { Area, Attack } from '../attack.ts';
import { mutation, requested, step } from '../lease-parts.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const noteOf = ({ ours }: Stage) => `{ note(id: "${ours.ids.note}") { title } }`;
const NOT_ACTIVE = 'LEASE_NOT_ACTIVE for the whole request, on record';

/** Names a lease that the caller may not use. */
const naming = (attack: string, of: (stage: Stage) => Promise<readonly [lease: string, token?: Person][]>): Attack => ({
	attack,
	expected: NOT_ACTIVE,
	layer: 'lease',
	async run(stage) {
		const answers: AttackAnswer[] = [];
		for (const [lease, token] of await of(stage)) answers.push(await stage.under(lease, noteOf(stage), token));
		return { answers };
	},
});

/** Headers with which the server refuses every request. */
const header = (attack: string, expected: string, of: (stage: Stage) => Promise<AttackAnswer[]>): Attack => ({
	attack,
	expected,
	layer: 'HTTP',
	run: async (stage) => ({ answers: await of(stage) }),
});

const approved = ({ api, operator, approver, north }: Stage) =>
	leasesOver(api.ask).approved({ operator, approver, owner: north.owner }, north.id);
/** Mutations of content and sharing, sent by the operator of an active lease. */
const WRITES = ({ ours, north }: Stage): readonly string[] => {
	const change = (type: string, id: string, set: string) =>
		`mutation { update${type}(input: { id: "${id}", expectedRevision: 1, ${set} }) { __typename } }`;
	return [
		'mutation { createNote(input: { title: "x" }) { note { id } } }',
		change('Note', ours.ids.note, 'title: "x"'),
		`mutation { deleteNote(input: { id: "${ours.ids.note}", expectedRevision: 1 }) { id } }`,
		change('Message', ours.ids.message, 'body: "x"'),
		change('Document', ours.ids.document, 'description: "x"'),
		`mutation { createComment(input: { about: { noteId: "${ours.ids.note}" }, text: "x" }) { comment { id } } }`,
		`mutation { shareWithClient(input: { clientId: "${north.clientId}", subject: { documentId: "${ours.ids.document}" } }) { client { id } } }`,
		'mutation { setFirmAccessPolicy(input: { policy: NOTIFY, approvers: 1 }) { firm { id } } }',
	];
};

export const leases: Area = {
	title: 'Break-glass leases',
	attacks: [
		naming('An operator names an unknown lease, a firm’s id, and the id of the own account', async (stage) => [
			[uuidv7()],
			[stage.north.id],
			[claimsOf(stage.operator).sub],
		]),
		naming('An operator names the own request, before any approval and after both', async (stage) => {
			const [waiting, agreed] = [await requested(stage), await approved(stage)];
			return [[waiting.id], [agreed.id]];
		}),
		naming('Another operator, the approver who approved it and an auditor name an active lease', async (stage) => {
			const { id } = await stage.lease();
			const other = await stage.installation.addOperator('OPERATOR');
			return [
				[id, other],
				[id, stage.approver],
				[id, stage.auditor],
			];
		}),
		naming('The operator continues under a lease that the owner has just revoked', async (stage) => {
			const { id } = await stage.lease();
			expect((await stage.under(id, noteOf(stage))).data.note.title).toContain(stage.ours.marker);
			await stage.ask(stage.north.owner, mutation('revoke', `leaseId: "${id}"`));
			return [[id]];
		}),
		naming('The operator continues under a lease that they have released', async (stage) => {
			const { id } = await stage.lease();
			await stage.ask(stage.operator, mutation('release', `leaseId: "${id}"`));
			return [[id]];
		}),
		header(
			'A lease header that is no lease id: empty, *, a UUIDv4, upper case, two ids, quotes, braces, SQL',
			'BAD_USER_INPUT that says what the header must hold, before any lookup',
			async (stage) => {
				const { id } = await stage.lease();
				const headers = ['', '*', uuidv4(), id.toUpperCase(), `${id}, ${id}`, `"${id}"`, `{${id}}`, "' or true --"];
				return Promise.all(headers.map((each) => stage.under(each, noteOf(stage))));
			},
		),
		header('Two lease headers, one of them with an active lease', 'BAD_USER_INPUT', async (stage) => {
			const { id } = await stage.lease();
			const two = ['content-type', 'application/json', 'x-firmseal-lease', id, 'X-Firmseal-Lease', uuidv7()];
			return [await stage.send(stage.operator, { headers: two, body: JSON.stringify({ query: noteOf(stage) }) })];
		}),
		header(
			'An owner, a member and a portal client name an active lease on their firm',
			'BAD_USER_INPUT: only the platform’s operators may name a lease',
			async (stage) => {
				const { id } = await stage.lease();
				const { owner, member, client } = stage.north;
				return Promise.all([owner, member, client].map((token) => stage.under(id, noteOf(stage), token)));
			},
		),
		{
			attack: 'The header of an active lease without a token, and with an expired token',
			expected: 'UNAUTHENTICATED: a lease has no identity',
			layer: 'identity',
			async run(stage) {
				const { id } = await stage.lease();
				const body = JSON.stringify({ query: noteOf(stage) });
				const headers = ['content-type', 'application/json', 'x-firmseal-lease', id];
				const past = Math.floor(Date.now() / 1000) - 60;
				const expired = await forgeToken(stage.installation.directory, claimsOf(stage.operator), past);
				return {
					answers: [await stage.send(null, { headers, body }), await stage.send(expired, { headers, body })],
				};
			},
		},
		{
			attack:
				'The id of an active lease outside its header: in variables, extensions, the URL, a cookie, other headers',
			expected: 'Null and NO_LEASE: only the header names a lease',
			layer: 'resolver lock',
			async run(stage) {
				const { id } = await stage.lease();
				const lease = { lease: id, leaseId: id, 'x-firmseal-lease': id };
				const body = JSON.stringify({ query: noteOf(stage), extensions: lease, variables: lease, ...lease });
				const others = [
					'cookie',
					`x-firmseal-lease=${id}`,
					'x-lease',
					id,
					'firmseal-lease',
					id,
					'x-forwarded-lease',
					id,
				];
				return {
					answers: [
						await stage.send(stage.operator, { headers: ['content-type', 'application/json', ...others], body }),
						await stage.send(stage.operator, {
							path: `/graphql?lease=${id}&x-firmseal-lease=${id}`,
							headers: ['content-type', 'application/json'],
							body,
						}),
					],
				};
			},
		},
		{
			attack: 'After a read under a lease, the same operator reads without the header',
			expected: 'Null and NO_LEASE: neither a right nor a key stays from the previous request',
			layer: 'resolver lock',
			async run(stage) {
				const { id } = await stage.lease();
				expect((await stage.under(id, noteOf(stage))).data.note.title).toContain(stage.ours.marker);
				return {
					answers: [await stage.ask(stage.operator, noteOf(stage)), await stage.ask(stage.operator, noteOf(stage))],
				};
			},
		},
		{
			attack: 'Under an active lease on notes: a message, a document, an invoice and its lines, by every query path',
			expected: 'Null and CLASS, on record',
			layer: 'resolver lock',
			async run(stage) {
				const { id } = await stage.lease();
				const { ids } = stage.ours;
				const firm = `(firmId: "${stage.north.id}")`;
				const queries = [
					`{ message(id: "${ids.message}") { subject body } }`,
					`{ threads${firm} { nodes { messages { nodes { subject body } } } } }`,
					`{ node(id: "${ids.document}") { ... on Document { title: description versions { changeSummary } } } }`,
					`{ invoices${firm} { edges { node { memo total amountDue lineItems { description quantity unitAmount } } } } }`,
					`{ note(id: "${ids.note}") { comments { nodes { text } } } timeEntries${firm} { nodes { description } } }`,
				];
				const answers: AttackAnswer[] = [];
				for (const query of queries) answers.push(await stage.under(id, query));
				for (const { sealed } of answers) for (const { reason } of sealed) expect(reason).toBe('CLASS');
				return { answers };
			},
		},
		{
			attack:
				'Under an active lease: notes and invoices by an order, a filter or a search that would reveal their content',
			expected: 'GRAPHQL_VALIDATION_FAILED: no argument depends on an encrypted value',
			layer: 'schema',
			async run(stage) {
				const { id } = await stage.lease();
				const list = (args: string, of = 'notes') => `{ ${of}(firmId: "${stage.north.id}", ${args}) { nodes { id } } }`;
				const answers: AttackAnswer[] = [];
				for (const args of [
					'orderBy: TITLE_ASC',
					'filter: { title: "x" }',
					'filter: { titleContains: "x" }',
					'filter: { body_gt: "x" }',
					'search: "x"',
					'groupBy: title',
				])
					answers.push(await stage.under(id, list(args)));
				for (const args of ['orderBy: TOTAL_DESC', 'orderBy: AMOUNT_DUE_ASC', 'filter: { total: "1" }'])
					answers.push(await stage.under(id, list(args, 'invoices')));
				return { answers };
			},
		},
		{
			attack: 'A cursor from a read under a lease, decoded, and used without the lease',
			expected: 'The cursor holds no content; null and NO_LEASE',
			layer: 'resolver lock',
			async run(stage) {
				await stage.note();
				const { id } = await stage.lease();
				const page = (args: string) =>
					`{ notes(firmId: "${stage.north.id}", ${args}) { edges { cursor node { title } } } }`;
				const [edge] = (await stage.under(id, page('first: 1'))).data.notes.edges;
				expect(edge.node.title).toContain(stage.ours.marker);
				for (const text of [edge.cursor, Buffer.from(edge.cursor, 'base64url').toString('latin1')])
					expect(text).not.toContain(stage.ours.marker);
				const told = await stage.ask(stage.operator, page(`first: 5, after: "${edge.cursor}"`));
				expect(told.data.notes.edges.length).toBeGreaterThan(0);
				return { answers: [told] };
			},
		},
		step(
			'Under an active lease: creates, changes, deletes and shares content, and changes the firm’s policy',
			'FORBIDDEN for each, on record: a lease only reads',
			'rights',
			async (stage) => {
				const { id } = await stage.lease();
				const answers: AttackAnswer[] = [];
				for (const query of WRITES(stage)) answers.push(await stage.under(id, query));
				return answers;
			},
		),
	],
};
