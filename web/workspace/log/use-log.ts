import type { ApolloClient } from '@apollo/client';
import { useApolloClient } from '@apollo/client/react';
import { useEffect, useSyncExternalStore } from 'react';
import {
	AuditCheckpointDocument,
	AuditConsistencyProofDocument,
	AuditLeavesDocument,
} from '../../kit/api/workspace.generated.ts';
import { useKit } from '../../kit/kit-context.ts';
import { createLogSource, LogCheck, type LogOperations, type LogView, startLogWorker } from '../../kit/log/index.ts';
import { useViewer } from '../viewer.ts';

const OPERATIONS: LogOperations = {
	checkpoint: AuditCheckpointDocument,
	proof: AuditConsistencyProofDocument,
	leaves: AuditLeavesDocument,
};

/** Milliseconds for which a check is new enough for another view of this screen. */
const NEW = 60_000;

/** One check for all views, so that going from one to the other does not begin it again. */
const checks = new WeakMap<ApolloClient, LogCheck>();

/** The check of the firm's log in this browser. */
export function useLog(): { readonly log: LogCheck; readonly view: LogView } {
	const client = useApolloClient();
	const { apiFetch } = useKit();
	const firm = useViewer().firm?.id ?? '';
	const startCheck = () =>
		new LogCheck(createLogSource({ client, apiFetch, firm, operations: OPERATIONS }), startLogWorker());
	const log = checks.get(client) ?? startCheck();
	checks.set(client, log);
	const view = useSyncExternalStore(log.subscribe, log.view);
	useEffect(() => {
		log.checkOnce(NEW);
	}, [log]);
	return { log, view };
}
