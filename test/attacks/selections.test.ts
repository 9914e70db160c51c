import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { withoutIds } from '../support/without-ids.ts';
import { makeScene, type Person, type Scene } from './scene.ts';

let scene: Scene;
let both: string;
let titled: string;
let empty: string;

beforeAll(async () => {
	scene = await makeScene();
	both = await scene.write({ title: 'alias-marker-title', body: 'alias-marker-body' });
	titled = await scene.write({ title: 'alias-marker-second', body: null });
	empty = await scene.write({ title: null, body: null });
});
afterAll(() => scene?.installation.close());

type Pair = readonly [record: 'both' | 'titled', coordinate: 'Note.title' | 'Note.body'];
const BOTH: readonly Pair[] = [
	['both', 'Note.title'],
	['both', 'Note.body'],
];
const PAGE: readonly Pair[] = [...BOTH, ['titled', 'Note.title']];

/** Selections, and the exact values that each opens for a member. `$yes` is true and `$no` is false. */
const DOCUMENTS: readonly [name: string, document: string, opens: readonly Pair[]][] = [
	['title as id', 'note(id: $id) { id: title }', [['both', 'Note.title']]],
	['title as firmId, body as author', 'note(id: $id) { firmId: title author: body }', BOTH],
	['metadata under the names of content', 'note(id: $id) { title: id body: firmId }', []],
	['metadata and content under each other’s name', 'note(id: $id) { title: body body: title }', BOTH],
	['one value under three names', 'note(id: $id) { a: title b: title title }', [['both', 'Note.title']]],
	['the same object twice', 'a: note(id: $id) { title } b: note(id: $id) { body }', BOTH],
	['a fragment on Note', 'node(id: $id) { ... on Note { title } }', [['both', 'Note.title']]],
	[
		'a fragment on FirmOwned, then Note',
		'node(id: $id) { ... on FirmOwned { firmId ... on Note { body } } }',
		[['both', 'Note.body']],
	],
	['named fragments in fragments', 'node(id: $id) { ...Outer }', BOTH],
	['a fragment on a type that it is not', 'node(id: $id) { ... on Firm { name } ... on User { title: name } }', []],
	['__typename beside content', 'note(id: $id) { title: __typename body }', [['both', 'Note.body']]],
	['@skip by a variable', 'note(id: $id) { title @skip(if: $yes) body @skip(if: $no) }', [['both', 'Note.body']]],
	[
		'@include by a variable',
		'note(id: $id) { title @include(if: $no) ... @include(if: $yes) { body } }',
		[['both', 'Note.body']],
	],
	[
		'@skip and @include together',
		'note(id: $id) { title @skip(if: $no) @include(if: $yes) ... on Note @skip(if: $yes) { body } }',
		[['both', 'Note.title']],
	],
	['a page through nodes', 'notes(firmId: $firm) { nodes { title body } }', PAGE],
	['a page through edges with aliases', 'x: notes(firmId: $firm) { y: edges { z: node { id: title q: body } } }', PAGE],
	['nodes and edges, each with one half', 'notes(firmId: $firm) { nodes { title } edges { node { body } } }', PAGE],
	[
		'two pages with one note each',
		'a: notes(firmId: $firm, orderBy: CREATED_AT_ASC, first: 1) { nodes { title } } b: notes(firmId: $firm, orderBy: CREATED_AT_ASC, first: 1) { nodes { body } }',
		BOTH,
	],
	['a page without content', 'notes(firmId: $firm) { totalCount nodes { id title: revision } }', []],
	['null values only', 'note(id: $empty) { title body }', []],
];

const FRAGMENTS =
	'fragment Outer on Node { ...Inner } fragment Inner on Note { t: title ...Innermost } fragment Innermost on FirmOwned { ... on Note { t2: body } }';

function ask(token: Person, selection: string) {
	const used = (name: string) => selection.includes(`$${name}`);
	const head = [
		['id', 'ID!'],
		['firm', 'ID!'],
		['empty', 'ID!'],
		['yes', 'Boolean!'],
		['no', 'Boolean!'],
	].filter(([name = '']) => used(name));
	const document = `query AliasMarker(${head.map(([name, type]) => `$${name}: ${type}`)}) { viewer { id } ${selection} } ${used('Outer') || selection.includes('...Outer') ? FRAGMENTS : ''}`;
	return scene.api.ask(token, document, { id: both, firm: scene.north.id, empty, yes: true, no: false });
}

