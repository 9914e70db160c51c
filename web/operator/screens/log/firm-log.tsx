import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState, useSyncExternalStore } from 'react';
import {
	AuditCheckpointDocument,
	AuditConsistencyProofDocument,
	AuditLeavesDocument,
} from '../../../kit/api/operator.generated.ts';
import { useKit } from '../../../kit/kit-context.ts';
import { createLogSource, LogCheck, type LogOperations, LogVerdict, startLogWorker } from '../../../kit/log/index.ts';
import { LogExport } from './log-export.tsx';
import { LogHealth } from './log-health.tsx';

const OPERATIONS: LogOperations = {
	checkpoint: AuditCheckpointDocument,
	proof: AuditConsistencyProofDocument,
	leaves: AuditLeavesDocument,
};

/** The check of one firm's log in this browser: it begins at once, and ends with the screen. */
export function FirmLog({ firm }: { readonly firm: string }) {
	const client = useApolloClient();
	const { apiFetch } = useKit();
	const [check, setCheck] = useState<LogCheck | null>(null);
	useEffect(() => {
		const begun = new LogCheck(createLogSource({ client, apiFetch, firm, operations: OPERATIONS }), startLogWorker());
		setCheck(begun);
		void begun.check();
		return () => begun.end();
	}, [client, apiFetch, firm]);
	return check && <CheckedLog check={check} firm={firm} />;
}

function CheckedLog({ check, firm }: { readonly check: LogCheck; readonly firm: string }) {
	const view = useSyncExternalStore(check.subscribe, check.view);
	const isOver = view.checkedAt !== null;
	return (
		<>
			<section className="card stack" aria-labelledby="verdict">
				<h2 id="verdict">What the check found</h2>
				<LogVerdict view={view} onCheck={(trustsOffered) => void check.check(trustsOffered)} />
				<div className="row">
					<button type="button" disabled={!isOver} onClick={() => void check.check()}>
						{isOver ? 'Check again' : 'Checking …'}
					</button>
					{view.phase === 'RIGHT' && <LogExport check={check} firm={firm} />}
				</div>
			</section>
			{view.summary && <LogHealth summary={view.summary} />}
		</>
	);
}
