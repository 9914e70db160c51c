import { v7 as uuidv7 } from 'uuid';
import { expect } from 'vitest';
import type { Area, Evidence } from '../attack.ts';
import { codesOf } from '../proofs.ts';
import type { AttackAnswer, Stage } from '../stage.ts';

const CREATE = 'mutation ($input: CreateNoteInput!) { createNote(input: $input) { note { id title } } }';
const JSON_BODY = ['content-type', 'application/json'];
const VIEWER = JSON.stringify({ query: '{ viewer { role } }' });

const countNotes = async ({ admin }: Stage): Promise<number> =>
	(await admin`select count(*)::int as n from notes`)[0]?.n;

async function sent(stage: Stage, ...bodies: (Uint8Array | string)[]): Promise<Evidence> {
	const before = await countNotes(stage);
	const answers: AttackAnswer[] = [];
	for (const body of bodies) answers.push(await stage.send(stage.north.member, { headers: JSON_BODY, body }));
	expect(await countNotes(stage)).toBe(before);
	return { answers };
}

async function created(stage: Stage, ...inputs: unknown[]): Promise<Evidence> {
	const before = await countNotes(stage);
	const answers: AttackAnswer[] = [];
	for (const input of inputs) answers.push(await stage.ask(stage.north.member, CREATE, { input }));
	expect(await countNotes(stage)).toBe(before);
	return { answers };
}

/** A request body with these bytes in its title. */
const titled = (stage: Stage, bytes: readonly number[]) => {
	const [before, after] = JSON.stringify({
		query: CREATE,
		variables: { input: { title: `${stage.secret()}|` } },
	}).split('|');
	return Buffer.concat([Buffer.from(before ?? ''), Buffer.from(bytes), Buffer.from(after ?? '')]);
};

