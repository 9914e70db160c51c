import { ErrorNote, useTitle } from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';
import { useWaiting } from '../../waiting/index.ts';
import { AlertsOpen } from './alerts-open.tsx';
import { JobsToApprove } from './jobs-to-approve.tsx';
import { OwnRequests } from './own-requests.tsx';
import { RequestsToDecide } from './requests-to-decide.tsx';
import { Reviews } from './reviews.tsx';

/** What waits for the person, by their roles. */
export function Home() {
	useTitle('What waits');
	const { operatorRoles } = useViewer();
	const { error, isLoading, isCut, reload } = useWaiting();
	const isApprover = operatorRoles.includes('APPROVER');
	return (
		<>
			<header>
				<h1>What waits</h1>
			</header>
			{error !== null && <ErrorNote error={error} onRetry={reload} />}
			{isLoading && <p role="status">Looking what waits for you …</p>}
			{isApprover && <RequestsToDecide />}
			{operatorRoles.includes('OPERATOR') && <OwnRequests />}
			{isApprover && <Reviews />}
			{isApprover && <JobsToApprove />}
			<AlertsOpen />
			{isCut && <p className="quiet">There is more than fits here: the screens of the navigation have all of it.</p>}
		</>
	);
}
