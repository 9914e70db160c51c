import { ApolloClient, ApolloLink, HttpLink, InMemoryCache, Observable } from '@apollo/client';
import { OperationTypeNode } from 'graphql';
import { map } from 'rxjs';
import { contentLink } from '../content/content-link.ts';
import type { Session } from '../sign-in/index.ts';
import type { ApiFetch } from './api-fetch.ts';
import { secondsOf } from './errors.ts';

export interface ClientOptions {
	readonly apiFetch: ApiFetch;
	readonly session: Session;
	/** Sends the hash of a registered operation instead of its text; the text of each operation unless given. */
	readonly hashes?: Readonly<Record<string, string>>;
	/** Opens and seals content of firms with their own keys. */
	readonly deviceLink?: ApolloLink;
}

/** Apollo Client for one person, as an application of a firm would have it. */
export function createClient({ apiFetch, session, hashes, deviceLink }: ClientOptions): ApolloClient {
	const http = new HttpLink({
		uri: '/graphql',
		includeUnusedVariables: false,
		includeExtensions: hashes !== undefined,
		fetch: (_, request) => apiFetch('/graphql', request),
	});
	const links = [
		contentLink,
		...(deviceLink ? [deviceLink] : []),
		freshSignInLink(session),
		...(hashes ? [registeredLink(hashes)] : []),
		readLink,
		retryAfterLink,
		http,
	];
	return new ApolloClient({
		link: ApolloLink.from(links),
		cache: new InMemoryCache({ typePolicies: TYPE_POLICIES, possibleTypes: POSSIBLE_TYPES }),
		defaultOptions: {
			// The console keeps nothing of an answer. Registered texts also lack the __typename that a cache needs.
			watchQuery: { fetchPolicy: hashes ? 'no-cache' : 'cache-and-network' },
			query: { fetchPolicy: hashes ? 'no-cache' : 'network-only' },
			mutate: { fetchPolicy: hashes ? 'no-cache' : 'network-only' },
		},
	});
}

/** One person has one account, and a firm one policy: parts of them in several answers belong together. */
const TYPE_POLICIES = {
	FirmAccessPolicy: { merge: true },
	FirmSignIn: { merge: true },
};

/** The members of each union on which the workspace has a fragment: without them the cache warns, and may lose what it was told. */
const POSSIBLE_TYPES = { SharedSubject: ['Document', 'Invoice', 'Thread'] };

/** Tells apiFetch which operations only read. */
const readLink = new ApolloLink((operation, forward) => {
	operation.setContext({ fetchOptions: { isRead: operation.operationType === OperationTypeNode.QUERY } });
	return forward(operation);
});

/** Joins to an error how long the API asks to wait, which stands in a header alone. */
const retryAfterLink = new ApolloLink((operation, forward) =>
	forward(operation).pipe(
		map((result) => {
			const { response } = operation.getContext() as { response?: Response };
			const retryAfter = response ? secondsOf(response) : null;
			if (retryAfter === null || !result.errors) return result;
			const errors = result.errors.map((error) => ({ ...error, extensions: { ...error.extensions, retryAfter } }));
			return { ...result, errors };
		}),
	),
);

/** The console sends operations that someone has reviewed, by the SHA-256 of their text. */
const registeredLink = (hashes: Readonly<Record<string, string>>): ApolloLink =>
	new ApolloLink((operation, forward) => {
		const sha256Hash = hashes[operation.operationName ?? ''];
		if (sha256Hash === undefined) throw new Error(`The operation ${operation.operationName} is not registered.`);
		operation.extensions.persistedQuery = { version: 1, sha256Hash };
		operation.setContext({ http: { includeQuery: false } });
		return forward(operation);
	});

/** When the API refuses because the sign-in is too old, the person signs in again, and the same operation is sent once more. */
const freshSignInLink = (session: Session): ApolloLink =>
	new ApolloLink(
		(operation, forward) =>
			new Observable((observer) => {
				let isOver = false;
				const send = (mayAsk: boolean) =>
					forward(operation).subscribe({
						next(result) {
							const maxAge = mayAsk ? result.errors?.[0]?.extensions?.maxAge : undefined;
							if (typeof maxAge !== 'number') return observer.next(result);
							isOver = true;
							session.signInAgain({ why: 'FRESH', maxAge }).then(
								() => void send(false),
								(error: unknown) => observer.error(error),
							);
						},
						error: (error) => observer.error(error),
						complete() {
							if (!isOver) observer.complete();
							isOver = false;
						},
					});
				const sent = send(true);
				return () => sent.unsubscribe();
			}),
	);
