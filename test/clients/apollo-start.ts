import { type ApolloClient, HttpLink, makeVar, type OperationVariables } from '@apollo/client';
import { canonicalStringify } from '@apollo/client/utilities';
import { OperationTypeNode } from 'graphql';
import { type Connecting, connect, type Sealed } from './apollo-client.ts';

/** What the last answer to each query withholds, by keyOf(). */
export const withheld = makeVar<Readonly<Record<string, readonly Sealed[]>>>({});

/** The key of a query's answer. Give the variables with their defaults, as `variables` of a watched query has them. */
export const keyOf = (operationName: string | undefined, variables: OperationVariables): string =>
	`${operationName} ${canonicalStringify(variables)}`;

export const start = (uri: string, person: Pick<Connecting, 'token' | 'lease'>): ApolloClient =>
	connect({
		...person,
		transport: new HttpLink({ uri }),
		onSealed(sealed, { operationName, operationType, variables }) {
			if (operationType !== OperationTypeNode.QUERY) return;
			withheld({ ...withheld(), [keyOf(operationName, variables)]: sealed });
		},
	});

/** Removes everything that was read for the person or the lease before. */
export async function forget(client: ApolloClient): Promise<void> {
	await client.clearStore();
	withheld({});
}