export const encoding: Area = {
	title: 'Encoding',
	attacks: [
		{
			attack: 'Half a character (a lone surrogate) and U+0000 in content',
			expected: 'BAD_USER_INPUT: text that can’t be stored unchanged is not stored',
			layer: 'arguments',
			run: (stage) =>
				created(
					stage,
					{ title: `${stage.secret()}\ud800` },
					{ body: `\udc00${stage.secret()}` },
					{ title: `${stage.secret()}\0` },
				),
		},
		{
			attack: 'The same in metadata, which PostgreSQL can’t store: a client’s name, an invoice’s number',
			expected: 'BAD_USER_INPUT, and no database error',
			layer: 'arguments',
			async run({ ask, north }) {
				const client = 'mutation ($name: String!) { createClient(input: { name: $name }) { client { id } } }';
				const invoice =
					'mutation ($n: String!) { createInvoice(input: { number: $n, currency: "EUR", total: "1" }) { invoice { id } } }';
				const answers: AttackAnswer[] = [];
				for (const text of ['a\0b', '\ud800', 'two\nlines', '']) {
					answers.push(await ask(north.member, client, { name: text }));
					answers.push(await ask(north.member, invoice, { n: text }));
				}
				return { answers };
			},
		},
		{
			attack: 'Invalid UTF-8: overlong, surrogates as three bytes each, cut short, beyond U+10FFFF, Latin-1',
			expected: 'BAD_USER_INPUT: the bytes are not sealed as U+FFFD',
			layer: 'HTTP',
			run: (stage) =>
				sent(
					stage,
					titled(stage, [0xc0, 0xaf]),
					titled(stage, [0xed, 0xa0, 0xbd, 0xed, 0xb8, 0x80]),
					titled(stage, [0xe2, 0x82]),
					titled(stage, [0xf4, 0x90, 0x80, 0x80]),
					titled(stage, [0xe9]),
				),
		},
		{
			attack: 'A body in UTF-16, with and without a byte order mark',
			expected: 'BAD_USER_INPUT',
			layer: 'HTTP',
			run: (stage) => sent(stage, Buffer.from(`\ufeff${VIEWER}`, 'utf16le'), Buffer.from(VIEWER, 'utf16le')),
		},
		{
			attack: 'Another charset in Content-Type: UTF-7, UTF-16, Latin-1, quoted',
			expected: '415: JSON is UTF-8',
			layer: 'HTTP',
			async run({ send, north }) {
				const charsets = ['utf-7', 'utf-16', 'iso-8859-1', '"utf-16"'];
				const answers = await Promise.all(
					charsets.map((charset) =>
						send(north.member, { headers: ['content-type', `application/json; charset=${charset}`], body: VIEWER }),
					),
				);
				expect(answers.map(({ status }) => status)).toEqual(charsets.map(() => 415));
				return { answers };
			},
		},
		{
			attack: "Bodies that some parsers accept as JSON: comments, NaN, a trailing comma, two values, `)]}'`",
			expected: 'BAD_USER_INPUT',
			layer: 'HTTP',
			run: (stage) =>
				sent(
					stage,
					`/* */${VIEWER}`,
					`${VIEWER.slice(0, -1)},"variables":{"a":NaN}}`,
					`${VIEWER.slice(0, -1)},}`,
					`${VIEWER}${VIEWER}`,
					`)]}'\n${VIEWER}`,
					`${VIEWER}\0`,
				),
		},
		{
			attack: 'The keys `__proto__` and `constructor.prototype`, at the top, in variables and in an input',
			expected: 'BAD_USER_INPUT, and no prototype has changed',
			layer: 'HTTP',
			async run(stage) {
				const body = (variables: string, more = '') =>
					`{"query":${JSON.stringify(CREATE)},"variables":${variables}${more}}`;
				const polluting = '{"role":"OWNER","polluted":true}';
				const evidence = await sent(
					stage,
					body('{"input":{"title":"x"}}', `,"__proto__":${polluting}`),
					body(`{"input":{"title":"x"},"__proto__":${polluting}}`),
					body(`{"input":{"title":"x","__proto__":${polluting}}}`),
					body(`{"input":{"title":"x","constructor":{"prototype":${polluting}}}}`),
					body(`{"input":{"title":"x","\\u005f_proto__":${polluting}}}`),
				);
				expect(({} as Record<string, unknown>).polluted).toBeUndefined();
				return evidence;
			},
		},
		{
			attack: 'Two `query` keys in one body, the first harmless, for a filter that reads only the first',
			expected: 'FORBIDDEN: the last key counts, in the refusal and on record',
			layer: 'rights',
			async run({ ask, send, entriesOf, north }) {
				const harmful = '{ notes { nodes { title } } }';
				const body = `{"query":"{ viewer { role } }","query":${JSON.stringify(harmful)}}`;
				const told = await send(north.client, { headers: JSON_BODY, body });
				const plain = await ask(north.client, harmful);
				const hashes = [...(await entriesOf(told)), ...(await entriesOf(plain))].map(({ document }) => document);
				expect(hashes).toEqual([expect.any(String), hashes[0]]);
				return { answers: [told] };
			},
		},
		{
			attack: 'Two `id` keys in an input: the own note first, another firm’s last',
			expected: 'NOT_FOUND: the last key counts, in the check and in the write',
			layer: 'writes',
			async run({ send, north, ours, theirs }) {
				const update = 'mutation ($input: UpdateNoteInput!) { updateNote(input: $input) { note { id } } }';
				const input = `{"id":"${ours.ids.note}","expectedRevision":1,"title":"x","id":"${theirs.ids.note}"}`;
				const body = `{"query":${JSON.stringify(update)},"variables":{"input":${input}}}`;
				return { answers: [await send(north.member, { headers: JSON_BODY, body })] };
			},
		},
		{
			attack: 'A revision that is no Int: 2^53 + 1, 2^31, 1e400, -0.5, text, true',
			expected: 'BAD_USER_INPUT, never rounded',
			layer: 'arguments',
			run(stage) {
				const update = 'mutation ($r: Int!) { deleteNote(input: { id: "ID", expectedRevision: $r }) { id } }';
				const query = JSON.stringify(update.replace('ID"', `${stage.ours.ids.note}"`));
				const revisions = ['9007199254740993', '2147483648', '1e400', '-0.5', '"1"', '1.0000000000000001e1000', 'true'];
				return sent(stage, ...revisions.map((each) => `{"query":${query},"variables":{"r":${each}}}`));
			},
		},
		{
			attack: 'Amounts that are no Decimal: an exponent, a comma, hexadecimal, digits of another script, a number',
			expected: 'BAD_USER_INPUT, never a rounded amount',
			layer: 'arguments',
			async run({ ask, north }) {
				const create =
					'mutation ($t: Decimal!, $n: String!) { createInvoice(input: { number: $n, currency: "EUR", total: $t }) { invoice { id } } }';
				const amounts = ['1e3', '1,5', '0x10', '\u0661', 10.1, '9'.repeat(16), 'NaN', ' 1', '+1', '01'];
				const answers = amounts.map((t) => ask(north.member, create, { t, n: uuidv7() }));
				return { answers: await Promise.all(answers) };
			},
		},
		{
			attack: 'Field names with escapes and with letters that look alike (`t\\u0069tle`, a Cyrillic `і`)',
			expected: 'GRAPHQL_PARSE_FAILED: names are ASCII',
			layer: 'schema',
			run: ({ ask, operator, ours }) => {
				const names = ['t\\u0069tle', 't\u0456tle', 'ti\u200btle', 'title\u0301'];
				const answers = names.map((name) => ask(operator, `{ note(id: "${ours.ids.note}") { ${name} } }`));
				return Promise.all(answers).then((all) => ({ answers: all }));
			},
		},
		{
			attack: 'An operator hides a field behind commas, byte order marks, comments and line breaks',
			expected: 'Null and NO_LEASE: the check uses the parsed document',
			layer: 'resolver lock',
			async run({ ask, operator, ours }) {
				const query = `\ufeff,,{#}\r\n,note(id:"""${ours.ids.note}"""),{\ufeff,title#{\n,,},}`;
				const told = await ask(operator, query);
				expect(told.data).toEqual({ note: { title: null } });
				return { answers: [told] };
			},
		},
		{
			attack:
				'Content types that a browser sends without a preflight: text/plain, a form, multipart, none; types that contain “json”',
			expected: '415 or 400, and nothing is written',
			layer: 'HTTP',
			async run(stage) {
				const before = await countNotes(stage);
				const types = ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'];
				const odd = [
					'text/plain; x="application/json"',
					'application/jsonx',
					'application/graphql',
					';application/json',
				];
				const body = JSON.stringify({ query: 'mutation { createNote(input: { title: "x" }) { note { id } } }' });
				const answers: AttackAnswer[] = [];
				for (const type of [...types, ...odd])
					answers.push(await stage.send(stage.north.member, { headers: ['content-type', type], body }));
				answers.push(await stage.send(stage.north.member, { body }));
				for (const { status } of answers) expect([400, 415]).toContain(status);
				expect(await countNotes(stage)).toBe(before);
				return { answers };
			},
		},
		{
			attack: 'Two Host headers, for a proxy that uses the other: another host, another port, the same twice',
			expected: 'BAD_USER_INPUT before any identity lookup',
			layer: 'HTTP',
			async run(stage) {
				const { host } = new URL(stage.api.url);
				const body = JSON.stringify({ query: '{ notes { nodes { title } } }' });
				const answers: AttackAnswer[] = [];
				for (const other of ['elsewhere.example', `${host}:80`, host]) {
					const headers = ['content-type', 'application/json', 'HOST', other];
					answers.push(await stage.send(stage.north.member, { headers, body }));
				}
				for (const { status, statements } of answers) expect([status, statements]).toEqual([400, []]);
				return { answers };
			},
		},
		{
			attack: 'A mutation by GET, HEAD, PUT, PATCH and DELETE, with X-HTTP-Method-Override',
			expected: '405, and nothing is written',
			layer: 'HTTP',
			async run(stage) {
				const before = await countNotes(stage);
				const path = `/graphql?query=${encodeURIComponent('mutation { createNote(input: {}) { note { id } } }')}`;
				const headers = ['apollo-require-preflight', '1', 'x-http-method-override', 'POST'];
				const answers: AttackAnswer[] = [];
				for (const method of ['GET', 'PUT', 'PATCH', 'DELETE'])
					answers.push(await stage.send(stage.north.member, { method, path, headers }));
				expect(answers.map(({ status }) => status)).toEqual([405, 405, 405, 405]);
				expect((await stage.send(stage.north.member, { method: 'HEAD', path, headers })).status).toBe(405);
				expect(answers.flatMap(codesOf)).toHaveLength(4);
				expect(await countNotes(stage)).toBe(before);
				return { answers };
			},
		},
	],
};
