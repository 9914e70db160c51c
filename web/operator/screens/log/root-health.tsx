import { useQuery } from '@apollo/client/react';
import { AuditCheckpointDocument } from '../../../kit/api/operator.generated.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { Ago } from '../../../kit/text/ago.tsx';
import { Time } from '../../../kit/text/time.tsx';

/** The newest checkpoint of the tree that has the checkpoints of all firms. */
export function RootHealth() {
	const { data, error, loading, refetch } = useQuery(AuditCheckpointDocument, { variables: { firmId: null } });
	const checkpoint = data?.auditCheckpoint;
	return (
		<section className="card stack tight" aria-labelledby="root">
			<h2 id="root">The tree of all firms</h2>
			{error && <ErrorNote error={error} onRetry={refetch} />}
			{loading && !checkpoint && <p role="status">Reading the newest checkpoint …</p>}
			{data && !checkpoint && <p>Nothing is published yet.</p>}
			{checkpoint && (
				<dl className="facts">
					<dt>Checkpoints in it</dt>
					<dd>{checkpoint.size.toLocaleString()}</dd>
					<dt>Newest</dt>
					<dd>
						<Time at={checkpoint.createdAt} show="second" />, <Ago at={checkpoint.createdAt} />
					</dd>
					<dt>Root</dt>
					<dd className="mono">{checkpoint.root}</dd>
				</dl>
			)}
		</section>
	);
}
