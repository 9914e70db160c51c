import { describe, expect, it } from 'vitest';
import { HTTP_STATUS } from '../../src/api/errors/index.ts';
import { readSdlFiles } from '../../src/api/sdl-files.ts';
import { SECRET_NAMES, settingNames } from '../../src/config/settings.ts';
import { ERROR_CODES } from '../../src/errors.ts';
import { apiPage } from '../../tools/pages/api-page.ts';
import { contentPage } from '../../tools/pages/content-page.ts';
import { errorsPage } from '../../tools/pages/errors-page.ts';
import { pathFrom } from '../../tools/pages/generated-pages.ts';
import { fieldsOf, parseSdl } from '../../tools/pages/sdl.ts';
import { settingsPage } from '../../tools/pages/settings-page.ts';
import { whoMayCall, whoMayNot, whoMayRead } from '../../tools/pages/who-may.ts';
import { read } from './tree.ts';

const SDL = `
	"What can be read." type Query {
		"""
		Memos | all of them,
		on two lines.
		"""
		memos(first: Int, after: String, last: Int, before: String, "Odd | ones." odd: Boolean = true, filter: MemoFilter): [[Memo!]!]!
	}
	"A memo." type Memo implements Owned & Named { "Its name." name: String @mark(form: "a|b") "Who." owner("How deep." deep: Int): Owned @deprecated(reason: "Use name.") }
	interface Owned { owner: Owned }
	"Named." interface Named { name: String }
	extend type Query { "Later." later: Memo }
	extend type Memo { "Added later." tags(first: Int, after: String, last: Int, before: String): [String!] }
	"Any of them." union Anything = Memo | Other
	type Other { "Old." old: Boolean @deprecated }
	"Which memos." input MemoFilter @oneOf { "A mood." mood: Mood = GOOD }
	"How it is." enum Mood { "Good." GOOD "Bad." BAD @deprecated(reason: "Be good.") }
	"Text." scalar Words @specifiedBy(url: "https://words.example")
	"A mark." directive @mark("Its form." form: String) on FIELD_DEFINITION`;

describe('the generated page of the API', () => {
	const page = apiPage(parseSdl([{ name: 'memo.graphql', text: SDL }]), (name) => `those who may ${name}`);
	const section = (heading: string) => page.split(/^(?=##)/m).find((part) => part.startsWith(`${heading}\n`)) ?? '';

	it('says for an operation what it returns, who may call it, and its arguments', () => {
		expect(section('### Query.memos')).toBe(`### Query.memos

Memos | all of them,
on two lines.

Answers \\[\\[[Memo](#memo)!\\]!\\]!. May be called by those who may memos.

A [list](#lists): takes \`first\`, \`after\`, \`last\` and \`before\`.

| argument | type | description |
|---|---|---|
| \`odd\` | Boolean = \`true\` | Odd \\| ones. |
| \`filter\` | [MemoFilter](#memofilter) | Which memos. |

`);
	});

	it('lists the operations of extensions after those of the type', () => {
		expect(section('## Queries')).toContain('What can be read.');
		expect(page.indexOf('### Query.later')).toBeGreaterThan(page.indexOf('### Query.memos'));
		expect(section('## Mutations')).toBe('');
	});

	it('describes a type with its fields, extensions, marks and deprecations', () => {
		expect(section('#### Memo')).toBe(
			`#### Memo

A memo.

Implements [Owned](#owned), [Named](#named).

| field | type | description | mark |
|---|---|---|---|
| \`name\` | String | Its name. | \`@mark(form: "a\\|b")\` |
| \`owner\` | [Owned](#owned) | Who. \`deep\` (Int): How deep. **Deprecated.** Use name. |  |
| \`tags\` | \\[String!\\] | Added later. A [list](#lists). |  |

`,
		);
		expect(section('#### Owned')).toContain('Implemented by [Memo](#memo).');
		expect(section('#### Anything')).toContain('One of [Memo](#memo), [Other](#other).');
		expect(section('#### Other')).toContain('| `old` | Boolean | Old. **Deprecated.** |');
	});

	it('contains inputs, enums, scalars and directives', () => {
		expect(section('### MemoFilter')).toContain('Which memos. `@oneOf`');
		expect(section('### MemoFilter')).toContain('| `mood` | [Mood](#mood) = `GOOD` | A mood. |');
		expect(section('### Mood')).toContain('| `BAD` | Bad. **Deprecated.** Be good. |');
		expect(section('### Words')).toContain('Text. `@specifiedBy(url: "https://words.example")`');
		expect(section('### @mark')).toContain('| `form` | String | Its form. |');
	});

	it('has a heading for each SDL file with its types, without Query and Mutation', () => {
		expect(section('### memo.graphql')).not.toBe('');
		expect(page).not.toMatch(/^#+ Query$/m);
	});

	it('is the same each time it is generated', () => {
		const make = () => apiPage(parseSdl(readSdlFiles()), whoMayCall);
		expect(make()).toBe(make());
	});
});

describe('the generated page of content fields', () => {
	const field = { typeName: 'Memo', coordinate: 'Memo.text', fieldName: 'text', class: 'NOTE', pad: 1024 } as const;
	const column = { typeName: 'Memo', fieldName: 'text', table: 'memos_now', column: 'words' };
	const bound = { table: 'memos', column: 'text' };
	const readers = { whoMayRead: () => 'OWNER', whoMayNot: () => 'MEMBER: CLASS' };
	const valueType = { kind: 'String', list: false } as never;

	it('lists class, padding, current column and readers', () => {
		const fields = [
			{ ...field, ...bound, valueType },
			{ ...field, ...bound, valueType, coordinate: 'Memo.other', fieldName: 'other', pad: 0 },
		];
		const columns = [
			{ ...column, bind: bound },
			{ ...column, fieldName: 'other', column: 'other', bind: bound },
		];
		const page = contentPage(fields, columns, readers);
		expect(page).toContain(`| coordinate | class | padding | column | who may read |
|---|---|---|---|---|
| [Memo.text](api.md#memo) | NOTE | 1,024 bytes | \`memos_now.words\` | OWNER |
| [Memo.other](api.md#memo) | NOTE | - | \`memos_now.other\` | OWNER |
`);
		expect(page).toContain('says why (without a lease MEMBER: CLASS).');
		expect(page).toContain('call them `Document.content` and `DocumentVersion.content`.');
	});
});

describe('the permissions on a generated page', () => {
	const note = { coordinate: 'Note.title', class: 'NOTE' } as const;
	const document = { coordinate: 'Document.description', class: 'DOCUMENT' } as const;

	it('name who may read', () => {
		expect(whoMayRead(note)).toBe('OWNER, MEMBER');
		expect(whoMayRead(document)).toBe('OWNER, MEMBER; CLIENT if it is shared');
		expect(whoMayNot()).toBe('OPERATOR, APPROVER, AUDITOR: NO_LEASE');
	});

	it('name who may call', () => {
		expect(whoMayCall('notes')).toBe('OWNER, MEMBER (own firm); OPERATOR (all firms)');
		expect(whoMayCall('noSuchOperation')).toBe('no one');
	});
});

/** The cells of a table row that begins with the name. */
const rowOf = (page: string, name: string): readonly string[] =>
	page
		.split('\n')
		.find((line) => line.startsWith(`| \`${name}\` |`))
		?.split('|')
		.slice(2, -1)
		.map((cell) => cell.trim()) ?? [];

describe('the generated page of settings', () => {
	const page = settingsPage();

	it('has for each setting one row with a value, a default, a meaning and its users', () => {
		const names = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, name = '']) => name);
		expect(names).toEqual(settingNames);
		for (const name of names) {
			const row = rowOf(page, name);
			expect([name, row.length, row.filter((cell) => cell === '')]).toEqual([name, 4, []]);
			expect(row[2]).toMatch(/^\S.*\.$/);
		}
	});

	it('takes values and defaults from the schema', () => {
		const [value, given] = rowOf(page, 'FIRMSEAL_KEY_CACHE_SECONDS');
		expect([value, given]).toEqual(['a whole number from 1 to 3600', '`300` seconds']);
		expect(rowOf(page, 'FIRMSEAL_JWT_TYPES')[1]).toBe('`at+jwt,JWT`');
		expect(rowOf(page, 'FIRMSEAL_ENV')[0]).toBe('development or production');
		expect(rowOf(page, 'DATABASE_URL')[1]).toBe('embedded PostgreSQL');
	});

	it('marks every secret setting, and no other', () => {
		const marked = settingNames.filter((name) => rowOf(page, name)[2]?.includes(' Secret.'));
		expect(marked.sort()).toEqual([...SECRET_NAMES].sort());
	});
});

