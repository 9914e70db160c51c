import { describe, expect, it } from 'vitest';
import { MARKER, startServer, UUID_V7 } from '../http/start-server.ts';

interface Answered {
	readonly code: string;
	readonly message: string;
	readonly text: string;
	readonly error: { readonly message: string; readonly path?: unknown; readonly extensions: Record<string, unknown> };
}

/** Sends a request, and checks that no answer, log line or metric contains the marker. */
async function firstError(query: string, variables?: object, operationName?: string): Promise<Answered> {
	const { origin, log, metrics } = await startServer();
	const response = await fetch(`${origin}/graphql`, {
		method: 'POST',
		headers: { 'content-type': 'application/json' },
		body: JSON.stringify({ query, variables, operationName }),
	});
	const text = await response.text();
	const headers = JSON.stringify([...response.headers]);
	expect(text + headers + log() + (await metrics.render()).text).not.toContain(MARKER);
	const error = JSON.parse(text).errors[0];
	expect(Object.keys(error.extensions).sort()).toEqual(
		error.extensions.code === 'INTERNAL' ? ['code', 'requestId'] : ['code'],
	);
	return { code: error.extensions.code, message: error.message, text, error };
}

describe('errors of resolvers', () => {
	it('keeps code and message of a FirmsealError, with path and location', async () => {
		const { error } = await firstError('{ alias: forbidden }');
		expect(error).toEqual({
			message: 'You may not see this.',
			locations: [{ line: 1, column: 3 }],
			path: ['alias'],
			extensions: { code: 'FORBIDDEN' },
		});
	});

	it('finds a wrapped FirmsealError, and drops the messages and extensions of the wrappers', async () => {
		expect(await firstError('{ wrapped }')).toMatchObject({ code: 'CONFLICT', message: 'Read it again.' });
	});

	it.each(['unforeseen', 'posing', 'notAnError', 'badResult', 'missing'])(
		'answers %s as INTERNAL with the request id and nothing else',
		async (field) => {
			const { code, message, error, text } = await firstError(`{ ${field} }`);
			expect(code).toBe('INTERNAL');
			expect(message).toBe('Something went wrong; quote the request id when you report it.');
			expect(error.extensions.requestId).toMatch(UUID_V7);
			expect(text).not.toMatch(/stack|node_modules|Error:/);
		},
	);

	it('logs class and code of an unexpected error and of its cause, and the request id', async () => {
		const { ask, log } = await startServer();
		const answer = await ask('{ unforeseen }');
		const line = JSON.parse(log().split('\n')[0] ?? '');
		expect(line).toMatchObject({ msg: 'unexpected error', requestId: answer.headers.get('x-request-id') });
		expect(line.err).toEqual({
			class: 'GraphQLError',
			cause: { class: 'DatabaseFailure', code: '23505', cause: { class: 'DatabaseFailure', code: '23505' } },
		});
	});
});

describe('a database that is unavailable', () => {
	it('is logged once per request, with its code, however many fields meet it', async () => {
		const { ask, log } = await startServer();
		const ids: (string | null)[] = [];
		for (const query of ['{ a: databaseAway b: databaseAway c: databaseAway }', '{ databaseAway }'])
			ids.push((await ask(query)).headers.get('x-request-id'));
		expect(log()).not.toContain(MARKER);
		const logged = log()
			.split('\n')
			.filter((line) => line.includes('the database was unavailable during a request'))
			.map((line) => JSON.parse(line));
		expect(logged.map(({ requestId }) => requestId)).toEqual(ids);
		for (const { err } of logged) expect(err).toMatchObject({ code: 'AUDIT_UNAVAILABLE', cause: { code: '53300' } });
	});
});

describe('a statement that the database cancels', () => {
	it.each(['57014', '55P03', '40001', '40P01', '25P03'])('is reported as retryable: %s', async (code) => {
		const { ask, log } = await startServer();
		const { errors } = (await (await ask(`{ cancelled(code: "${code}") }`)).json()) as {
			errors: { message: string; extensions: object }[];
		};
		expect(errors).toMatchObject([
			{ message: expect.stringMatching(/[Tt]ry again\.$/), extensions: { code: 'AUDIT_UNAVAILABLE' } },
		]);
		expect(JSON.parse(log().split('\n')[0] ?? '').err).toMatchObject({ code: 'AUDIT_UNAVAILABLE', cause: { code } });
	});

	it('is not retryable if the database refused it, and the response gives no detail', async () => {
		expect(await firstError('{ cancelled(code: "23514") }')).toMatchObject({ code: 'INTERNAL' });
	});
});

