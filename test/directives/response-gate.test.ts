import type { GraphQLResponse } from '@apollo/server';
import { parse } from 'graphql';
import { describe, expect, it } from 'vitest';
import { createContext, type RequestContext, requireReach } from '../../src/api/context.ts';
import { setResponseStatus } from '../../src/api/http/index.ts';
import { systemClock } from '../../src/clock.ts';
import type { Plane } from '../../src/database/index.ts';
import { accessOf, responseGate } from '../../src/directives/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { createRights } from '../../src/keys/index.ts';
import { FIRM, member, operator, rowId, sealedText, TITLE, workbench } from '../content/workbench.ts';
import { createFakeKeyring } from '../keys/fake-keyring.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';

const noRows: Plane = {
	role: 'firmseal_firm',
	read: () => Promise.reject(new Error('not in this test')),
	write: () => Promise.reject(new Error('not in this test')),
	append: () => Promise.reject(new Error('not in this test')),
	forClient: () => noRows,
	forLease: () => noRows,
	forJob: () => noRows,
	close: async () => {},
};

interface Body {
	data?: Record<string, unknown> | null;
	errors?: { message: string; extensions: { code: string } }[];
	extensions?: Record<string, unknown>;
}

function makeGate() {
	const bench = workbench();
	const contextFor = (principal: typeof member | typeof operator): RequestContext =>
		createContext(
			rowId(8),
			{ principal, authTime: null, isStill: async () => true },
			{
				plane: noRows,
				content: bench.content,
				fieldsOf: () => ({}),
				accounts: { issuer: 'test', makesSubjects: true },
				rights: createRights({
					keyring: createFakeKeyring().keyring,
					store: createMemoryDataKeyStore(),
					ttlSeconds: 300,
					clock: systemClock,
				}),
				clock: systemClock,
			},
		);
	async function pass(
		contextValue: RequestContext,
		singleResult: Body,
		work: () => unknown = () => {},
		resolved = true,
	) {
		const gate = responseGate<RequestContext>({
			contentOf: ({ desk }) => desk.content,
			principalOf: ({ principal }) => principal,
			requestIdOf: ({ requestId }) => requestId,
			onAnswered: setResponseStatus,
		});
		const hooks = await gate.requestDidStart?.({} as never);
		if (resolved) await hooks?.didResolveOperation?.({ contextValue, document: parse('{ viewer { id } }') } as never);
		await work();
		const response = { http: { headers: new Map(), status: undefined }, body: { kind: 'single', singleResult } };
		await hooks?.willSendResponse?.({ contextValue, response } as never);
		return response as unknown as GraphQLResponse & { body: { kind: 'single'; singleResult: Body } };
	}
	return { ...bench, contextFor, pass };
}

const open = (context: RequestContext) =>
	context.desk.content.reveal(
		accessOf(context),
		TITLE,
		{ firm: FIRM, id: rowId(1) },
		sealedText(TITLE, rowId(1), 'gate-marker'),
	);

