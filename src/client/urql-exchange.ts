/**
 * Only types, because an application without urql imports this file too. They are then unknown here.
 * @ts-ignore */
import type { Client, CombinedError, Exchange, ExchangeIO, Operation, OperationResult } from '@urql/core';
import { GraphQLError, type GraphQLFormattedError, Kind } from 'graphql';
import { empty, filter, fromPromise, map, merge, mergeMap, pipe, type Source, share, takeUntil } from 'wonka';
import { openAnswer, prepareRequest, refusalOf, type SendQuery, type SentRequest } from './exchange.ts';
import type { Opener } from './opener.ts';

/** An operation of the application beside what is sent for it. */
interface Running {
	readonly operation: Operation;
	readonly sent: SentRequest;
}

/**
 * An exchange for urql that opens content before the cache sees it, and seals it before it leaves. It comes after the cache's exchange
 * and before the one that fetches. Subscriptions pass as they are.
 */
export function openFieldsExchange(opener: Opener): Exchange {
	return ({ client, forward }) => {
		const running = new Map<number, Running>();
		const send = sendBy(client);
		return (operations$) => {
			const shared$ = pipe(operations$, share);
			const passing$ = pipe(
				shared$,
				filter((operation) => {
					if (operation.kind === 'teardown') running.delete(operation.key);
					return !isOpened(operation);
				}),
			);
			const prepared$ = pipe(
				shared$,
				filter(isOpened),
				mergeMap((operation) => {
					const prepared$ = fromPromise(prepare(opener, operation, send));
					return pipe(prepared$, takeUntil(endOf(operation, shared$)));
				}),
				share,
			);
			const sent$ = pipe(
				prepared$,
				filter(isPrepared),
				map((each) => {
					running.set(each.operation.key, each);
					return sentOperation(each);
				}),
			);
			const failed$ = pipe(
				prepared$,
				filter((each): each is OperationResult => !isPrepared(each)),
			);
			return merge([failed$, openedBy(opener, running, forward)(merge([passing$, sent$]))]);
		};
	};
}

const isPrepared = (each: Running | OperationResult): each is Running => 'sent' in each;

const isOpened = ({ kind }: Operation): boolean => kind === 'query' || kind === 'mutation';

const endOf = ({ key }: Operation, operations$: Source<Operation>): Source<Operation> =>
	pipe(
		operations$,
		filter((each) => each.kind === 'teardown' && each.key === key),
	);

const sendBy =
	(client: Client): SendQuery =>
	async (query, variables) => {
		const result = await client.query(query, { ...variables }, { requestPolicy: 'network-only' }).toPromise();
		if (result.error?.networkError) throw result.error.networkError;
		return { data: result.data, errors: result.error?.graphQLErrors, extensions: result.extensions };
	};

async function prepare(opener: Opener, operation: Operation, send: SendQuery): Promise<Running | OperationResult> {
	const { query: document, variables } = operation;
	// urql executes the first operation of a document.
	const first = document.definitions.find(({ kind }) => kind === Kind.OPERATION_DEFINITION);
	const operationName = first && 'name' in first ? first.name?.value : undefined;
	try {
		return {
			operation,
			sent: await prepareRequest(opener, { document, variables: { ...variables }, operationName }, send),
		};
	} catch (error) {
		return failed(operation, error);
	}
}

function sentOperation({ operation, sent: { prepared, variables } }: Running): Operation {
	return { ...operation, query: prepared.document, variables };
}

/** Sends operations and opens their answers. */
function openedBy(opener: Opener, running: Map<number, Running>, forward: ExchangeIO): ExchangeIO {
	const open = (result: OperationResult): Promise<OperationResult> | null => {
		const { key } = result.operation;
		const own = running.get(key);
		// An answer that comes after its operation has ended cannot be opened, and must not be seen as it is.
		if (!own) return null;
		if (own.operation.kind === 'mutation' && !result.hasNext) running.delete(key);
		return openResult(opener, own, result);
	};
	return (operations$) =>
		pipe(
			forward(operations$),
			mergeMap((result) => {
				const opened = isOpened(result.operation) ? open(result) : Promise.resolve(result);
				return opened ? fromPromise(opened) : empty;
			}),
		);
}

async function openResult(
	opener: Opener,
	{ operation, sent }: Running,
	result: OperationResult,
): Promise<OperationResult> {
	const { data, extensions, error, ...rest } = result;
	try {
		const opened = await openAnswer(opener, sent, { data, errors: error?.graphQLErrors ?? [], extensions });
		if (!opened) return { ...result, operation };
		const combined = combinedError(error, [...opened.errors, ...opened.added]);
		return {
			...rest,
			operation,
			data: data == null ? data : opened.data,
			...(combined && { error: combined }),
			...(opened.extensions && { extensions: { ...opened.extensions } }),
		};
	} catch (thrown) {
		return failed(operation, thrown);
	}
}

function combinedError(before: CombinedError | undefined, errors: readonly unknown[]): CombinedError | undefined {
	const networkError = before?.networkError;
	if (!networkError && errors.length === 0) return undefined;
	return errorOf({ networkError, graphQLErrors: errors, response: before?.response });
}

function failed(operation: Operation, thrown: unknown): OperationResult {
	const refusal = refusalOf(thrown);
	const networkError = thrown instanceof Error ? thrown : new Error('The answer could not be opened.');
	const error = errorOf(refusal ? { graphQLErrors: [refusal] } : { networkError });
	return { operation, data: undefined, error, hasNext: false, stale: false };
}

interface ErrorParts {
	readonly networkError?: Error | undefined;
	readonly graphQLErrors?: readonly unknown[];
	readonly response?: unknown;
}

/** An error as urql makes its own, without urql. Errors of the answer become GraphQLErrors, as there. */
function errorOf({ networkError, graphQLErrors = [], response }: ErrorParts): CombinedError {
	const errors = graphQLErrors.map(graphQLErrorOf);
	const message = networkError
		? `[Network] ${networkError.message}`
		: errors.map((error) => `[GraphQL] ${error.message}`).join('\n');
	const parts = { name: 'CombinedError', graphQLErrors: errors, networkError, response, toString: () => message };
	return Object.assign(new Error(message), parts) as CombinedError;
}

function graphQLErrorOf(error: unknown): GraphQLError {
	if (error instanceof Error) return error as GraphQLError;
	const { message, path, extensions } = (error ?? {}) as Partial<GraphQLFormattedError>;
	return new GraphQLError(String(message), { path: path ?? null, extensions: extensions ?? null });
}