describe('errors of the caller’s input keep names and drop values', () => {
	it.each<[query: string, variables: object, message: RegExp]>([
		[`{ note(pages: "${MARKER}") }`, {}, /^Int cannot represent this value: use one of that type\.$/],
		[`{ note(colour: "${MARKER}") }`, {}, /^Enum "Colour" cannot represent this value: use one of its values\.$/],
		[
			`{ note(colour: ${MARKER.replaceAll('-', '_')}) }`,
			{},
			/^This value does not exist in the "Colour" enum: use one that does\.$/,
		],
		[`{ note(id: { a: "${MARKER}" }) }`, {}, /^ID cannot represent this value: use one of that type\.$/],
		[`{ note(input: "${MARKER}") }`, {}, /^Expected a value of type "NoteInput"\.$/],
		[
			`{ note(input: { title: "x", pages: ["${MARKER}"] }) }`,
			{},
			/^Int cannot represent this value: use one of that type\.$/,
		],
		[`{ note(input: { title: "x", titel: "${MARKER}" }) }`, {}, /^Field "titel" is not defined by type "NoteInput"\.$/],
		[`{ note(input: { pages: [1], colour: RED }) }`, {}, /^Field "NoteInput\.title" of required type "String!" was/],
		[
			`query ($n: Int = "${MARKER}") { note(pages: $n) }`,
			{},
			/^Int cannot represent this value: use one of that type\.$/,
		],
		['{ nope }', {}, /^Cannot query field "nope" on type "Query"\./],
	])('validation: %s', async (query, variables, message) => {
		const { code, message: shown } = await firstError(query, variables);
		expect(code).toBe('GRAPHQL_VALIDATION_FAILED');
		expect(shown).toMatch(message);
		expect(shown).not.toContain(MARKER.replaceAll('-', '_'));
	});

	const withInput = 'query ($input: NoteInput!) { note(input: $input) }';
	it.each<[query: string, variables: object, message: string]>([
		[
			withInput,
			{ input: { title: { secret: MARKER } } },
			'Variable "$input" got an invalid value at "input.title": String cannot represent this value: use one of that type.',
		],
		[
			withInput,
			{ input: { title: 'x', pages: [1, `${MARKER}" at "input.x"; Int`] } },
			'Variable "$input" got an invalid value at "input.pages[1]": Int cannot represent this value: use one of that type.',
		],
		[
			withInput,
			{ input: { title: 'x', colour: MARKER } },
			'Variable "$input" got an invalid value at "input.colour": This value does not exist in the "Colour" enum: use one that does.',
		],
		[
			withInput,
			{ input: { title: 'x', [`${MARKER} `]: 1 } },
			'Variable "$input" got an invalid value: A value is not valid for its type.',
		],
		[
			withInput,
			{ input: MARKER },
			'Variable "$input" got an invalid value: Expected type "NoteInput" to be an object.',
		],
		[
			withInput,
			{ input: { pages: null, colour: null } },
			'Variable "$input" got an invalid value: Field "title" of required type "String!" was not provided.',
		],
		[withInput, {}, 'Variable "$input" of required type "NoteInput!" was not provided.'],
		[
			'query ($n: Int = 1) { note(size: $n) }',
			{ n: null },
			'Argument "size" of non-null type "Int!" must not be null.',
		],
	])('variables: %s %o', async (query, variables, message) => {
		expect(await firstError(query, variables)).toMatchObject({ code: 'BAD_USER_INPUT', message });
	});

	it.each([
		[`{ note(id: ${'"'}${MARKER}`, 'Syntax Error: Unterminated string.'],
		[`{ note "${MARKER}" }`, 'Syntax Error: Expected Name, found String.'],
		[`{ note """${MARKER} "quoted" ${MARKER}""" }`, 'Syntax Error: Expected Name, found BlockString.'],
		[`query ${MARKER}`, 'Syntax Error: Invalid number, expected digit but got.'],
		['{ note(id: "\\u{canary}") }', 'Syntax Error: Invalid Unicode escape sequence.'],
		['mutation', 'Syntax Error: Expected "{", found <EOF>.'],
	])('syntax: %s', async (query, message) => {
		expect(await firstError(query)).toMatchObject({ code: 'GRAPHQL_PARSE_FAILED', message });
	});

	it('does not echo the operation name', async () => {
		expect(await firstError('query A { hello } query B { hello }', {}, MARKER)).toMatchObject({
			code: 'BAD_USER_INPUT',
			message: 'Name one operation of the document in operationName.',
		});
	});
});
