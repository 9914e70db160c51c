import type { ApolloServerPlugin, GraphQLRequest } from '@apollo/server';
import { entryOf } from '../../content/index.ts';
import { accessOf } from '../../encryption-directive/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { RegisteredOperations } from './registered-operations.ts';

export interface RegisteredOptions {
	readonly operations: RegisteredOperations;
	/** Nothing else is answered. */
	readonly only: boolean;
}

/** Stands for a document that is not even parsed. */
const NOTHING = '{ __typename }';

/**
 * Answers a registered operation by its text or its hash, always by the text as it is registered: what the client sent is
 * executed in no case. With `only` everything else is FORBIDDEN, on record, before it is parsed. Stands after the
 * response gate, which has to know the request first.
 */
export const answerRegistered = <Context extends object>({
	operations,
	only,
}: RegisteredOptions): ApolloServerPlugin<Context> => ({
	async requestDidStart({ request }) {
		const text = operations.find(request);
		if (text !== null) return put(request, text);
		if (!only) return;
		put(request, NOTHING);
		return {
			async didResolveOperation({ contextValue }) {
				const access = accessOf(contextValue);
				const terms = { ...access.terms, document: null };
				access.note(entryOf(terms, { action: 'request.deny', decision: 'DENIED', reason: 'FORBIDDEN' }));
				throw new FirmsealError(
					'FORBIDDEN',
					'This server answers registered operations only: send the text of one, or its SHA-256 as a persisted query without a text.',
				);
			},
		};
	},
});

/** Apollo reads both after this. Its own persisted queries are off, and it would refuse a request that names one. */
function put(request: GraphQLRequest, text: string): void {
	request.query = text;
	if (!request.extensions) return;
	const { persistedQuery: _, ...others } = request.extensions;
	request.extensions = others;
}
