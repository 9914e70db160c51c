import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { FirmsealError } from '../../errors.ts';
import { costOf } from './cost.ts';

/**
 * Fields that one answer may have: those of a largest page of 1,000 rows, each with ten fields of its own, its author and
 * the ten lines of a list, some 70 in all, and nearly half as many again.
 */
export const MOST_FIELDS = 100_000;

/**
 * Asks of each operation what it would cost, once it is known to be valid and before anything is resolved. No rule of
 * validation could: Apollo keeps valid documents, and the next request has other variables.
 */
export const costLimit: ApolloServerPlugin<BaseContext> = {
	async requestDidStart() {
		return {
			async didResolveOperation({ schema, document, operation, request }) {
				// Apollo comes here too when operationName names none.
				if (!operation) return;
				if (costOf({ schema, document, operation, variables: request.variables ?? {} }) <= MOST_FIELDS) return;
				const limit = MOST_FIELDS.toLocaleString('en');
				throw new FirmsealError(
					'TOO_EXPENSIVE',
					`The answer could have more than ${limit} fields: ask for smaller pages, or for fewer fields of each row.`,
				);
			},
		};
	},
};