const CONTENT: Readonly<Record<string, string>> = {
	'alias-marker-title': 'both Note.title',
	'alias-marker-body': 'both Note.body',
	'alias-marker-second': 'titled Note.title',
};

const pairsOf = (pairs: readonly Pair[]) => pairs.map((pair) => pair.join(' ')).sort();

describe('a member’s response and the log agree exactly', () => {
	it.each(DOCUMENTS)('%s', async (_, selection, opens) => {
		const answer = await ask(scene.north.member, selection);
		expect(answer.errors).toEqual([]);
		const returned = [...new Set(answer.text.match(/alias-marker-(title|body|second)/g))]
			.map((value) => CONTENT[value])
			.sort();
		expect(returned).toEqual(pairsOf(opens));

		const entries = await scene.entriesOf(answer);
		expect(entries.every(({ action }) => action === 'content.open')).toBe(true);
		const names: Readonly<Record<string, string>> = { [both]: 'both', [titled]: 'titled', [empty]: 'empty' };
		const recorded = entries.flatMap(({ coordinates, records }) =>
			records.flatMap((record) => coordinates.map((name) => `${names[record]} ${name}`)),
		);
		expect(recorded.sort()).toEqual(pairsOf(opens));
		expect(answer.sealed).toEqual([]);
	});
});

describe('an operator gets no content from any of these', () => {
	it.each(DOCUMENTS)('%s', async (_, selection, opens) => {
		const lines = scene.api.lines.length;
		const answer = await ask(scene.operator, selection);
		// The operator's role has no privilege on sealed columns, so a statement that names one would have failed.
		expect(answer.errors).toEqual([]);
		expect(withoutIds(scene.api.lines.slice(lines).join(''))).not.toContain('42501');
		expect(withoutIds(answer.text)).not.toMatch(/alias-marker|f501/);
		const asked = new Set(answer.sealed.map(({ coordinate }) => coordinate));
		for (const [, coordinate] of opens) expect(asked).toContain(coordinate);
		for (const { reason } of answer.sealed) expect(reason).toBe('NO_LEASE');

		const entries = await scene.entriesOf(answer);
		expect(entries.length).toBe(asked.size > 0 ? 1 : 0);
		for (const { action, decision, reason, firm, coordinates, counts, records } of entries) {
			expect({ action, decision, reason, firm, records }).toEqual({
				action: 'content.deny',
				decision: 'DENIED',
				reason: 'NO_LEASE',
				firm: scene.north.id,
				records: [],
			});
			expect(Object.fromEntries(answer.sealed.map(({ coordinate, count }) => [coordinate, count]))).toEqual(counts);
			expect(new Set(coordinates)).toEqual(asked);
		}
	});

	it('not even without the database lock, since each lock denies alone', async () => {
		const { admin } = scene;
		await admin`grant select (title, body) on notes to firmseal_operator`;
		for (const [, selection] of DOCUMENTS) {
			const answer = await ask(scene.operator, selection);
			expect(withoutIds(answer.text)).not.toMatch(/alias-marker|f501/);
		}
		await admin`revoke select (title, body) on notes from firmseal_operator`;
	});

	it('and the statements that read notes for an operator name no sealed column', async () => {
		const { admin } = scene;
		await admin`alter table notes rename column title to title_gone`;
		await admin`alter table notes rename column body to body_gone`;
		try {
			const answer = await ask(scene.operator, 'notes(firmId: $firm) { nodes { id title body } }');
			expect(answer.errors).toEqual([]);
			expect(answer.data.notes.nodes).toHaveLength(3);
			const member = await ask(scene.north.member, 'note(id: $id) { title }');
			expect(member.errors).toMatchObject([{ extensions: { code: 'INTERNAL' } }]);
		} finally {
			await admin`alter table notes rename column title_gone to title`;
			await admin`alter table notes rename column body_gone to body`;
		}
	});
});

describe('a client of the firm', () => {
	it.each(DOCUMENTS)('gets no content with %s', async (_, selection) => {
		const answer = await ask(scene.north.client, selection);
		expect(withoutIds(answer.text)).not.toMatch(/alias-marker|f501/);
		for (const { action } of await scene.entriesOf(answer)) expect(action).toBe('request.deny');
	});
});

describe('a directive', () => {
	it.each(['@encrypted(class: NOTE)', '@metadata', '@unknown'])(
		'%s sent by the client is refused',
		async (directive) => {
			const { errors } = await ask(scene.operator, `note(id: $id) { title ${directive} }`);
			expect(errors.map(({ extensions }) => extensions.code)).toEqual(['GRAPHQL_VALIDATION_FAILED']);
		},
	);
});