describe('the generated page of errors', () => {
	it('has for each code its status, its cause and whether to retry', () => {
		const page = errorsPage();
		const codes = [...page.matchAll(/^\| `(\w+)` \|/gm)].map(([, code = '']) => code);
		expect(codes).toEqual(ERROR_CODES);
		for (const code of ERROR_CODES)
			expect(rowOf(page, code)).toEqual([
				String(HTTP_STATUS[code]),
				expect.stringMatching(/^[A-Z].+\.$/),
				expect.stringMatching(/^[A-Z].*\.$/),
			]);
	});
});

it('a link between pages is relative to the page', () => {
	expect(pathFrom('docs/reference/settings.md', 'docs/how-to/migrate-from-django.md')).toBe(
		'../how-to/migrate-from-django.md',
	);
	expect(pathFrom('docs/reference/errors.md', 'SECURITY.md#reporting')).toBe('../../SECURITY.md#reporting');
});

describe('the generated pages as committed', () => {
	const sdl = parseSdl(readSdlFiles());

	it('docs/reference/content-fields.md lists every encrypted field once, and no other', () => {
		const marked = [...sdl.types.keys()].flatMap((type) =>
			fieldsOf(sdl, type)
				.filter(({ directives }) => directives?.some(({ name }) => name.value === 'encrypted'))
				.map(({ name }) => `${type}.${name.value}`),
		);
		const listed = [...read('docs/reference/content-fields.md').matchAll(/^\| \[([^\]]+)\]/gm)].map(
			([, name = '']) => name,
		);
		expect(listed.sort()).toEqual(marked.sort());
		expect(listed.length).toBeGreaterThan(1);
	});

	it('docs/reference/content-fields.md names no platform role as a reader', () => {
		expect(read('docs/reference/content-fields.md')).not.toMatch(/^\|.*\b(OPERATOR|APPROVER|AUDITOR|no one)\b/m);
	});

	it('docs/reference/api.md says for every operation who may call it, and no operation is without callers', () => {
		const operations = ['Query', 'Mutation'].flatMap((type) => fieldsOf(sdl, type));
		const page = read('docs/reference/api.md');
		expect(page.match(/^Answers .*\. May be called by /gm)?.length).toBe(operations.length);
		expect(page).not.toContain('called by no one');
	});
});
