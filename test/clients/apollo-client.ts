import { ApolloClient, ApolloLink, InMemoryCache } from '@apollo/client';
import { SetContextLink } from '@apollo/client/link/context';
import { relayStylePagination } from '@apollo/client/utilities';
import { tap } from 'rxjs';

/** Content that an answer withholds, such as { coordinate: 'Note.title', reason: 'NO_LEASE', count: 1 }. */
export interface Sealed {
	readonly coordinate: string;
	readonly reason: string;
	readonly count: number;
}

export interface Connecting {
	/** An HttpLink, or links that end in one. */
	readonly transport: ApolloLink;
	/** The current bearer token. Called before each request. */
	readonly token: () => string | Promise<string>;
	/** For operators: the id of the active lease, or null. Called before each request. */
	readonly lease?: () => string | null;
	/** Called for each answer with data. The list is empty if nothing is withheld. */
	readonly onSealed?: (sealed: readonly Sealed[], operation: ApolloLink.Operation) => void;
}

export function connect({ transport, token, lease, onSealed }: Connecting): ApolloClient {
	const signIn = new SetContextLink(async ({ headers }) => {
		const authorization = `Bearer ${await token()}`;
		const id = lease?.();
		return { headers: { ...headers, authorization, ...(id && { 'x-firmseal-lease': id }) } };
	});

	const tellSealed = new ApolloLink((operation, forward) =>
		forward(operation).pipe(
			tap(({ data, extensions }) => {
				if (data) onSealed?.(extensions?.sealed ?? [], operation);
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
