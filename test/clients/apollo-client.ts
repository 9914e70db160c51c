import { ApolloClient, ApolloLink, CombinedGraphQLErrors, InMemoryCache, ServerError } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { relayStylePagination } from '@apollo/client/utilities';
import { tap } from 'rxjs';

/** Content that is missing in an answer because the caller has no right to it. */
export interface Sealed {
	/** A coordinate such as Note.title. */
	readonly coordinate: string;
	readonly reason: string;
	/** The number of objects on which the field was requested. */
	readonly count: number;
}

export interface Connecting {
	/** An HttpLink, or links that end in one. */
	readonly transport: ApolloLink;
	/** The current bearer token; called before each request. */
	readonly token: () => string;
	readonly onSealed?: (sealed: readonly Sealed[]) => void;
}

/** The client of docs/how-to/use-apollo-client.md. */
export function connect({ transport, token, onSealed }: Connecting): ApolloClient {
	const signIn = new SetContextLink(({ headers }) => ({ headers: { ...headers, authorization: `Bearer ${token()}` } }));

	const tellSealed = new ApolloLink((operation, forward) =>
		forward(operation).pipe(
			tap(({ extensions }) => {
				if (extensions?.sealed) onSealed?.(extensions.sealed);
			}),
		),
	);

	const cache = new InMemoryCache({
		typePolicies: {
			Query: {
				fields: {
					threads: relayStylePagination(['firmId', 'orderBy', 'filter']),
					messages: relayStylePagination(['threadId', 'firmId', 'orderBy', 'filter']),
				},
			},
			Thread: { fields: { messages: relayStylePagination(['orderBy']) } },
		},
	});

	return new ApolloClient({ link: ApolloLink.from([signIn, tellSealed, transport]), cache });
}

/** The codes of an error, from GraphQL or from HTTP alone. */
export function codesOf(error: unknown): string[] {
	if (CombinedGraphQLErrors.is(error)) return error.errors.map(({ extensions }) => String(extensions?.code));
	if (ServerError.is(error)) return [JSON.parse(error.bodyText).code];
	return [];
}
