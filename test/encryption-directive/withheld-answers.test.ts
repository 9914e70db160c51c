import { buildSchema, parse } from 'graphql';
import { describe, expect, it, vi } from 'vitest';
import { waitForTimeSlice } from '../../src/clock/time-slices.ts';
import type { Content } from '../../src/content/index.ts';
import { contentSessionOf, type ResponseGateOptions, responseGate } from '../../src/encryption-directive/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { FIRM, member, OTHER_FIRM, operator, rowId, workbench } from '../content/workbench.ts';

const EXECUTED = { document: parse('{ a }'), schema: buildSchema('type Query { a: Int }') };

/** Passes `answer` through a gate alone, without an API. */
async function pass(
	answer: object,
	work: (contextValue: object) => unknown = () => {},
	more: Partial<ResponseGateOptions<object>> = {},
) {
	const bench = workbench();
	const gate = responseGate<object>({ contentOf: () => bench.content, principalOf: () => member, ...more });
	const hooks = await gate.requestDidStart?.({} as never);
	const contextValue = {};
	await hooks?.didResolveOperation?.({ contextValue, ...EXECUTED } as never);
	await work(contextValue);
	const response = { body: answer as { kind: string; singleResult?: unknown } };
	await hooks?.willSendResponse?.({ contextValue, response } as never);
	return { body: response.body, session: contentSessionOf(contextValue), ...bench };
}
const settlingWith = (error: Error): Content => ({ ...workbench().content, settle: () => Promise.reject(error) });
const single = (singleResult: object) => ({ kind: 'single', singleResult });

describe('a recorded response', () => {
	it.each([
		['with an error of another code', { message: 'a', extensions: { code: 'CIPHERTEXT_INVALID' } }],
		['with an error of no code', { message: 'a', extensions: {} }],
		['with an error of nothing but a message', { message: 'a' }],
	])('is left unchanged %s', async (_, error) => {
		const { body } = await pass(single({ data: { a: null, b: 'kept' }, errors: [error] }));
		expect(body.singleResult).toEqual({ data: { a: null, b: 'kept' }, errors: [error] });
	});

	it('has no list of withheld fields if nothing was withheld', async () => {
		const { body } = await pass(single({ data: { a: 1 } }));
		expect(body.singleResult).toEqual({ data: { a: 1 } });
	});

	it('is withheld if it is incremental, since later parts could not be recorded', async () => {
		const parts = { kind: 'incremental', initialResult: { hasNext: true }, subsequentResults: [] };
		const { body } = await pass(
			{ ...parts },
			(context) => {
				contentSessionOf(context).trackWithheld(
					{ coordinate: 'Note.title', class: 'NOTE', table: 'notes', column: 'title', valueType: 'String', pad: 0 },
					{ firm: FIRM, id: rowId(1) },
					'NO_LEASE',
				);
			},
			{ principalOf: () => operator },
		);
		expect(body).toMatchObject({ kind: 'single', singleResult: { data: null } });
	});
});

describe('a refused response', () => {
	it('reports TOO_EXPENSIVE without data if a request opens more than its limit', async () => {
		const { body } = await pass(single({ data: { a: 'half' } }), (context) =>
			contentSessionOf(context).spendBytes(2 ** 26 + 1),
		);
		expect(body.singleResult).toEqual({
			data: null,
			errors: [{ message: expect.stringMatching(/more than 64 MiB/), extensions: { code: 'TOO_EXPENSIVE' } }],
		});
	});

	it.each<[what: string, answer: object]>([
		['long keys of rows', { data: { a: Array(500).fill({ ['k'.repeat(40_000)]: 1 }) } }],
		['many errors', { data: null, errors: Array(500).fill({ message: 'x'.repeat(40_000), extensions: {} }) }],
		['a value that serializes itself', { data: { a: { toJSON: () => Array(500).fill('x'.repeat(40_000)) } } }],
	])('reports TOO_EXPENSIVE for more than 16 MiB of JSON, caused by %s, after recording', async (_, answer) => {
		const settle = vi.fn();
		const contentOf = () => ({ ...workbench().content, settle });
		const { body } = await pass(single(answer), () => {}, { contentOf });
		expect(settle).toHaveBeenCalledOnce();
		expect(body.singleResult).toEqual({
			data: null,
			errors: [{ message: expect.stringMatching(/longer than 16 MiB/), extensions: { code: 'TOO_EXPENSIVE' } }],
		});
	});

	it('is not refused with up to 16 MiB of text that JSON does not escape', async () => {
		const answer = { data: { a: 'é'.repeat(2 ** 23 - 20), b: 1 } };
		expect((await pass(single(answer))).body.singleResult).toBe(answer);
	});

	it('repeats the message of the log if the log is unavailable', async () => {
		const away = new FirmsealError('AUDIT_UNAVAILABLE', 'The log is away.');
		const { body } = await pass(single({ data: { a: 1 } }), () => {}, { contentOf: () => settlingWith(away) });
		expect(body.singleResult).toEqual({
			data: null,
			errors: [{ message: 'The log is away.', extensions: { code: 'AUDIT_UNAVAILABLE' } }],
		});
	});

	it('has the message of the gate if an error of a field could not be recorded', async () => {
		const errors = [{ message: 'theirs', extensions: { code: 'AUDIT_UNAVAILABLE' } }];
		const { body } = await pass(single({ data: { a: 1 }, errors }));
		expect(body.singleResult).toEqual({
			data: null,
			errors: [
				{
					message: expect.stringMatching(/^The request could not be recorded/),
					extensions: { code: 'AUDIT_UNAVAILABLE' },
				},
			],
		});
	});
});

