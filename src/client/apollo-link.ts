/**
 * Only a type, because an application without Apollo Client imports this file too. Its types are then unknown here.
 * @ts-ignore */
import type { ApolloLink } from '@apollo/client';
import { type GraphQLFormattedError, OperationTypeNode } from 'graphql';
import { catchError, concatMap, firstValueFrom, from, mergeMap, type Observable, of, throwError } from 'rxjs';
import { openAnswer, prepareRequest, refusalOf, type SendQuery, type SentRequest } from './exchange.ts';
import type { Opener } from './opener.ts';

/** What Apollo Client uses of a link. Its own class could not be extended without loading it. */
class StandaloneLink implements Pick<ApolloLink, 'request' | 'concat' | 'split'> {
	readonly request: ApolloLink.RequestHandler;

	constructor(request: ApolloLink.RequestHandler) {
		this.request = request;
	}

	concat(...links: ApolloLink[]): ApolloLink {
		return links.reduce(joined, asLink(this));
	}

	split(test: (operation: ApolloLink.Operation) => boolean, left: ApolloLink, right?: ApolloLink): ApolloLink {
		const choosing = new StandaloneLink((operation, forward) => {
			const chosen = test(operation) ? left : right;
			return chosen ? chosen.request(operation, forward) : forward(operation);
		});
		return this.concat(asLink(choosing));
	}
}

/** Apollo's class has a private member, so that no other class fits its type. */
const asLink = (link: StandaloneLink): ApolloLink => link as unknown as ApolloLink;

const joined = (left: ApolloLink, right: ApolloLink): ApolloLink =>
	asLink(
		new StandaloneLink((operation, forward) => left.request(operation, (passed) => right.request(passed, forward))),
	);

/**
 * A link for Apollo Client 4 that opens content before the cache sees it, and seals it before it leaves. It comes after links that set
 * headers, and before those that retry, so that a repeated create has the same id and the same bytes. Subscriptions pass as they are.
 */
export const OpenFieldsLink = class extends StandaloneLink {
	constructor(opener: Opener) {
		super((operation, forward) => {
			if (operation.operationType === OperationTypeNode.SUBSCRIPTION) return forward(operation);
			const { query: document, variables, operationName } = operation;
			const send: SendQuery = (query, of) => firstValueFrom(forward(queryBeside(operation, query, of)));
			return from(prepareRequest(opener, { document, variables, operationName }, send)).pipe(
				mergeMap((sent) => forwardSent(opener, operation, sent, forward)),
				catchError((error: unknown) => {
					const refusal = refusalOf(error);
					return refusal ? of({ data: null, errors: [refusal] }) : throwError(() => error);
				}),
			);
		});
	}
} as unknown as new (
	opener: Opener,
) => ApolloLink;
export type OpenFieldsLink = ApolloLink;

function forwardSent(
	opener: Opener,
	operation: ApolloLink.Operation,
	sent: SentRequest,
	forward: ApolloLink.ForwardFunction,
): Observable<ApolloLink.Result> {
	const { prepared, variables } = sent;
	const answers = forward(copyOf(operation, { query: prepared.document, variables }));
	return answers.pipe(concatMap((answer) => open(opener, sent, answer)));
}

async function open(opener: Opener, sent: SentRequest, answer: ApolloLink.Result): Promise<ApolloLink.Result> {
	const opened = await openAnswer(opener, sent, answer);
	if (!opened) return answer;
	const errors = [...opened.errors, ...opened.added] as GraphQLFormattedError[];
	const { extensions } = opened;
	// Nothing else of the answer is passed on: other parts of it would come unopened.
	return {
		...('data' in answer && { data: opened.data as Record<string, unknown> | null }),
		...(errors.length > 0 && { errors }),
		...(extensions && { extensions }),
	};
}

/** A copy with the same context, so that a retry of the operation begins with what the application asked for. */
function copyOf(
	operation: ApolloLink.Operation,
	changed: Pick<ApolloLink.Operation, 'query' | 'variables'> & Partial<ApolloLink.Operation>,
): ApolloLink.Operation {
	const copy = Object.defineProperties({}, Object.getOwnPropertyDescriptors(operation)) as ApolloLink.Operation;
	return Object.assign(copy, changed);
}

const queryBeside = (
	operation: ApolloLink.Operation,
	query: ApolloLink.Operation['query'],
	variables: ApolloLink.Operation['variables'],
): ApolloLink.Operation =>
	copyOf(operation, {
		query,
		variables,
		operationName: undefined,
		operationType: OperationTypeNode.QUERY,
		extensions: {},
	});
