import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
	Kind,
	parse,
	type SelectionNode,
	type SelectionSetNode,
	stripIgnoredCharacters,
	TypeInfo,
	visit,
	visitWithTypeInfo,
} from 'graphql';
import { describe, expect, it } from 'vitest';
import { createSchema, registerOperations } from '../../../src/api/index.ts';
import {
	joinFragments,
	OPERATION_FOLDER,
	type OperationFile,
	readOperationFiles,
} from '../../../src/api/operations/operation-files.ts';
import { SetupError } from '../../../src/errors.ts';

const PROJECT = fileURLToPath(new URL('../../..', import.meta.url));
const { schema } = createSchema();
const SOURCES = readdirSync(PROJECT + OPERATION_FOLDER, { recursive: true, encoding: 'utf8' })
	.filter((name) => name.endsWith('.graphql'))
	.map((name) => ({ name, text: readFileSync(PROJECT + OPERATION_FOLDER + name, 'utf8') }));

describe('the selections of the operation files', () => {
	it('are read from both folders', () => {
		expect(new Set(SOURCES.map(({ name }) => dirname(name)))).toEqual(new Set(['.', 'fragments']));
	});

	it('of 4 or more lines are never repeated in another file', () => {
		expect(repeated(selectionsIn)).toEqual([]);
	});

	it('never repeat 4 fields or fragments of a type, one after another, in another file', () => {
		expect(repeated(runsIn)).toEqual([]);
	});

	const MAX_LINES = 3;
	const MAX_SELECTIONS = 3;

	/** Texts that occur in several files, with the names of the files. */
	function repeated(find: (file: OperationFile) => readonly string[]): string[] {
		const where = new Map<string, Set<string>>();
		for (const file of SOURCES)
			for (const found of find(file)) where.set(found, (where.get(found) ?? new Set()).add(file.name));
		return [...where].filter(([, { size }]) => size > 1).map(([found, names]) => `${[...names].join(', ')}: ${found}`);
	}

	function selectionsIn({ text }: OperationFile): string[] {
		const found: string[] = [];
		const note = (node: SelectionNode) => {
			const lines = text.slice(node.loc?.start, node.loc?.end).split('\n');
			if (lines.length > MAX_LINES) found.push(lines.map((line) => line.trim()).join('\n'));
		};
		visit(parse(text), { Field: note, InlineFragment: note });
		return found;
	}

	/** Per type: a fragment on another type would not fit. */
	function runsIn({ text }: OperationFile): string[] {
		const info = new TypeInfo(schema);
		const found: string[] = [];
		const SelectionSet = ({ selections }: SelectionSetNode) => {
			const type = info.getParentType()?.name;
			for (const [first] of selections.entries())
				for (let last = first + 1; last <= selections.length; last += 1) {
					const run = selections.slice(first, last);
					if (sizeOf(run) > MAX_SELECTIONS)
						found.push(
							`${type} { ${run.map(({ loc }) => stripIgnoredCharacters(text.slice(loc?.start, loc?.end))).join(' ')} }`,
						);
				}
		};
		visit(parse(text), visitWithTypeInfo(info, { SelectionSet }));
		return found;
	}

	function sizeOf(selections: readonly SelectionNode[]): number {
		return selections.reduce((sum, selection) => {
			const inside = selection.kind === Kind.FRAGMENT_SPREAD ? [] : (selection.selectionSet?.selections ?? []);
			return sum + 1 + sizeOf(inside);
		}, 0);
	}
});

describe('the text of an operation', () => {
	const files = readOperationFiles();
	const operations = registerOperations(schema, files);

	it('is its file followed by its fragments’ files, sorted by name', () => {
		for (const { name, text } of files) {
			const used = [...text.matchAll(/^fragment \w+ /gm)].map(([head]) => head);
			const parts = SOURCES.filter((file) => file.name === name || used.some((head) => file.text.startsWith(head)));
			const inOrder = parts.toSorted(
				(a, b) => Number(b.name === name) - Number(a.name === name) || (a.name < b.name ? -1 : 1),
			);
			expect([name, text]).toEqual([name, inOrder.map((file) => file.text).join('')]);
		}
	});

	it('has the hash that the command of docs/how-to/use-the-operator-api.md prints', () => {
		const page = readFileSync(`${PROJECT}docs/how-to/use-the-operator-api.md`, 'utf8');
		const [command = 'false'] = /^printf %s .* \| sha256sum$/m.exec(page) ?? [];
		const sha256Hash = execFileSync('sh', ['-c', command], { cwd: PROJECT, encoding: 'utf8' }).slice(0, 64);
		const named = { extensions: { persistedQuery: { version: 1, sha256Hash } } };
		expect(operations.find(named)).toBe(files.find(({ name }) => name === 'viewer.graphql')?.text.trim());
	});
});

