import type { JobDetailsFragment } from '../../../kit/api/operator.generated.ts';

/** How much of a job is done; a bar as soon as the whole is counted. */
export function JobProgress({ job }: { readonly job: JobDetailsFragment }) {
	const { state, done, failed, total } = job;
	if (state === 'WAITING' || (done === 0 && total === null)) return <span className="quiet">—</span>;
	return (
		<>
			{total !== null && state === 'RUNNING' && (
				<progress value={Math.min(done, total)} max={Math.max(total, 1)} aria-label="Done" />
			)}
			<span>
				{done.toLocaleString()}
				{total !== null && ` of ${total.toLocaleString()}`}
			</span>
			{failed > 0 && <span className="badge bad">{failed.toLocaleString()} did not open</span>}
		</>
	);
}
