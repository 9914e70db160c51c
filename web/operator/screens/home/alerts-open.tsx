import { Time } from '../../../kit/text/time.tsx';
import { FirmLink, useFirmNames } from '../../firms/index.ts';
import { AlertSentence, useRecentLeases } from '../../recent-leases/index.ts';
import { useWaiting } from '../../waiting/index.ts';
import { WaitingSection } from './waiting-section.tsx';

const SHOWN = 10;
const URGENCY = { PAGE: 'Look now', ALERT: 'Look today' } as const;

/** Alerts that no one has acknowledged; those to look at now come first. */
export function AlertsOpen() {
	const { alerts } = useWaiting();
	const { nameOf } = useFirmNames();
	const { leases } = useRecentLeases();
	const urgent = alerts.filter(({ severity }) => severity === 'PAGE');
	const rest = alerts.filter(({ severity }) => severity !== 'PAGE');
	return (
		<WaitingSection title="Open alerts" count={alerts.length} none="No alert is open.">
			{[...urgent, ...rest].slice(0, SHOWN).map(({ id, severity, firmId, leaseId, openedAt, ...alert }) => (
				<li key={id} className="card row apart">
					<span>
						<span className={`badge ${severity === 'PAGE' ? 'bad' : 'warn'}`}>{URGENCY[severity]}</span>{' '}
						<AlertSentence alert={{ ...alert, leaseId }} leases={leases} /> Opened <Time at={openedAt} />
						{firmId !== null && (
							<>
								{', '}
								<FirmLink id={firmId} name={nameOf(firmId)} />
							</>
						)}
						{leaseId !== null && (
							<>
								{', '}
								<a href={`#/leases/${leaseId}`}>the lease</a>
							</>
						)}
					</span>
				</li>
			))}
			<li>
				<a href="#/alerts">All alerts</a>
			</li>
		</WaitingSection>
	);
}
