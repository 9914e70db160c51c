import { type ClientOptions, cacheExchange, fetchExchange } from '@urql/core';

/** The options for urql in docs/how-to/use-apollo-client.md. It sends queries as GET, without a content type. */
export const optionsOf = (url: string, token: () => string): ClientOptions => ({
	url,
	exchanges: [cacheExchange, fetchExchange],
	fetchOptions: () => ({ headers: { authorization: `Bearer ${token()}`, 'apollo-require-preflight': 'true' } }),
});
