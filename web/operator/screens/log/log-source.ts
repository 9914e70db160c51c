import type { ApolloClient } from '@apollo/client';
import type { ApiFetch } from '../../../kit/api/index.ts';
import {
	AuditCheckpointDocument,
	AuditConsistencyProofDocument,
	AuditLeavesDocument,
} from '../../../kit/api/operator.generated.ts';
import type { LogSource } from '../../../kit/log/index.ts';

/** The keys that sign a firm's log, newest first; not from the browser's cache, where a key of yesterday may be. */
export async function readLogKeys(apiFetch: ApiFetch, firm: string): Promise<readonly string[]> {
	const path = `/.well-known/firmseal/checkpoint-key?firm=${encodeURIComponent(firm)}`;
	const answer = await apiFetch(path, { isRead: true, cache: 'no-store' });
	if (answer.status === 404) return [];
	if (!answer.ok) throw new Error('The server does not give the keys of the log: try again.');
	return (await answer.text()).split('\n').filter((line) => line !== '');
}

/** The log of any firm, by the operations of the console. Each of these reads is recorded in the log. */
export function createLogSource(client: ApolloClient, apiFetch: ApiFetch, firm: string): LogSource {
	return {
		firm,
		keys: () => readLogKeys(apiFetch, firm),
		async checkpoint() {
			const { data } = await client.query({ query: AuditCheckpointDocument, variables: { firmId: firm } });
			return data?.auditCheckpoint ?? null;
		},
		async newestAt() {
			const { data } = await client.query({ query: AuditCheckpointDocument, variables: { firmId: null } });
			return data?.auditCheckpoint?.createdAt ?? null;
		},
		async proof(from, to) {
			const { data } = await client.query({
				query: AuditConsistencyProofDocument,
				variables: { firmId: firm, from, to },
			});
			return data?.auditConsistencyProof?.hashes ?? [];
		},
		async leaves(fromIndex, first) {
			const { data } = await client.query({
				query: AuditLeavesDocument,
				variables: { firmId: firm, fromIndex, first },
			});
			return data?.auditEntries.nodes ?? [];
		},
	};
}
