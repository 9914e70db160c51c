import { gzipSync } from 'node:zlib';
import { expect } from 'vitest';
import type { Area, Attack } from '../attack.ts';
import { codesOf } from '../proofs.ts';
import type { AttackAnswer, Stage } from '../stage.ts';
import { holdAnswer, sendBytes } from '../wire.ts';

const JSON_BODY = ['content-type', 'application/json'];
const times = (count: number, part: (n: number) => string | number) =>
	Array.from({ length: count }, (_, n) => part(n)).join(' ');
const nest = (levels: number, field: string, leaf: string) =>
	`${`${field} { `.repeat(levels)}${leaf}${' }'.repeat(levels)}`;

const tooMuch = (attack: string, limit: RegExp, query: string, variables?: Record<string, unknown>): Attack => ({
	attack,
	expected: 'TOO_EXPENSIVE, and the message names the limit',
	layer: 'limits',
	async run({ ask, north }) {
		const told = await ask(north.member, query, variables);
		expect(told.errors[0]?.message).toMatch(limit);
		expect(told.status).toBe(400);
		return { answers: [told] };
	},
});

const REVOKE = 'mutation { revokeBreakGlass(leaseId: "01980000-0000-7000-8000-0000000000ff") { lease { id } } }';

/** Checks that the server still answers the next request. */
async function stillAnswers(stage: Stage, answers: AttackAnswer[]): Promise<{ answers: AttackAnswer[] }> {
	const { data } = await stage.ask(stage.north.member, '{ viewer { role } }');
	expect(data).toEqual({ viewer: { role: 'MEMBER' } });
	return { answers };
}

export const limits: Area = {
	title: 'Limits',
	attacks: [
		tooMuch(
			'More than 100 aliases of `__typename`, which costs nothing, across the levels of a list',
			/more than 100 aliases/,
			`{ notes { nodes { ${times(51, (n) => `a${n}: __typename`)} } edges { ${times(50, (n) => `b${n}: __typename`)} } } }`,
		),
		tooMuch(
			'A response key of 400,000 characters in a list, which repeats it for each row: 400 MB',
			/a name of more than 128 characters/,
			`{ notes(first: 1000) { nodes { ${'a'.repeat(400_000)}: id } } }`,
		),
		tooMuch(
			'An operation name of a million letters and a hundred undefined variables, so that each error repeats the name',
			/a name of more than 128 characters/,
			`query ${'a'.repeat(1_000_000)} { viewer { ${times(100, (n) => `email @include(if: $v${n})`)} } }`,
		),
		tooMuch(
			'A fragment named `__schema`, to look like introspection, spread twenty times',
			/more than 1,000 fields/,
			`{ viewer { ${times(20, () => '...__schema')} } } fragment __schema on User { ${times(60, () => '__typename')} }`,
		),
		tooMuch(
			'Fragments that each spread the next one twice, thirty levels deep',
			/more than 1,000 fields/,
			`{ ...F0 } ${times(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { __typename }`,
		),
		{
			attack: 'A cycle of fragments through an interface and an alias',
			expected: 'GRAPHQL_VALIDATION_FAILED',
			layer: 'schema',
			async run({ ask, north }) {
				const query = `{ notes { nodes { ...A } } }
					fragment A on Note { author { ...B } } fragment B on User { ... on Node { ...C } }
					fragment C on Node { ... on Note { x: author { ...B } } }`;
				return { answers: [await ask(north.member, query)] };
			},
		},
		tooMuch(
			'A fragment spread at the root and again nine levels down, to hide the depth',
			/deeper than 15 levels/,
			`{ ...F ${nest(9, 'viewer', '...F')} } fragment F on Query { ${nest(8, 'viewer', 'id')} }`,
		),
		tooMuch(
			'Two hundred directives on an inline fragment and on a variable',
			/more than 5 directives/,
			`query ($a: Boolean! ${times(200, () => '@x')}) { ... ${times(200, () => '@skip(if: false)')} { __typename @include(if: $a) } }`,
			{ a: true },
		),
		tooMuch(
			'Lists nested three deep: a small document, a billion fields in the answer',
			/more than 100,000 fields/,
			'{ threads(first: 1000) { nodes { messages(first: 1000) { nodes { comments(first: 1000) { nodes { text } } } } } } }',
		),
		tooMuch(
			'Four counts of log entries in one document, each of which scans 100,000 entries',
			/more than 100,000 fields/,
			`query ($f: AuditEntryFilter = {}) { ${times(4, (n) => `a${n}: auditEntries(filter: $f) { totalCount }`)} }`,
		),
		tooMuch(
			'A huge page size as the default value of a variable that the request omits',
			/at most 1,000 rows/,
			'query ($n: Int = 2147483647) { notes(first: $n) { nodes { title } } }',
		),
		tooMuch(
			'A hundred creates in one document',
			/more than 50 fields at its root|2,000 tokens/,
			`mutation { ${times(100, (n) => `a${n}: createNote(input: {}) { note { id } }`)} }`,
		),
		{
			attack:
				'Answers of 10 MiB to a document of 200 bytes (control characters, which JSON writes as six bytes, under 13 aliases) that the client never reads',
			expected: 'RATE_LIMITED while three answers of the account wait; an owner’s revoke is still answered',
			layer: 'answer memory',
			async run(stage) {
				const { owner } = stage.north;
				const id = await stage.note({ body: '\u0001'.repeat(131_000) });
				const query = `{ note(id: "${id}") { ${times(13, (n) => `a${n}: body`)} } }`;
				const held = await Promise.all(Array.from({ length: 3 }, () => holdAnswer(stage.api.url, `${owner}`, query)));
				try {
					const told = await stage.ask(owner, query);
					const { errors } = await stage.ask(owner, REVOKE);
					expect(errors.map(({ extensions }) => extensions.code)).toEqual(['NOT_FOUND']);
					return { answers: [told] };
				} finally {
					for (const leave of held) leave();
				}
			},
		},
		{
			attack: 'A hundred documents in one request, as a JSON list',
			expected: 'BAD_USER_INPUT: a request holds one document',
			layer: 'HTTP',
			async run(stage) {
				const body = JSON.stringify(Array.from({ length: 100 }, () => ({ query: '{ notes { nodes { title } } }' })));
				return stillAnswers(stage, [await stage.send(stage.north.member, { headers: JSON_BODY, body })]);
			},
		},
		{
			attack: '60,000 undefined variables and an invalid defined one',
			expected: 'BAD_USER_INPUT for the defined one; the others are ignored',
			layer: 'arguments',
			async run(stage) {
				const variables = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`v${n}`, n]));
				const query = 'query ($id: ID!) { note(id: $id) { title } }';
				return stillAnswers(stage, [await stage.ask(stage.north.member, query, { ...variables, id: 'x' })]);
			},
		},
		{
			attack: 'A variable of 200,000 nested lists, and one of 150,000 nested objects',
			expected: 'BAD_USER_INPUT, without a stack overflow',
			layer: 'arguments',
			async run(stage) {
				const [lists, objects] = [
					`${'['.repeat(200_000)}${']'.repeat(200_000)}`,
					`${'{"a":'.repeat(150_000)}1${'}'.repeat(150_000)}`,
				];
				const send = (id: string) =>
					stage.send(stage.north.member, {
						headers: JSON_BODY,
						body: `{"query":"query ($id: ID!) { note(id: $id) { title } }","variables":{"id":${id}}}`,
					});
				return stillAnswers(stage, [await send(lists), await send(objects)]);
			},
		},
		{
			attack: '`@defer` and `@stream`, which split an answer into parts, some of them after its log entry',
			expected: 'GRAPHQL_VALIDATION_FAILED: the schema has neither',
			layer: 'schema',
			async run({ ask, north, ours }) {
				const documents = [
					`{ note(id: "${ours.ids.note}") { ... @defer { title } } }`,
					'{ notes { nodes @stream(initialCount: 0) { title } } }',
				];
				return { answers: await Promise.all(documents.map((query) => ask(north.member, query))) };
			},
		},
		{
			attack: 'A query field as a subscription',
			expected: 'GRAPHQL_VALIDATION_FAILED: nothing is read, and the error log does not grow',
			layer: 'schema',
			async run({ ask, north }) {
				const told = await ask(north.member, 'subscription { notes { nodes { title } } }');
				return { answers: [told] };
			},
		},
		{
			attack: 'Only the hash of a document (persisted query), to run one that another client sent',
			expected: 'BAD_USER_INPUT: no document is stored under a hash',
			layer: 'HTTP',
			async run({ send, north }) {
				const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };
				const body = JSON.stringify({ extensions: { persistedQuery } });
				return { answers: [await send(north.member, { headers: JSON_BODY, body })] };
			},
		},
		{
			attack: 'Headers of more than 16 KiB, and a URL of the same size',
			expected: 'PAYLOAD_TOO_LARGE: the HTTP parser refuses it',
			layer: 'HTTP',
			async run(stage) {
				const much = 'x'.repeat(20_000);
				const answers = [
					await stage.send(stage.north.member, { headers: [...JSON_BODY, 'x-much', much], body: '{}' }),
					await stage.send(stage.north.member, { method: 'GET', path: `/graphql?query=${much}` }),
				];
				expect(answers.flatMap(codesOf)).toEqual(['PAYLOAD_TOO_LARGE', 'PAYLOAD_TOO_LARGE']);
				return stillAnswers(stage, answers);
			},
		},
		{
			attack: 'A chunked body without a length, larger than the limit',
			expected: 'PAYLOAD_TOO_LARGE',
			layer: 'HTTP',
			async run(stage) {
				const body = JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(1_200_000) } });
				const headers = [...JSON_BODY, 'transfer-encoding', 'chunked'];
				const told = await stage.send(stage.north.member, { headers, body });
				expect(told.status).toBe(413);
				return stillAnswers(stage, [told]);
			},
		},
		{
			attack: 'A body of 64 KiB that decompresses to 64 MiB (`Content-Encoding: gzip`)',
			expected: 'BAD_USER_INPUT before the body is read: bodies are never decompressed',
			layer: 'HTTP',
			async run(stage) {
				const body = gzipSync(Buffer.alloc(64 * 1024 * 1024));
				const headers = [...JSON_BODY, 'content-encoding', 'gzip'];
				const told = await stage.send(stage.north.member, { headers, body });
				expect(told.status).toBe(400);
				return stillAnswers(stage, [told]);
			},
		},
		{
			attack: 'A request smuggled in the body of another: Content-Length with Transfer-Encoding, twice, with a sign',
			expected: 'BAD_USER_INPUT; the connection is closed, and the smuggled request is never answered',
			layer: 'HTTP',
			async run(stage) {
				const inner = `GET /health/live HTTP/1.1\r\nHost: localhost\r\n\r\n`;
				const head = `POST /graphql HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nAuthorization: Bearer ${stage.north.member}\r\n`;
				for (const lengths of [
					`Content-Length: 4\r\nTransfer-Encoding: chunked\r\n`,
					`Content-Length: 4\r\nContent-Length: ${inner.length}\r\n`,
					`Content-Length: +4\r\n`,
					`Transfer-Encoding: chunked, identity\r\n`,
				]) {
					const text = await sendBytes(stage.api.url, `${head}${lengths}\r\n0\r\n\r\n${inner}`);
					expect([lengths, [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => status)]).toEqual([
						lengths,
						['400'],
					]);
				}
				return stillAnswers(stage, [await stage.send(stage.north.member, { headers: [...JSON_BODY], body: '0' })]);
			},
		},
	],
};
