import type { JobDetailsFragment } from '../../../kit/api/operator.generated.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

/** Why a job failed, or makes no progress now. */
export const TroubleNote = ({ job: { state, trouble } }: { readonly job: JobDetailsFragment }) =>
	trouble !== null && (
		<p className={`note ${state === 'FAILED' ? 'bad' : 'warn'}`} role="status">
			{state === 'FAILED' ? 'The job failed' : 'The job makes no progress'}:{' '}
			<VisibleText text={showConstant(trouble)} />.
		</p>
	);
