import { describe, expect, it } from 'vitest';
import { authorizeOperation, type RequestContext } from '../../src/api/context.ts';
import { createContext } from '../../src/api/request/index.ts';
import { systemClock } from '../../src/clock/clock.ts';
import type { Plane } from '../../src/database/index.ts';
import { contentSessionOf } from '../../src/encryption-directive/index.ts';
import { type ErrorCode, FirmsealError } from '../../src/errors.ts';
import { createKeyLogs } from '../../src/firms/index.ts';
import { createRightsProofs } from '../../src/keys/index.ts';
import { FIRM, member, operator, rowId, sealedText, TITLE, workbench } from '../content/workbench.ts';
import { createFakeKeyring } from '../keys/fake-keyring.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';
import { type Body, GATES } from './gates.ts';

const noRows: Plane = {
	role: 'firmseal_firm',
	read: () => Promise.reject(new Error('not in this test')),
	write: () => Promise.reject(new Error('not in this test')),
	append: () => Promise.reject(new Error('not in this test')),
	forClient: () => noRows,
	forLease: () => noRows,
	forJob: () => noRows,
	limitedPerParty: (_, work) => work(),
	exclusivePerParty: (_, work) => work(),
	close: async () => {},
};

type Through = (typeof GATES)[number]['through'];

function makeGate(through: Through) {
	const bench = workbench();
	const contextFor = (principal: typeof member | typeof operator): RequestContext =>
		createContext(
			rowId(8),
			{ principal, issuedAt: null, authTime: null, isPrincipalUnchanged: async () => true },
			{
				plane: noRows,
				content: bench.content,
				fieldsOf: () => ({}),
				accountIssuer: { issuer: 'test', assignsSubjects: true },
				rights: createRightsProofs({
					keyring: createFakeKeyring().keyring,
					store: createMemoryDataKeyStore(),
					ttlSeconds: 300,
					clock: systemClock,
				}),
				keyLogs: createKeyLogs({ plane: noRows, installation: 'test', tables: {} }),
				clock: systemClock,
			},
		);
	const pass = (
		context: RequestContext,
		answer: Body | AsyncIterable<unknown>,
		work?: () => unknown,
		resolved = true,
	) =>
		through<RequestContext>(
			{
				contentOf: ({ services }) => services.content,
				principalOf: ({ principal }) => principal,
				requestIdOf: ({ requestId }) => requestId,
			},
			{ context, answer, ...(work && { work }), resolved },
		);
	return { ...bench, contextFor, pass };
}

const refuseWith = (code: ErrorCode) => () => {
	throw new FirmsealError(code, 'No.');
};

const open = (context: RequestContext) =>
	context.services.content.openValue(
		contentSessionOf(context),
		TITLE,
		{ firm: FIRM, id: rowId(1) },
		sealedText(TITLE, rowId(1), 'gate-marker'),
	);

describe.each(GATES)('the response gate of $name', ({ through }) => {
	it('passes on a response once the openings are recorded', async () => {
		const { contextFor, pass, drafts } = makeGate(through);
		const context = contextFor(member);
		const { answer, http } = await pass(context, { data: { title: 'gate-marker' } }, () => open(context));
		expect(answer).toEqual({ data: { title: 'gate-marker' } });
		expect(http?.status).toBeUndefined();
		expect(drafts).toMatchObject([{ action: 'content.open', coordinates: ['Note.title'], records: [rowId(1)] }]);
	});

	it.each([
		['a refusal of the log', new FirmsealError('AUDIT_UNAVAILABLE', 'away')],
		['any other error', new Error('gate-marker in a message of the driver')],
		['a refusal with another code', new FirmsealError('INTERNAL', 'gate-marker')],
	])('answers only AUDIT_UNAVAILABLE after %s', async (_, trouble) => {
		const { contextFor, pass, failLog } = makeGate(through);
		const context = contextFor(member);
		failLog(trouble);
		const { answer, http } = await pass(
			context,
			{ data: { title: 'gate-marker' }, extensions: { other: 'gate-marker' } },
			() => open(context),
		);
		expect(answer).toEqual({
			data: null,
			errors: [{ message: expect.any(String), extensions: { code: 'AUDIT_UNAVAILABLE' } }],
		});
		expect(JSON.stringify(answer)).not.toContain('gate-marker');
		if (http) expect(http).toEqual({ status: 503, retryAfter: '5' });
	});

	it('refuses the whole response, not one field, if a change could not be recorded', async () => {
		const { contextFor, pass } = makeGate(through);
		const result = {
			data: { createNote: null, viewer: 'x' },
			errors: [{ message: 'away', extensions: { code: 'AUDIT_UNAVAILABLE' } }],
		};
		const { answer, http } = await pass(contextFor(member), result);
		expect([answer.data, http?.status ?? 503]).toEqual([null, 503]);
	});

	it.each([
		['a query', 'First', false],
		['a mutation', 'Second', true],
	])('says in the error for %s whether its changes remain', async (_, operationName, isMutation) => {
		const refusals: [code: string, answer: Body, settle: () => void, reserveMemory: () => void][] = [
			['TOO_EXPENSIVE', { data: { a: Array(17).fill('x'.repeat(2 ** 20)) } }, () => {}, () => {}],
			['RATE_LIMITED', { data: { a: 'x'.repeat(2 ** 20) } }, () => {}, refuseWith('RATE_LIMITED')],
			['TOO_EXPENSIVE', { data: {} }, refuseWith('TOO_EXPENSIVE'), () => {}],
			['AUDIT_UNAVAILABLE', { data: {} }, refuseWith('AUDIT_UNAVAILABLE'), () => {}],
		];
		for (const [code, answer, settle, reserveMemory] of refusals) {
			const content = { ...workbench().content, settle: async () => settle() };
			const options = { contentOf: () => content, principalOf: () => member, reserveMemory };
			const left = await through(options, { context: {}, answer, operationName });
			const [error] = left.answer.errors ?? [];
			expect(error?.extensions.code).toBe(code);
			expect(error?.message.endsWith("The mutation's changes stay: check them before you repeat it.")).toBe(isMutation);
		}
	});

	it('reports what was withheld, and records it', async () => {
		const { contextFor, pass, drafts } = makeGate(through);
		const context = contextFor(operator);
		const { answer } = await pass(context, { data: { title: null }, extensions: { unchanged: true } }, () =>
			open(context),
		);
		expect(answer.extensions).toEqual({
			unchanged: true,
			sealed: [{ coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 }],
		});
		expect(drafts).toMatchObject([{ action: 'content.deny', counts: { 'Note.title': 1 } }]);
	});

	it('passes on the response to a document that was never resolved, since nothing was opened', async () => {
		const { contextFor, pass, drafts } = makeGate(through);
		const { answer, http } = await pass(
			contextFor(member),
			{ errors: [{ message: 'syntax', extensions: { code: 'GRAPHQL_PARSE_FAILED' } }] },
			() => {},
			false,
		);
		expect([answer.errors?.[0]?.message, http?.status ?? 400, drafts]).toEqual(['syntax', 400, []]);
	});
});

