import type { ApolloServerPlugin, BaseContext } from '@apollo/server';
import { FirmsealError } from '../../errors.ts';
import { costOf } from './cost.ts';

/**
 * Fields that one answer may have, some five megabytes and half a second of work: a largest page of 1,000 rows with a
 * hundred fields each, or 50 invoices with all fields of 200 lines each.
 */
export const MAX_FIELDS = 100_000;

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
				if (costOf({ schema, document, operation, variables: request.variables ?? {} }) <= MAX_FIELDS) return;
				const limit = MAX_FIELDS.toLocaleString('en');
				throw new FirmsealError(
					'TOO_EXPENSIVE',
					`The answer could have more than ${limit} fields: ask for smaller pages, for fewer fields of each row, or for fewer lists of the log by a filter.`,
				);
			},
		};
	},
};
