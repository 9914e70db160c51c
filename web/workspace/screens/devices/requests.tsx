import { useEffect, useState } from 'react';
import { AnsweringSteps } from '../../../../src/client/connection/index.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { ErrorNote } from '../../../kit/parts/index.ts';
import { useDevice } from '../../device/device-context.ts';
import { AnswerDialog } from './answer-dialog.tsx';

const KINDS = ['KEY_LOG'];

type Request = Awaited<ReturnType<AnsweringSteps['requests']>>[number];

const IS_OPEN = new Set(['COMMITTED', 'CHALLENGED', 'REVEALED']);

/** Devices that want to join: a person's own, and for an owner those of the whole firm. */
export function Requests() {
	const { firmseal } = useDevice();
	const [steps] = useState(() => new AnsweringSteps(firmseal.connection));
	const [requests, setRequests] = useState<readonly Request[] | null>(null);
	const [error, setError] = useState<unknown>(null);
	const [chosen, setChosen] = useState<Request | null>(null);
	const read = () => steps.requests().then(setRequests, setError);
	useEffect(() => {
		steps.requests().then(setRequests, setError);
	}, [steps]);
	useLive(KINDS, read);
	const open = requests?.filter(({ state }) => IS_OPEN.has(state)) ?? [];
	return (
		<section className="stack reading" aria-labelledby="requests">
			<h2 id="requests">Devices that want to join</h2>
			{error !== null && <ErrorNote error={error} onRetry={read} />}
			{requests !== null && open.length === 0 && (
				<p className="quiet">None. Open this page in the new browser, make it a device, and ask to join there.</p>
			)}
			<ul className="plain-list stack">
				{open.map((request) => (
					<li key={request.id} className="card row apart">
						<span>
							A device that says it is new{' '}
							{request.state !== 'COMMITTED' && <span className="badge warn">already answered</span>}
						</span>
						<button type="button" onClick={() => setChosen(request)}>
							Answer
						</button>
					</li>
				))}
			</ul>
			{chosen && <AnswerDialog steps={steps} request={chosen} onClose={() => setChosen(null)} />}
		</section>
	);
}