describe('joining operation files and fragments', () => {
	const OPERATION = { name: 'mine.graphql', text: '# Mine.\nquery Mine { viewer { ...Name } }\n' };
	const fragment = (name: string, text: string) => ({ name: `fragments/${name}.graphql`, text });
	const NAME = fragment('name', 'fragment Name on User { ...FirstName }\n');
	const FIRST = fragment('first-name', '# ...Not\nfragment FirstName on User { ... on User { name } }\n');
	const failureOf = (run: () => unknown) => {
		try {
			run();
		} catch (error) {
			expect(error).toBeInstanceOf(SetupError);
			return (error as SetupError).message.replaceAll(OPERATION_FOLDER, '').split('\n');
		}
		return [];
	};

	it('succeeds if they match', () => {
		expect(joinFragments([OPERATION], [FIRST, NAME])).toEqual([
			{ name: 'mine.graphql', text: OPERATION.text + FIRST.text + NAME.text },
		]);
	});

	it.each<[what: string, operation: string, fragments: readonly OperationFile[], said: readonly string[]]>([
		[
			'a fragment that an operation uses is missing',
			OPERATION.text,
			[],
			['mine.graphql uses Name, which does not exist: add fragments/name.graphql, or use another fragment.'],
		],
		[
			'a fragment that a fragment uses is missing',
			OPERATION.text,
			[NAME],
			[
				'fragments/name.graphql uses FirstName, which does not exist: add fragments/first-name.graphql, or use another fragment.',
			],
		],
		[
			'nothing uses a fragment',
			'# Mine.\nquery Mine { viewer { id #...Name\n} }',
			[FIRST, NAME],
			['first-name', 'name'].map((name) => `fragments/${name}.graphql is used by no operation: remove it.`),
		],
		[
			'a fragment includes itself',
			OPERATION.text,
			[NAME, fragment('first-name', 'fragment FirstName on User { firm { members { nodes { ...Name } } } }')],
			['name', 'first-name'].map(
				(name) => `fragments/${name}.graphql contains itself, directly or through others: remove a spread.`,
			),
		],
		[
			'a file is not named after its fragment',
			OPERATION.text,
			[NAME, fragment('first', FIRST.text)],
			[
				'fragments/name.graphql uses FirstName, which does not exist: add fragments/first-name.graphql, or use another fragment.',
				'fragments/first.graphql has the fragment FirstName: name the file fragments/first-name.graphql.',
			],
		],
		[
			'two fragments have the same name',
			OPERATION.text,
			[NAME, FIRST, fragment('first', FIRST.text)],
			['fragments/first.graphql holds FirstName, which fragments/first-name.graphql also holds: rename one of them.'],
		],
		...[
			'',
			'# Nothing.',
			`${FIRST.text}fragment Other on User { id }`,
			`${FIRST.text}query Other { viewer { id } }`,
			'query FirstName { viewer { id } }',
			'fragment FirstName on User { name',
			'fragment FirstName on User { name } }',
			'fragment on User { name }',
			'{ viewer { id } }',
		].map((text): [string, string, OperationFile[], string[]] => [
			`a file of a fragment holds ${JSON.stringify(text)}`,
			OPERATION.text,
			[NAME, fragment('first-name', text)],
			['fragments/first-name.graphql must hold exactly one fragment and nothing else: give each a file of its own.'],
		]),
		[
			'an operation file defines a fragment',
			`${OPERATION.text}fragment Other on User { id }`,
			[FIRST, NAME],
			['mine.graphql holds a fragment: give it a file of its own in fragments/.'],
		],
	])('fails if %s', (_, text, fragments, said) => {
		expect(failureOf(() => joinFragments([{ name: 'mine.graphql', text }], fragments))).toEqual(said);
	});

	it.each([
		['{ shoeSize }', 'does not fit the schema: Cannot query field "shoeSize" on type "User": change it or remove it.'],
		['{ name(: }', 'is not a GraphQL document: fix its syntax.'],
	])('an error in a fragment with %s is reported once, for the fragment’s file', (selection, said) => {
		const wrong = fragment('first-name', `fragment FirstName on User ${selection}\n`);
		const other = { name: 'other.graphql', text: OPERATION.text.replaceAll('Mine', 'Other') };
		const joined = joinFragments([OPERATION, other], [NAME, wrong]);
		expect(failureOf(() => registerOperations(schema, joined))).toEqual([`fragments/first-name.graphql ${said}`]);
	});

	it('an error in an operation is reported for the operation’s file', () => {
		const text = OPERATION.text.replace('...Name', 'shoeSize ...Name');
		const joined = joinFragments([{ ...OPERATION, text }], [FIRST, NAME]);
		expect(failureOf(() => registerOperations(schema, joined))).toEqual([
			'mine.graphql does not fit the schema: Cannot query field "shoeSize" on type "User": change it or remove it.',
		]);
	});
});
