import type { ApolloServerPlugin, GraphQLRequestContextWillSendResponse } from '@apollo/server';
import { createGate, type GateOptions } from './gate.ts';
import { refuseOtherServer } from './require-gate.ts';

export interface ResponseGateOptions<Context extends object> extends GateOptions<Context> {
	/** Called with the answer as it will leave. */
	onAnswered?(answered: GraphQLRequestContextWillSendResponse<Context>): void;
}

/**
 * The response gate, a plugin of Apollo Server: decides on content once the document is known and before anything is
 * resolved, and lets nothing leave before what the request opened, was refused or did is on record. What can't be
 * recorded isn't answered. The body is replaced here, because an error thrown here would be a bare 500.
 */
export function responseGate<Context extends object>(
	options: ResponseGateOptions<Context>,
): ApolloServerPlugin<Context> & { readonly onPluginInit: () => never } {
	const gate = createGate(options);
	return {
		/** Envelop and Yoga ask it, which would ignore the rest. */
		onPluginInit: refuseOtherServer,
		/** What it throws stops the start; of a schema that comes later the server logs it, and no request is executed by that. */
		async serverWillStart({ schema }) {
			gate.checkSchema(schema);
			return { schemaDidLoadOrUpdate: ({ apiSchema }) => gate.checkSchema(apiSchema) };
		},
		/** Another plugin failed, and willSendResponse is not reached. */
		unexpectedErrorProcessingRequest: ({ requestContext: { contextValue } }) => gate.abandon(contextValue),
		async requestDidStart() {
			return {
				async didResolveOperation({ contextValue, document, schema, operationName }) {
					gate.begin(contextValue, { document, schema, operationName });
				},
				async willSendResponse(answered) {
					const { contextValue, response } = answered;
					const { body } = response;
					const leaving = await gate.settle(contextValue, body.kind === 'single' ? body.singleResult : null);
					if (leaving) response.body = { kind: 'single', singleResult: leaving };
					options.onAnswered?.(answered);
				},
			};
		},
	};
}
