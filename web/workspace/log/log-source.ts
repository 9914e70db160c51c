import type { ApolloClient } from '@apollo/client';
import type { ApiFetch } from '../../kit/api/index.ts';
import {
	AuditCheckpointDocument,
	AuditConsistencyProofDocument,
	AuditLeavesDocument,
} from '../../kit/api/workspace.generated.ts';
import type { LogSource } from '../../kit/log/index.ts';

/** The log of the owner's firm, by the operations of the workspace. Each of these reads is recorded in the log. */
export function createLogSource(client: ApolloClient, apiFetch: ApiFetch, firm: string): LogSource {
	const fetchPolicy = 'no-cache';
	return {
		firm,
		async keys() {
			const path = `/.well-known/firmseal/checkpoint-key?firm=${encodeURIComponent(firm)}`;
			// Not from the browser's cache: a key of yesterday is no answer.
			const answer = await apiFetch(path, { isRead: true, cache: 'no-store' });
			if (answer.status === 404) return [];
			if (!answer.ok) throw new Error('The server does not give the keys of the log: try again.');
			return (await answer.text()).split('\n').filter((line) => line !== '');
		},
		async checkpoint() {
			const { data } = await client.query({ fetchPolicy, query: AuditCheckpointDocument, variables: { firmId: firm } });
			return data?.auditCheckpoint ?? null;
		},
		async newestAt() {
			const { data } = await client.query({ fetchPolicy, query: AuditCheckpointDocument, variables: { firmId: null } });
			return data?.auditCheckpoint?.createdAt ?? null;
		},
		async proof(from, to) {
			const { data } = await client.query({
				fetchPolicy,
				query: AuditConsistencyProofDocument,
				variables: { firmId: firm, from, to },
			});
			return data?.auditConsistencyProof?.hashes ?? [];
		},
		async leaves(fromIndex, first) {
			const { data } = await client.query({
				fetchPolicy,
				query: AuditLeavesDocument,
				variables: { firmId: firm, fromIndex, first },
			});
			return data?.auditEntries.nodes ?? [];
		},
	};
}
