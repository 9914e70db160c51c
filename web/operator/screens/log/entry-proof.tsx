import { useApolloClient } from '@apollo/client/react';
import { useState } from 'react';
import { NO_FIRM } from '../../../../src/audit/verify/log.ts';
import { AuditInclusionProofDocument } from '../../../kit/api/operator.generated.ts';
import { useKit } from '../../../kit/kit-context.ts';
import { readLogKeys } from '../../../kit/log/index.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { saveFile } from '../../../kit/save-file.ts';
import type { Entry } from './entry-page.tsx';
import { type EntryVerdict, verifyEntry } from './verify-entry.ts';

interface Proven extends EntryVerdict {
	readonly file: string;
}

/** The proof that the entry is in the log, verified in this browser. */
export function EntryProof({ entry }: { readonly entry: Entry }) {
	const client = useApolloClient();
	const { apiFetch } = useKit();
	const [proven, setProven] = useState<Proven | 'NONE' | null>(null);
	const [isRunning, setRunning] = useState(false);
	const [error, setError] = useState<unknown>(null);
	async function check() {
		setRunning(true);
		setError(null);
		setProven(null);
		try {
			const [{ data }, vkeys] = await Promise.all([
				client.query({ query: AuditInclusionProofDocument, variables: { entryId: entry.id } }),
				readLogKeys(apiFetch, entry.firmId ?? NO_FIRM),
			]);
			const file = data?.auditInclusionProof?.file;
			if (file === undefined) return setProven('NONE');
			setProven({
				file,
				...(await verifyEntry({ file, vkeys, leaf: entry.leaf, firm: entry.firmId === NO_FIRM ? null : entry.firmId })),
			});
		} catch (failure) {
			setError(failure);
		} finally {
			setRunning(false);
		}
	}
	return (
		<section className="card stack" aria-labelledby="proof">
			<h2 id="proof">Proof</h2>
			<div className="row">
				<button type="button" onClick={check} disabled={isRunning}>
					{isRunning ? 'Checking …' : 'Check that the log has this entry'}
				</button>
				{proven !== null && proven !== 'NONE' && (
					<button
						type="button"
						onClick={() => saveFile(new Blob([proven.file], { type: 'text/plain' }), `entry-${entry.id}.tlog-proof`)}
					>
						Save the proof
					</button>
				)}
			</div>
			{error !== null && <ErrorNote error={error} />}
			<div aria-live="polite">
				{proven === 'NONE' && (
					<p className="note warn">The entry is not published yet: check again in a few seconds.</p>
				)}
				{proven !== null && proven !== 'NONE' && (
					<p className={`note ${proven.isIn ? 'good' : 'bad'}`}>
						<strong>{proven.isIn ? 'The log has this entry. ' : 'The log is not proven to have this entry. '}</strong>
						{proven.sentence}
						{proven.isIn &&
							' Verified in this browser. That the log was never changed is what the check of the whole log says.'}
					</p>
				)}
			</div>
		</section>
	);
}