describe('the response gate', () => {
	it('lets an answer pass once what it opened is on record', async () => {
		const { contextFor, pass, drafts } = makeGate();
		const context = contextFor(member);
		const { body, http } = await pass(context, { data: { title: 'gate-marker' } }, () => open(context));
		expect(body.singleResult).toEqual({ data: { title: 'gate-marker' } });
		expect(http.status).toBeUndefined();
		expect(drafts).toMatchObject([{ action: 'content.open', coordinates: ['Note.title'], records: [rowId(1)] }]);
	});

	it.each([
		['the log’s own refusal', new FirmsealError('AUDIT_UNAVAILABLE', 'away')],
		['anything else', new Error('gate-marker in a message of the driver')],
		['a refusal under another code', new FirmsealError('INTERNAL', 'gate-marker')],
	])('answers AUDIT_UNAVAILABLE and nothing else after %s', async (_, trouble) => {
		const { contextFor, pass, failLog } = makeGate();
		const context = contextFor(member);
		failLog(trouble);
		const { body, http } = await pass(
			context,
			{ data: { title: 'gate-marker' }, extensions: { other: 'gate-marker' } },
			() => open(context),
		);
		expect(body.singleResult).toEqual({
			data: null,
			errors: [{ message: expect.any(String), extensions: { code: 'AUDIT_UNAVAILABLE' } }],
		});
		expect(JSON.stringify(body)).not.toContain('gate-marker');
		expect([http.status, http.headers.get('retry-after')]).toEqual([503, '5']);
	});

	it('answers a change that could not be recorded as a whole, not as a null among data', async () => {
		const { contextFor, pass } = makeGate();
		const result = {
			data: { createNote: null, viewer: 'x' },
			errors: [{ message: 'away', extensions: { code: 'AUDIT_UNAVAILABLE' } }],
		};
		const { body, http } = await pass(contextFor(member), result);
		expect([body.singleResult.data, http.status]).toEqual([null, 503]);
	});

	it('tells what was withheld, and that is on record too', async () => {
		const { contextFor, pass, drafts } = makeGate();
		const context = contextFor(operator);
		const { body } = await pass(context, { data: { title: null }, extensions: { kept: true } }, () => open(context));
		expect(body.singleResult.extensions).toEqual({
			kept: true,
			sealed: [{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 }],
		});
		expect(drafts).toMatchObject([{ action: 'content.deny', counts: { 'Note.title': 1 } }]);
	});

	it('lets a document pass that was never resolved: nothing was opened', async () => {
		const { contextFor, pass, drafts } = makeGate();
		const { body, http } = await pass(
			contextFor(member),
			{ errors: [{ message: 'syntax', extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] },
			() => {},
			false,
		);
		expect([body.singleResult.errors?.[0]?.message, http.status, drafts]).toEqual(['syntax', 400, []]);
	});
});

describe('a request’s context', () => {
	it('gives no way to content before the decision', () => {
		expect(() => accessOf(makeGate().contextFor(member))).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
	});

	it('has a decision and a memory of its own for each operation of a batch', async () => {
		const { contextFor, pass, drafts } = makeGate();
		const first = contextFor(member);
		const second = { ...first };
		await pass(first, { data: {} }, () => open(first));
		await pass(second, { data: {} }, () => open(second));
		expect(accessOf(second)).not.toBe(accessOf(first));
		expect(drafts).toHaveLength(2);
	});

	it('is of one gate only: a second one would exchange the decision', async () => {
		const { contextFor, pass } = makeGate();
		const context = contextFor(member);
		await pass(context, { data: {} });
		await expect(pass(context, { data: {} })).rejects.toMatchObject({ code: 'INTERNAL' });
	});

	it('leaves its entry also when another plugin fails and nothing is answered', async () => {
		const { content, contextFor, drafts } = makeGate();
		const gate = responseGate<RequestContext>({ contentOf: () => content, principalOf: () => member });
		const hooks = await gate.requestDidStart?.({} as never);
		const contextValue = contextFor(member);
		await hooks?.didResolveOperation?.({ contextValue, document: parse('{ a }') } as never);
		await open(contextValue);
		await gate.unexpectedErrorProcessingRequest?.({ requestContext: { contextValue }, error: new Error('x') } as never);
		expect(drafts).toMatchObject([{ action: 'content.open', records: [rowId(1)] }]);
		expect(() => open(contextValue)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
	});

	it('withholds an answer in parts', async () => {
		const { content, contextFor } = makeGate();
		const gate = responseGate<RequestContext>({ contentOf: () => content, principalOf: () => member });
		const hooks = await gate.requestDidStart?.({} as never);
		const contextValue = contextFor(member);
		await hooks?.didResolveOperation?.({ contextValue, document: parse('{ a }') } as never);
		const response = { body: { kind: 'incremental', initialResult: { data: { a: 1 } } } };
		await hooks?.willSendResponse?.({ contextValue, response } as never);
		expect(response.body).toMatchObject({ kind: 'single', singleResult: { data: null } });
	});

	it('of nobody opens nothing, and the answer leaves without an entry', async () => {
		const { content, drafts } = makeGate();
		const gate = responseGate<object>({ contentOf: () => content, principalOf: () => null });
		const hooks = await gate.requestDidStart?.({} as never);
		const contextValue = {};
		await hooks?.didResolveOperation?.({ contextValue, document: parse('{ a }') } as never);
		expect(() => accessOf(contextValue)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
		const body = { kind: 'single', singleResult: { data: { a: 1 } } };
		await hooks?.willSendResponse?.({ contextValue, response: { body } } as never);
		expect([body.singleResult, drafts]).toEqual([{ data: { a: 1 } }, []]);
	});

	it('records an operation that is refused, and throws', async () => {
		const { contextFor, pass, drafts } = makeGate();
		const context = contextFor(operator);
		await pass(context, { data: null }, () => {
			expect(() => requireReach(context, 'Mutation', 'createNote')).toThrow(
				expect.objectContaining({ code: 'FORBIDDEN' }),
			);
			expect(requireReach(context, 'Query', 'notes')).toBe('all');
		});
		expect(drafts).toMatchObject([
			{
				action: 'request.deny',
				decision: 'DENIED',
				reason: 'FORBIDDEN',
				coordinates: ['Mutation.createNote'],
				request: rowId(8),
			},
		]);
	});
});
