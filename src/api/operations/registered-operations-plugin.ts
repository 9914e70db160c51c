import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { contentEntry } from '../../content/index.ts';
import { contentSessionOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RegisteredOperations } from './registered-operations.ts';

export interface RegisteredOptions {
	readonly operations: RegisteredOperations;
	/** Nothing else is answered. */
	readonly onlyRegistered: boolean;
}

/** Stands for a document that is not even parsed. */
const PLACEHOLDER_DOCUMENT = '{ __typename }';

/**
 * Answers a registered operation by its text or its hash, always by the text as it is registered: what the client sent is
 * executed in no case. With `onlyRegistered` everything else is FORBIDDEN, on record, before it is parsed. Stands after the
 * response gate, which has to know the request first.
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

/** Apollo reads both after this. Its own persisted queries are off, and it would refuse a request that names one. */
function replaceDocument(request: GraphQLRequest, text: string): void {
	request.query = text;
	if (!request.extensions) return;
	const { persistedQuery: _, ...others } = request.extensions;
	request.extensions = others;
}
