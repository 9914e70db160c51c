import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import type { Withheld } from '../content/index.ts';
import { FirmsealError } from '../errors.ts';
import { begin, type RequestContext } from './context.ts';
import { outcomeOf, setResponseStatus } from './http/index.ts';
import type { Metrics } from './metrics.ts';

type Answered = GraphQLRequestContextWillSendResponse<RequestContext>;

/**
 * The response gate: nothing leaves before what the request opened, was refused or read is on record. What can't be
 * recorded isn't answered. The body is replaced here, because an error thrown here would be a bare 500.
 */
export const responseGate = (metrics: Metrics): ApolloServerPlugin<RequestContext> => ({
	async requestDidStart() {
		return {
			async didResolveOperation({ contextValue, document }) {
				begin(contextValue, document);
			},
			async willSendResponse(answered) {
				const { decided, desk } = answered.contextValue;
				if (decided.access) {
					tellWithheld(answered.response, desk.content.withheld(decided.access));
					try {
						await desk.content.settle(decided.access);
						if (hasUnrecorded(answered.response)) withhold(answered, null);
					} catch (error) {
						withhold(answered, error);
					}
				}
				metrics.graphqlOperation(outcomeOf(answered.response));
				setResponseStatus(answered);
			},
		};
	},
});

function tellWithheld({ body }: Answered['response'], sealed: readonly Withheld[]): void {
	if (body.kind !== 'single' || sealed.length === 0) return;
	body.singleResult.extensions = { ...body.singleResult.extensions, sealed };
}

/** A change that could not be recorded was undone; then no part of the request is answered. */
const hasUnrecorded = ({ body }: Answered['response']): boolean =>
	body.kind === 'single' &&
	(body.singleResult.errors ?? []).some(({ extensions }) => extensions?.code === 'AUDIT_UNAVAILABLE');

/** What settling may answer instead of what was asked for. */
const WITHHELD: ReadonlySet<string> = new Set(['AUDIT_UNAVAILABLE', 'TOO_EXPENSIVE']);

function withhold({ response }: Answered, error: unknown): void {
	const { code, message } =
		error instanceof FirmsealError && WITHHELD.has(error.code)
			? error
			: new FirmsealError(
					'AUDIT_UNAVAILABLE',
					'The request could not be recorded, so nothing is answered; try again later.',
				);
	const withheld: GraphQLFormattedError = { message, extensions: { code } };
	response.body = { kind: 'single', singleResult: { data: null, errors: [withheld] } };
}
