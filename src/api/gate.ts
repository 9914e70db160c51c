import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import type { GraphQLFormattedError } from 'graphql';
import { FirmsealError } from '../errors.ts';
import type { RequestContext } from './context.ts';
import { headersOf, STATUS_OF } from './status-of.ts';

type Answered = GraphQLRequestContextWillSendResponse<RequestContext>;

/**
 * The response gate: nothing leaves before what the request opened, was refused or read is on record. What can't be
 * recorded isn't answered. The body is replaced here, because an error thrown here would be a bare 500.
 */
export const responseGate: ApolloServerPlugin<RequestContext> = {
	async requestDidStart() {
		return {
			async didResolveOperation({ contextValue, document }) {
				contextValue.begin(document);
			},
			async willSendResponse(answered) {
				const { begun, desk } = answered.contextValue;
				if (!begun) return;
				tellWithheld(answered);
				try {
					await desk.content.settle(begun);
				} catch (error) {
					withhold(answered, error);
				}
				setStatus(answered);
			},
		};
	},
};

function tellWithheld({ response, contextValue: { desk, access } }: Answered): void {
	const sealed = desk.content.withheld(access);
	if (response.body.kind !== 'single' || sealed.length === 0) return;
	const { singleResult } = response.body;
	singleResult.extensions = { ...singleResult.extensions, sealed };
}

function withhold({ response }: Answered, error: unknown): void {
	const { code, message } =
		error instanceof FirmsealError
			? error
			: new FirmsealError('AUDIT_UNAVAILABLE', 'The request could not be recorded, so nothing is answered; try again later.');
	const withheld: GraphQLFormattedError = { message, extensions: { code } };
	response.body = { kind: 'single', singleResult: { data: null, errors: [withheld] } };
}

/** Results with data are 200; a request that failed whole has the status of its first error. */
function setStatus({ response }: Answered): void {
	if (response.body.kind !== 'single') return;
	const { data, errors } = response.body.singleResult;
	const code = errors?.[0]?.extensions?.code;
	if (data || typeof code !== 'string' || !(code in STATUS_OF)) return;
	response.http.status = STATUS_OF[code as keyof typeof STATUS_OF];
	for (const [name, value] of headersOf(code as keyof typeof STATUS_OF)) response.http.headers.set(name, value);
}
