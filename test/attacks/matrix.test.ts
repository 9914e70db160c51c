import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Operation, RIGHTS, type Role } from '../../src/access/index.ts';
import { createSchema } from '../../src/api/index.ts';
import { claimsOf, makeScene, type Scene } from './scene.ts';

type Outcome = 'own' | 'all' | 'FORBIDDEN' | 'null';

const ROLES: readonly Role[] = ['OWNER', 'MEMBER', 'CLIENT', 'OPERATOR', 'APPROVER', 'AUDITOR'];

/** The contract's table, written down a second time: what each role gets of each operation. */
const EXPECTED: Readonly<Record<Exclude<Operation, 'user'>, readonly Outcome[]>> = {
	//            OWNER        MEMBER       CLIENT       OPERATOR     APPROVER     AUDITOR
	viewer: ['own', 'own', 'own', 'own', 'own', 'own'],
	firm: ['own', 'own', 'own', 'all', 'all', 'all'],
	firms: ['own', 'own', 'own', 'all', 'all', 'all'],
	node: ['own', 'own', 'null', 'all', 'null', 'null'],
	notes: ['own', 'own', 'FORBIDDEN', 'all', 'FORBIDDEN', 'FORBIDDEN'],
	note: ['own', 'own', 'null', 'all', 'null', 'null'],
	auditEntries: ['own', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'all'],
	createNote: ['own', 'own', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
	updateNote: ['own', 'own', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
	deleteNote: ['own', 'own', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN', 'FORBIDDEN'],
};

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
afterAll(() => scene?.installation.close());

/** A document for each operation on something of the firm, with a note made for it. */
async function documentFor(
	operation: Operation,
	firm: { id: string; member: string } & Scene['north'],
): Promise<string> {
	const id = await scene.write({ title: 'matrix-marker' }, firm);
	const documents: Record<Exclude<Operation, 'user'>, string> = {
		viewer: '{ viewer { id } }',
		firm: `{ firm(id: "${firm.id}") { id } }`,
		firms: '{ firms { nodes { id } } }',
		node: `{ node(id: "${id}") { id ... on Note { title } } }`,
		notes: `{ notes(firmId: "${firm.id}") { nodes { id title } } }`,
		note: `{ note(id: "${id}") { id title } }`,
		auditEntries: `{ auditEntries(firmId: "${firm.id}") { nodes { id firmId } } }`,
		createNote: 'mutation { createNote(input: { title: "made" }) { note { id firmId title } } }',
		updateNote: `mutation { updateNote(input: { id: "${id}", expectedRevision: 1, title: "changed" }) { note { id title } } }`,
		deleteNote: `mutation { deleteNote(input: { id: "${id}", expectedRevision: 1 }) { id } }`,
	};
	return documents[operation as keyof typeof documents];
}

const tokenOf = (role: Role): string =>
	({
		OWNER: scene.north.owner,
		MEMBER: scene.north.member,
		CLIENT: scene.north.client,
		OPERATOR: scene.operator,
		APPROVER: scene.approver,
		AUDITOR: scene.auditor,
	})[role];

const cases = Object.entries(EXPECTED).flatMap(([operation, row]) =>
	ROLES.map((role, index) => ({
		operation: operation as Exclude<Operation, 'user'>,
		role,
		outcome: row[index] as Outcome,
	})),
);

const isNothing = (value: unknown) => value === null || (value as { nodes?: unknown[] }).nodes?.length === 0;

describe('the table and the schema', () => {
	it('name the same operations: one that is added without a right fails here', () => {
		const { schema } = createSchema();
		const operations = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()].flatMap((type) =>
			Object.keys(type?.getFields() ?? {}),
		);
		expect(operations.sort()).toEqual(Object.keys(EXPECTED).sort());
		const rights = Object.keys(RIGHTS).filter((name) => name !== 'user');
		expect(rights.sort()).toEqual(operations);
	});
});

describe('in the caller’s own firm, or any for the platform’s people', () => {
	it.each(cases)('$operation by $role: $outcome', async ({ operation, role, outcome }) => {
		const answer = await scene.api.ask(tokenOf(role), await documentFor(operation, scene.north));
		const entries = await scene.entriesOf(answer);
		const denials = entries.filter(({ action }) => action === 'request.deny');
		if (outcome === 'FORBIDDEN') {
			expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN']);
			expect(answer.text).not.toContain('matrix-marker');
			const type = operation.endsWith('Note') && operation !== 'note' ? 'Mutation' : 'Query';
			expect(denials).toMatchObject([
				{
					decision: 'DENIED',
					reason: 'FORBIDDEN',
					coordinates: [`${type}.${operation}`],
					actor: { user: claimsOf(tokenOf(role)).sub, roles: [role] },
				},
			]);
			expect(entries).toHaveLength(1);
			return;
		}
		expect(answer.errors).toEqual([]);
		expect(denials).toEqual([]);
		expect(isNothing(answer.data[operation])).toBe(outcome === 'null');
		if (role !== 'OWNER' && role !== 'MEMBER') expect(answer.text).not.toContain('matrix-marker');
	});

	it('a refused mutation has changed nothing, whoever sent it', async () => {
		for (const role of ['CLIENT', 'OPERATOR', 'APPROVER', 'AUDITOR'] as const) {
			const [before] = await scene.admin`select count(*)::int as n, sum(revision)::int as r from notes`;
			for (const operation of ['createNote', 'updateNote', 'deleteNote'] as const) {
				await scene.api.ask(tokenOf(role), await documentFor(operation, scene.north));
			}
			const [after] = await scene.admin`select count(*)::int as n, sum(revision)::int as r from notes`;
			// documentFor itself writes one note, of revision 1, for each of the three.
			expect(after).toEqual({ n: before?.n + 3, r: before?.r + 3 });
		}
	});
});

describe('in another firm', () => {
	const members = cases.filter(({ role, outcome }) => outcome === 'own' && ['OWNER', 'MEMBER'].includes(role));

	it.each(members.filter(({ operation }) => !['viewer', 'firms', 'createNote'].includes(operation)))(
		'$operation by $role finds nothing',
		async ({ operation, role }) => {
			const answer = await scene.api.ask(tokenOf(role), await documentFor(operation, scene.harbour));
			expect(answer.text).not.toContain('matrix-marker');
			if (operation === 'updateNote' || operation === 'deleteNote')
				expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
			else {
				expect(answer.errors).toEqual([]);
				expect(isNothing(answer.data[operation])).toBe(true);
			}
			const opened = (await scene.entriesOf(answer)).filter(({ action }) => action.startsWith('content.'));
			expect(opened).toEqual([]);
		},
	);

	it('firms lists the own one only', async () => {
		const { data } = await scene.api.ask(scene.north.owner, '{ firms { totalCount nodes { id } } }');
		expect(data.firms).toEqual({ totalCount: 1, nodes: [{ id: scene.north.id }] });
	});

	it('people of another firm can’t be found', async () => {
		const { sub } = claimsOf(scene.harbour.owner);
		for (const token of [scene.north.owner, scene.north.client, scene.approver, scene.auditor]) {
			const { data } = await scene.api.ask(token, `{ node(id: "${sub}") { id } }`);
			expect(data.node).toBeNull();
		}
	});
});

describe('several refused operations', () => {
	it('leave one entry, however often and under whatever name they are sent', async () => {
		const create = (alias: string) => `${alias}: createNote(input: { title: "x" }) { note { id } }`;
		const answer = await scene.api.ask(scene.north.client, `mutation { ${create('a')} ${create('auditEntries')} }`);
		expect(answer.errors.map(({ extensions }) => extensions.code)).toEqual(['FORBIDDEN', 'FORBIDDEN']);
		expect((await scene.entriesOf(answer)).map(({ coordinates }) => coordinates)).toEqual([['Mutation.createNote']]);
	});
});
