import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parseLeaf } from '../../src/audit/index.ts';
import type { Answer } from '../support/ask.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';

const CREATE =
	'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id firmId title author { email firm { slug } } } } }';
const PAGE =
	'{ viewer { email firm { slug } } notes(first: 100) { totalCount nodes { id firmId title body author { email } } } firms { nodes { slug } } }';

let installation: TestInstallation;
let api: TestApi;
let firms: readonly TestFirm[];
let operator: Person;
beforeAll(async () => {
	const populated = await makePopulated(embedded);
	({ installation, operator } = populated);
	firms = [populated.north, populated.harbour];
	// Slots for all fifty requests, because on a slow machine a waiting request would be refused.
	api = await installation.serve({ FIRMSEAL_REQUESTS_AT_ONCE: '400' });
});
afterAll(() => installation?.close());

const other = (firm: TestFirm) => firms.find(({ id }) => id !== firm.id) as TestFirm;

/** Checks that an answer to a member of `firm` contains nothing of the other firm. */
function expectOnly(firm: TestFirm, answer: Answer): void {
	expect(answer.errors).toEqual([]);
	expect(answer.text).not.toContain(other(firm).id);
	expect(answer.text).not.toContain(`of ${other(firm).slug}`);
	expect(answer.text).not.toContain(`${other(firm).slug}.example`);
}

type Turn = (firm: TestFirm, n: number) => Promise<void>;

const turns: readonly Turn[] = [
	async (firm, n) => {
		const input = { id: uuidv7(), title: `note ${n} of ${firm.slug}`, body: `body of ${firm.slug}` };
		const answer = await api.ask(firm.member, CREATE, { input });
		expectOnly(firm, answer);
		expect(answer.data.createNote.note).toMatchObject({
			id: input.id,
			firmId: firm.id,
			title: input.title,
			author: { firm: { slug: firm.slug } },
		});
	},
	async (firm) => {
		const answer = await api.ask(firm.owner, PAGE);
		expectOnly(firm, answer);
		expect(answer.data.firms.nodes).toEqual([{ slug: firm.slug }]);
		for (const { firmId, title } of answer.data.notes.nodes)
			expect([firmId, title]).toEqual([firm.id, expect.stringContaining(`of ${firm.slug}`)]);
	},
	async (firm) => {
		const answer = await api.ask(
			operator,
			`{ notes(firmId: "${firm.id}", first: 100) { nodes { firmId title body author { email } } } }`,
		);
		expectOnly(firm, answer);
		for (const { title, body } of answer.data.notes.nodes) expect([title, body]).toEqual([null, null]);
	},
	async (firm) => {
		const answer = await api.ask(firm.client, PAGE);
		expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
		expect(answer.data).toBeNull();
	},
];

describe('two firms and an operator at the same moment', () => {
	it('never receive anything of each other', async () => {
		for (let round = 0; round < 8; round++) {
			const load = Array.from({ length: 50 }, (_, n) =>
				(turns[n % turns.length] as Turn)(firms[(n + round) % 2] as TestFirm, round * 50 + n),
			);
			await Promise.all(load);
		}
	});

	it('write entries that name one firm and its own people’s records', async () => {
		const { admin } = installation;
		const rows = await admin`select id, firm_id from notes union all select id, firm_id from clients`;
		const owners = new Map(rows.map(({ id, firm_id }) => [id, firm_id]));
		const people = new Map(
			(await admin`select user_id, firm_id from memberships`).map(({ user_id, firm_id }) => [user_id, firm_id]),
		);
		const leaves = (await admin`select leaf, firm_id from audit_entries`).map(({ leaf, firm_id }) => ({
			...parseLeaf(leaf),
			column: firm_id,
		}));
		const acts = leaves.filter(({ action }) => action.startsWith('content.'));
		expect(acts.length).toBeGreaterThan(100);
		for (const { firm, column, records, actor } of acts) {
			expect(column).toBe(firm);
			for (const record of records) expect(owners.get(record)).toBe(firm);
			if (actor.kind === 'firm') expect(people.get(actor.user)).toBe(firm);
		}
	});

	it('leave no firm on a pooled connection that served both', async () => {
		const sql = installation.signIn('firm');
		const [row] = await sql.begin(async (tx) => {
			await tx`select set_config('role', 'firmseal_firm', true)`;
			return tx`select count(*)::int as n from notes`;
		});
		expect(row?.n).toBe(0);
	});
});
