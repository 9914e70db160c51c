import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { relayStylePagination } from '@apollo/client/utilities';
import { tap } from 'rxjs';

/** Content that an answer lacks because the caller has no right to it. */
export interface Sealed {
	/** Such as Note.title. */
	readonly coordinate: string;
	/** Such as NO_LEASE. */
	readonly reason: string;
	/** The number of objects whose value is withheld. */
	readonly count: number;
}

export interface Connecting {
	/** An HttpLink, or links that end in one. */
	readonly transport: ApolloLink;
	/** The current bearer token; called before each request. */
	readonly token: () => string;
	/** For operators: the id of the active lease, or null. Called before each request. */
	readonly lease?: () => string | null;
	/** Called for each answer that lacks content. */
	readonly onSealed?: (sealed: readonly Sealed[], operation: ApolloLink.Operation) => void;
}

export function connect({ transport, token, lease, onSealed }: Connecting): ApolloClient {
	const signIn = new SetContextLink(({ headers }) => {
		const id = lease?.();
		return { headers: { ...headers, authorization: `Bearer ${token()}`, ...(id && { 'x-firmseal-lease': id }) } };
	});

	const tellSealed = new ApolloLink((operation, forward) =>
		forward(operation).pipe(
			tap(({ extensions }) => {
				if (extensions?.sealed) onSealed?.(extensions.sealed, operation);
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
