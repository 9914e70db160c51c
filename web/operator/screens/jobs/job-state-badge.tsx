import type { JobState } from '../../../kit/api/operator.generated.ts';
import { JOB_STATES } from './job-words.ts';

export const JobStateBadge = ({ state }: { readonly state: JobState }) => (
	<span className={`badge ${JOB_STATES[state][1]}`}>{JOB_STATES[state][0]}</span>
);
