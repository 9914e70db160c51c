import { type ClientOptions, cacheExchange, fetchExchange } from '@urql/core';

export const optionsOf = (url: string, token: () => string): ClientOptions => ({
	url,
	exchanges: [cacheExchange, fetchExchange],
	fetchOptions: () => ({ headers: { authorization: `Bearer ${token()}`, 'apollo-require-preflight': 'true' } }),
});
