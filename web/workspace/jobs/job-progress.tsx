import { VisibleText } from '../../kit/text/visible-text.tsx';
import type { Job } from '../needs/use-needs-me.ts';

/** How far a job is. */
export function JobProgress({ job }: { readonly job: Job }) {
	const { done, failed, total, state, trouble } = job;
	const isRunning = state === 'RUNNING' || state === 'QUEUED';
	return (
		<div className="stack tight">
			{isRunning && (
				<progress aria-label="Progress" {...(total !== null && { max: Math.max(total, 1), value: done + failed })} />
			)}
			{(done > 0 || total !== null) && (
				<span>
					{done.toLocaleString()}
					{total !== null && ` of ${total.toLocaleString()}`} done
				</span>
			)}
			{failed > 0 && <span className="badge bad">{failed.toLocaleString()} did not open</span>}
			{trouble !== null && (
				<span>
					{isRunning ? 'Held up: ' : 'Why: '}
					<VisibleText text={trouble} />
				</span>
			)}
		</div>
	);
}