describe.each(GATES)('the context of a request, with the gate of $name', ({ through }) => {
	it('gives no access to content before the decision, and says what is missing', () => {
		expect(() => contentSessionOf(makeGate(through).contextFor(member))).toThrow(
			expect.objectContaining({
				code: 'INTERNAL',
				message: expect.stringMatching(/went through no response gate.+add adopt\(\)'s plugin.+envelopPlugin/),
			}),
		);
	});

	it('has its own decision and its own cache for each operation of a batch', async () => {
		const { contextFor, pass, drafts } = makeGate(through);
		const first = contextFor(member);
		const second = { ...first };
		await pass(first, { data: {} }, () => open(first));
		await pass(second, { data: {} }, () => open(second));
		expect(contentSessionOf(second)).not.toBe(contentSessionOf(first));
		expect(drafts).toHaveLength(2);
	});

	it('belongs to one gate only, since a second one would replace the decision', async () => {
		const { contextFor, pass } = makeGate(through);
		const context = contextFor(member);
		await pass(context, { data: {} });
		await expect(pass(context, { data: {} })).rejects.toMatchObject({ code: 'INTERNAL' });
	});

	it('is recorded even if the server fails and sends no response', async () => {
		const { contextFor, pass, drafts } = makeGate(through);
		const context = contextFor(member);
		const failing = pass(context, { data: {} }, async () => {
			await open(context);
			throw new Error('another plugin');
		});
		await expect(failing).rejects.toThrow('another plugin');
		expect(drafts).toMatchObject([{ action: 'content.open', records: [rowId(1)] }]);
		expect(() => open(context)).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
	});

	it('withholds an incremental response, and stops producing it', async () => {
		const { contextFor, pass } = makeGate(through);
		let isEnded = false;
		const parts = {
			[Symbol.asyncIterator]: () => parts,
			next: async () => ({ done: false, value: { data: { a: 1 } } }),
			async return() {
				isEnded = true;
			},
		};
		const { answer, http } = await pass(contextFor(member), parts as never);
		expect(answer).toMatchObject({ data: null, errors: [{ extensions: { code: 'AUDIT_UNAVAILABLE' } }] });
		// Apollo Server creates the parts itself, and creates none that it doesn't send.
		expect(isEnded || http !== undefined).toBe(true);
	});

	it('of an anonymous request opens nothing, and the response passes without an entry', async () => {
		const { content, drafts } = makeGate(through);
		const context = {};
		const work = () =>
			expect(() => contentSessionOf(context)).toThrow(expect.objectContaining({ code: 'UNAUTHENTICATED' }));
		const anonymous = { contentOf: () => content, principalOf: () => null };
		const { answer } = await through(anonymous, { context, answer: { data: { a: 1 } }, work });
		expect([answer, drafts]).toEqual([{ data: { a: 1 } }, []]);
	});

	it('records a refused operation, and throws', async () => {
		const { contextFor, pass, drafts } = makeGate(through);
		const context = contextFor(operator);
		await pass(context, { data: null }, () => {
			expect(() => authorizeOperation(context, 'Mutation', 'createNote')).toThrow(
				expect.objectContaining({ code: 'FORBIDDEN' }),
			);
			expect(authorizeOperation(context, 'Query', 'notes')).toBe('all');
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
