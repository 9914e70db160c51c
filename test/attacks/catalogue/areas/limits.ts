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

/** Whatever was sent, the next request is answered as ever. */
async function goesOn(stage: Stage, answers: AttackAnswer[]): Promise<{ answers: AttackAnswer[] }> {
	const { data } = await stage.ask(stage.north.member, '{ viewer { role } }');
	expect(data).toEqual({ viewer: { role: 'MEMBER' } });
	return { answers };
}

export const limits: Area = {
	title: 'Limits',
	attacks: [
		tooMuch(
			'Aliases of `__typename`, which costs nothing, at each level of a list',
			/more than 100 aliases/,
			`{ notes { nodes { ${times(51, (n) => `a${n}: __typename`)} } edges { ${times(50, (n) => `b${n}: __typename`)} } } }`,
		),
		tooMuch(
			'A response key of 400,000 characters over a list, which repeats it for each row: 400 MB',
			/a name of more than 128 characters/,
			`{ notes(first: 1000) { nodes { ${'a'.repeat(400_000)}: id } } }`,
		),
		tooMuch(
			'An operation named by a million letters, with a hundred variables that it does not define, each of which would be told with the name',
			/a name of more than 128 characters/,
			`query ${'a'.repeat(1_000_000)} { viewer { ${times(100, (n) => `email @include(if: $v${n})`)} } }`,
		),
		tooMuch(
			'A fragment named `__schema`, to be taken for introspection, that is used again and again',
			/more than 1,000 fields/,
			`{ viewer { ${times(20, () => '...__schema')} } } fragment __schema on User { ${times(60, () => '__typename')} }`,
		),
		tooMuch(
			'Fragments that each use the next one twice, thirty deep',
			/more than 1,000 fields/,
			`{ ...F0 } ${times(30, (n) => `fragment F${n} on Query { ...F${n + 1} ...F${n + 1} }`)} fragment F30 on Query { __typename }`,
		),
		{
			attack: 'Fragments in a circle, by way of an interface and under different names of fields',
			expected: 'GRAPHQL_VALIDATION_FAILED, at once',
			layer: 'schema',
			async run({ ask, north }) {
				const query = `{ notes { nodes { ...A } } }
					fragment A on Note { author { ...B } } fragment B on User { ... on Node { ...C } }
					fragment C on Node { ... on Note { x: author { ...B } } }`;
				return { answers: [await ask(north.member, query)] };
			},
		},
		tooMuch(
			'Fields within fields by way of a fragment high up, low down and again',
			/deeper than 15 levels/,
			`{ ...F ${nest(9, 'viewer', '...F')} } fragment F on Query { ${nest(8, 'viewer', 'id')} }`,
		),
		tooMuch(
			'Directives by the hundred, on a field, an inline fragment and a variable',
			/more than 5 directives/,
			`query ($a: Boolean! ${times(200, () => '@x')}) { ... ${times(200, () => '@skip(if: false)')} { __typename @include(if: $a) } }`,
			{ a: true },
		),
		tooMuch(
			'Lists in lists in lists, small in the document and a billion in the answer',
			/more than 100,000 fields/,
			'{ threads(first: 1000) { nodes { messages(first: 1000) { nodes { comments(first: 1000) { nodes { text } } } } } } }',
		),
		tooMuch(
			'The log by four filters in one document, each of which looks through 100,000 entries',
			/more than 100,000 fields/,
			`query ($f: AuditEntryFilter = {}) { ${times(4, (n) => `a${n}: auditEntries(filter: $f) { totalCount }`)} }`,
		),
		tooMuch(
			'The largest page by a default value of a variable that the request leaves out',
			/at most 1,000 rows/,
			'query ($n: Int = 2147483647) { notes(first: $n) { nodes { title } } }',
		),
		tooMuch(
			'A thousand creates in one document',
			/more than 50 fields at its root|2,000 tokens/,
			`mutation { ${times(100, (n) => `a${n}: createNote(input: {}) { note { id } }`)} }`,
		),
		{
			attack:
				'Answers of 10 MiB from 200 bytes (a control character, which JSON writes as six, under 13 names), of which nothing is read',
			expected: 'RATE_LIMITED once three of an account wait, and an owner who revokes is answered',
			layer: 'room',
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
			expected: 'BAD_USER_INPUT: one document a request',
			layer: 'HTTP',
			async run(stage) {
				const body = JSON.stringify(Array.from({ length: 100 }, () => ({ query: '{ notes { nodes { title } } }' })));
				return goesOn(stage, [await stage.send(stage.north.member, { headers: JSON_BODY, body })]);
			},
		},
		{
			attack: '60,000 variables that no operation has, beside one that it has',
			expected: 'Those are left alone; the one that is wrong is BAD_USER_INPUT',
			layer: 'arguments',
			async run(stage) {
				const variables = Object.fromEntries(Array.from({ length: 60_000 }, (_, n) => [`v${n}`, n]));
				const query = 'query ($id: ID!) { note(id: $id) { title } }';
				return goesOn(stage, [await stage.ask(stage.north.member, query, { ...variables, id: 'x' })]);
			},
		},
		{
			attack: 'A variable of 200,000 lists within lists, and one of as many objects',
			expected: 'BAD_USER_INPUT, without a stack that overflows',
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
				return goesOn(stage, [await send(lists), await send(objects)]);
			},
		},
		{
			attack: '`@defer` and `@stream`, which would be answered in parts, some of them after the record',
			expected: 'GRAPHQL_VALIDATION_FAILED: there are none',
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
			attack: 'A subscription to a field of the queries',
			expected: 'GRAPHQL_VALIDATION_FAILED: nothing is read, and nobody can fill the error log with it',
			layer: 'schema',
			async run({ ask, north }) {
				const told = await ask(north.member, 'subscription { notes { nodes { title } } }');
				return { answers: [told] };
			},
		},
		{
			attack: 'A document by its hash only (persisted query), to name one that somebody else sent',
			expected: 'BAD_USER_INPUT: nothing is kept between requests under a hash',
			layer: 'HTTP',
			async run({ send, north }) {
				const persistedQuery = { version: 1, sha256Hash: 'a'.repeat(64) };
				const body = JSON.stringify({ extensions: { persistedQuery } });
				return { answers: [await send(north.member, { headers: JSON_BODY, body })] };
			},
		},
		{
			attack: 'Headers of more than 16 KiB, and a query of as much in the address',
			expected: 'PAYLOAD_TOO_LARGE, before a line of ours has run',
			layer: 'HTTP',
			async run(stage) {
				const much = 'x'.repeat(20_000);
				const answers = [
					await stage.send(stage.north.member, { headers: [...JSON_BODY, 'x-much', much], body: '{}' }),
					await stage.send(stage.north.member, { method: 'GET', path: `/graphql?query=${much}` }),
				];
				expect(answers.flatMap(codesOf)).toEqual(['PAYLOAD_TOO_LARGE', 'PAYLOAD_TOO_LARGE']);
				return goesOn(stage, answers);
			},
		},
		{
			attack: 'A body without a length, in chunks, of more than the limit',
			expected: 'PAYLOAD_TOO_LARGE',
			layer: 'HTTP',
			async run(stage) {
				const body = JSON.stringify({ query: '{ viewer { id } }', variables: { x: 'x'.repeat(1_200_000) } });
				const headers = [...JSON_BODY, 'transfer-encoding', 'chunked'];
				const told = await stage.send(stage.north.member, { headers, body });
				expect(told.status).toBe(413);
				return goesOn(stage, [told]);
			},
		},
		{
			attack: 'A body of 64 KiB that is 64 MiB unpacked (`Content-Encoding: gzip`)',
			expected: 'Refused unread: bodies are never unpacked',
			layer: 'HTTP',
			async run(stage) {
				const body = gzipSync(Buffer.alloc(64 * 1024 * 1024));
				const headers = [...JSON_BODY, 'content-encoding', 'gzip'];
				const told = await stage.send(stage.north.member, { headers, body });
				expect(told.status).toBe(400);
				return goesOn(stage, [told]);
			},
		},
		{
			attack: 'A request smuggled in another’s body: Content-Length beside Transfer-Encoding, twice, and with a sign',
			expected: 'BAD_USER_INPUT, the connection closed, and the smuggled one never answered',
			layer: 'HTTP',
			async run(stage) {
				const inner = `GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n`;
				const head = `POST /graphql HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nAuthorization: Bearer ${stage.north.member}\r\n`;
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
				return goesOn(stage, [await stage.send(stage.north.member, { headers: [...JSON_BODY], body: '0' })]);
			},
		},
	],
};