describe('responses of more than 1 MiB', () => {
	const long = 'x'.repeat(2 ** 20);
	/**
	 * Passes `count` answers at once, each in `parts` parts with a mark between the parts. Returns how many marks occurred in each
	 * round of the event loop.
	 */
	async function marksOf(count: number, parts: (mark: object) => unknown[]): Promise<number[]> {
		let [met, isDone] = [0, false];
		const one = () => pass(single({ data: { a: parts({ toJSON: () => void met++ }) } }));
		const all = Promise.all(Array.from({ length: count }, one)).finally(() => {
			isDone = true;
		});
		const seen = [0];
		while (!isDone) {
			await new Promise((resolve) => setImmediate(resolve));
			seen.push(met);
		}
		await all;
		return seen.slice(1).map((marks, n) => marks - (seen[n] ?? 0));
	}

	it.each([
		['that are sent', 6, (mark: object) => [long, mark]],
		['that are too long', 3, (mark: object) => [...Array(15).fill(long), mark, ...Array(5).fill(long)]],
	])('%s are measured one per round of the event loop', async (_, count, parts) => {
		const marks = await marksOf(count, parts);
		expect(marks.filter((met) => met > 0)).toEqual(Array(count).fill(1));
	});

	it('wait in the queue of their firm, so that another firm can go in between', async () => {
		const order: string[] = [];
		const respond = (firm: string) =>
			pass(single({ data: { a: [long] } }), () => {}, { principalOf: () => ({ ...member, firm }) }).then(() =>
				order.push(firm),
			);
		await Promise.all([respond(FIRM), respond(FIRM), respond(FIRM), respond(OTHER_FIRM)]);
		expect(order).toEqual([OTHER_FIRM, FIRM, FIRM, FIRM]);
	});

	it('do not delay a shorter response, which does not wait', async () => {
		let hasTimeSlice = false;
		const slice = waitForTimeSlice(FIRM).then(() => {
			hasTimeSlice = true;
		});
		await pass(single({ data: { a: long.slice(50) } }));
		expect(hasTimeSlice).toBe(false);
		await slice;
	});
});

describe('a request behind a gate', () => {
	it('has an id of its own unless the API gives one', async () => {
		const first = (await pass(single({ data: {} }))).session.authorization.request;
		const second = (await pass(single({ data: {} }))).session.authorization.request;
		expect(first).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
		expect(second).not.toBe(first);
		const { session } = await pass(single({ data: {} }), undefined, { requestIdOf: () => rowId(8) });
		expect(session.authorization.request).toBe(rowId(8));
	});

	it('that passes two gates gets an error that says so', async () => {
		const hooks = await responseGate<object>({
			contentOf: () => workbench().content,
			principalOf: () => member,
		}).requestDidStart?.({} as never);
		const resolved = { contextValue: {}, ...EXECUTED } as never;
		await hooks?.didResolveOperation?.(resolved);
		await expect(hooks?.didResolveOperation?.(resolved)).rejects.toThrow(/two response gates/);
	});

	it('that failed before a decision records nothing', async () => {
		const gate = responseGate<object>({ contentOf: () => workbench().content, principalOf: () => member });
		const failed = { requestContext: { contextValue: {} }, error: new Error('x') } as never;
		await expect(gate.unexpectedErrorProcessingRequest?.(failed)).resolves.toBeUndefined();
	});

	it('without a known sender is asked to sign in', async () => {
		let refusal: unknown;
		const asked = pass(
			single({ data: null }),
			(context) => expect(() => contentSessionOf(context)).toThrow(/^Sign in/),
			{
				principalOf: () => null,
			},
		);
		await asked.catch((error: unknown) => {
			refusal = error;
		});
		expect(refusal).toMatchObject({ code: 'UNAUTHENTICATED' });
	});
});
