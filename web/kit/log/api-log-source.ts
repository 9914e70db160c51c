import type { ApolloClient, TypedDocumentNode } from '@apollo/client';
import type { ApiFetch } from '../api/index.ts';
import type { LogSource, OfferedLeaf } from './log-source.ts';
import type { OfferedCheckpoint } from './offered-log.ts';

/** The operations by which an app reads a log. */
export interface LogOperations {
	readonly checkpoint: TypedDocumentNode<
		{ readonly auditCheckpoint: OfferedCheckpoint | null },
		{ readonly firmId: string | null }
	>;
	readonly proof: TypedDocumentNode<
		{ readonly auditConsistencyProof: { readonly hashes: readonly string[] } | null },
		{ readonly firmId: string; readonly from: number; readonly to: number }
	>;
	readonly leaves: TypedDocumentNode<
		{ readonly auditEntries: { readonly nodes: readonly OfferedLeaf[] } },
		{ readonly firmId: string; readonly fromIndex: number; readonly first: number }
	>;
}

interface LogSourceOptions {
	readonly client: ApolloClient;
	readonly apiFetch: ApiFetch;
	readonly firm: string;
	readonly operations: LogOperations;
}

/** The log of a firm, as the API sends it now. Each of these reads is recorded in the log. */
export function createLogSource({ client, apiFetch, firm, operations }: LogSourceOptions): LogSource {
	const fetchPolicy = 'no-cache';
	return {
		firm,
		keys: () => readLogKeys(apiFetch, firm),
		async checkpoint() {
			const { data } = await client.query({ fetchPolicy, query: operations.checkpoint, variables: { firmId: firm } });
			return data?.auditCheckpoint ?? null;
		},
		async newestAt() {
			const { data } = await client.query({ fetchPolicy, query: operations.checkpoint, variables: { firmId: null } });
			return data?.auditCheckpoint?.createdAt ?? null;
		},
		async proof(from, to) {
			const variables = { firmId: firm, from, to };
			const { data } = await client.query({ fetchPolicy, query: operations.proof, variables });
			return data?.auditConsistencyProof?.hashes ?? [];
		},
		async leaves(fromIndex, first) {
			const variables = { firmId: firm, fromIndex, first };
			const { data } = await client.query({ fetchPolicy, query: operations.leaves, variables });
			return data?.auditEntries.nodes ?? [];
		},
	};
}

/** The keys that sign a firm's log, newest first; not from the browser's cache, where a key of yesterday may be. */
export async function readLogKeys(apiFetch: ApiFetch, firm: string): Promise<readonly string[]> {
	const path = `/.well-known/firmseal/checkpoint-key?firm=${encodeURIComponent(firm)}`;
	const answer = await apiFetch(path, { isRead: true, cache: 'no-store' });
	if (answer.status === 404) return [];
	if (!answer.ok) throw new Error('The server does not give the keys of the log: try again.');
	return (await answer.text()).split('\n').filter((line) => line !== '');
}
