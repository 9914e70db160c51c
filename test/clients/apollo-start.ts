import { type ApolloClient, HttpLink, makeVar } from '@apollo/client';
import { connect } from './apollo-client.ts';

/** The reason why content is withheld, by operation and coordinate, such as "Note Note.title". */
export const withheld = makeVar<Readonly<Record<string, string>>>({});

export interface SignedIn {
	token: string;
	/** The id of an operator's active lease; otherwise null. */
	lease: string | null;
}

export const start = (uri: string, person: SignedIn): ApolloClient =>
	connect({
		transport: new HttpLink({ uri }),
		token: () => person.token,
		lease: () => person.lease,
		onSealed(sealed, { operationName }) {
			const reasons = sealed.map(({ coordinate, reason }) => [`${operationName} ${coordinate}`, reason]);
			withheld({ ...withheld(), ...Object.fromEntries(reasons) });
		},
	});

/** Removes everything that was read for the person or the lease before. */
export async function forget(client: ApolloClient): Promise<void> {
	await client.clearStore();
	withheld({});
}
