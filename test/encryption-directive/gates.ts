import { buildSchema, parse } from 'graphql';
import { setResponseStatus } from '../../src/api/http/index.ts';
import { envelopGate, type GateOptions, responseGate } from '../../src/encryption-directive/index.ts';

export interface Body {
	data?: Record<string, unknown> | null;
	errors?: { message: string; extensions: { code: string } }[];
	extensions?: Record<string, unknown>;
}

interface Passing {
	readonly context: object;
	/** The result of the execution; incremental, as with `@defer`. */
	readonly answer: Body | AsyncIterable<unknown>;
	/** Runs the resolvers. If it throws, the server fails and answers nothing. */
	readonly work?: () => unknown;
	/** False if the document can't be executed. */
	readonly resolved?: boolean;
	/** Which operation of the document is executed. Default: the first. */
	readonly operationName?: string;
}

interface Left {
	readonly answer: Body;
	/** The gate's callback. */
	readonly http?: { readonly status: unknown; readonly retryAfter: unknown };
}

/** Passes an answer through a gate; returns what leaves. */
type Through = <Context extends object>(options: GateOptions<Context>, passing: Passing) => Promise<Left>;

const DOCUMENT = parse('query First { viewer } mutation Second { change }');
const SCHEMA = buildSchema('type Query { viewer: ID } type Mutation { change: ID }');
const isInParts = (answer: Passing['answer']): answer is AsyncIterable<unknown> => Symbol.asyncIterator in answer;

/** Like Apollo Server calls it. */
const throughApollo: Through = async (options, passing) => {
	const { context: contextValue, answer, work, resolved = true, operationName = 'First' } = passing;
	const gate = responseGate({ ...options, onAnswered: setResponseStatus });
	const hooks = await gate.requestDidStart?.({} as never);
	const executed = { contextValue, document: DOCUMENT, schema: SCHEMA, operationName };
	if (resolved) await hooks?.didResolveOperation?.(executed as never);
	try {
		await work?.();
	} catch (error) {
		await gate.unexpectedErrorProcessingRequest?.({ requestContext: { contextValue }, error } as never);
		throw error;
	}
	const headers = new Map<string, string>();
	const body = isInParts(answer) ? { kind: 'incremental' } : { kind: 'single', singleResult: answer };
	const response = { http: { headers, status: undefined }, body };
	await hooks?.willSendResponse?.({ contextValue, response } as never);
	if (response.body.kind !== 'single') throw new Error('An answer in parts has left.');
	const http = { status: response.http.status, retryAfter: headers.get('retry-after') };
	return { answer: response.body.singleResult as Body, http };
};

/** Like Envelop calls it. */
const throughEnvelop: Through = async (options, passing) => {
	const { context: contextValue, answer, work, resolved = true, operationName = 'First' } = passing;
	if (!resolved) return { answer: answer as Body };
	let execute: (args: object) => unknown = async () => {
		await work?.();
		return answer;
	};
	const setExecuteFn = (other: (args: object) => unknown) => {
		execute = other;
	};
	const args = { contextValue, document: DOCUMENT, schema: SCHEMA, operationName };
	const after = envelopGate(options).onExecute({ args, executeFn: execute, setExecuteFn });
	let result = (await execute(args)) as Passing['answer'];
	const setResult = (leaving: Body) => {
		result = leaving;
	};
	await after.onExecuteDone({ result, setResult });
	if (isInParts(result)) throw new Error('An answer in parts has left.');
	// As sent: errors are plain objects then.
	return { answer: JSON.parse(JSON.stringify(result)) as Body };
};

/** All gates. */
export const GATES: readonly { readonly name: string; readonly through: Through }[] = [
	{ name: 'Apollo Server', through: throughApollo },
	{ name: 'Envelop', through: throughEnvelop },
];
