import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { contentEntry } from '../../content/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RegisteredOperations } from './registered-operations.ts';

export interface RegisteredOptions {
	readonly operations: RegisteredOperations;
	/** Whether every other request is refused. */
	readonly onlyRegistered: boolean;
}

/** Executed instead of a refused document, which is not even parsed. */
const PLACEHOLDER_DOCUMENT = '{ __typename }';

/**
 * Answers a registered operation by its text or its hash. It always executes the registered text, never the client's. With
 * `onlyRegistered`, every other request is FORBIDDEN, on record, before it is parsed. Comes after the response gate, which must know
 * the request first.
 */
export const registeredOperationsPlugin = <Context extends object>({
	operations,
	onlyRegistered,
}: RegisteredOptions): ApolloServerPlugin<Context> => ({
	async requestDidStart({ request }) {
		const text = operations.find(request);
		if (text !== null) return replaceDocument(request, text);
		if (!onlyRegistered) return;
		replaceDocument(request, PLACEHOLDER_DOCUMENT);
		return {
			async didResolveOperation({ contextValue }) {
				const session = contentSessionOf(contextValue);
				const terms = { ...session.authorization, document: null };
				session.addEntry(contentEntry(terms, { action: 'request.deny', decision: 'DENIED', reason: 'FORBIDDEN' }));
				throw new FirmsealError(
					'FORBIDDEN',
					'This server answers registered operations only: send the text of one, or its SHA-256 as a persisted query without a text.',
				);
			},
		};
	},
});

/** Apollo reads both later. Its own persisted queries are off, so it would refuse a request that names one. */
function replaceDocument(request: GraphQLRequest, text: string): void {
	request.query = text;
	if (!request.extensions) return;
	const { persistedQuery: _, ...others } = request.extensions;
	request.extensions = others;
}
