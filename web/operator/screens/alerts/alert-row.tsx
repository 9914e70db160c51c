import { Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { FirmLink } from '../../firms/index.ts';
import { AccountOf, AlertSentence, type RecentLeases } from '../../recent-leases/index.ts';
import { useViewer } from '../../viewer.ts';
import { AcknowledgeButton } from './acknowledge-button.tsx';
import type { Alert } from './alert-table.tsx';
import { RULES, SEVERITIES } from './rules.ts';

interface AlertRowProps {
	readonly alert: Alert;
	readonly firmName: string | null;
	readonly recent: RecentLeases;
	readonly onAcknowledge: (alert: Alert) => Promise<void>;
}

export function AlertRow({ alert, firmName, recent: { leases, people }, onAcknowledge }: AlertRowProps) {
	const viewer = useViewer();
	const { rule, severity, firmId, leaseId, actorId, subject, count, openedAt, lastAt } = alert;
	const isPage = severity === 'PAGE';
	const isOwnLease = leaseId !== null && leases.get(leaseId)?.requestedById === viewer.id;
	return (
		<tr>
			<th scope="row">
				{RULES[rule]}
				<p className="hint">
					<AlertSentence alert={alert} leases={leases} />
				</p>
			</th>
			<td data-label="How soon">
				<span className={`badge ${isPage ? 'bad' : 'warn'}`}>
					<span aria-hidden="true">{isPage ? '▲ ' : '△ '}</span>
					{SEVERITIES[severity]}
				</span>
			</td>
			<td data-label="About">
				<ul className="about">
					{firmId !== null && (
						<li>
							<FirmLink id={firmId} name={firmName} />
						</li>
					)}
					{leaseId !== null && (
						<li>
							<a href={`#/leases/${leaseId}`}>The lease</a>
						</li>
					)}
					{actorId !== null && (
						<li>
							<AccountOf id={actorId} people={people} />
						</li>
					)}
					{firmId === null && leaseId === null && actorId === null && (
						<li className="mono">
							<VisibleText text={subject} />
						</li>
					)}
				</ul>
			</td>
			<td data-label="Since">
				<Time at={openedAt} />
				{count > 1 && lastAt !== openedAt && (
					<p className="hint">
						last <Time at={lastAt} />
					</p>
				)}
			</td>
			<td data-label="Count" className="number">
				{count.toLocaleString()}
			</td>
			<td data-label="State">
				{alert.isAcknowledged ? (
					<>
						<span className="badge good">Acknowledged</span>
						<p className="hint">
							{alert.acknowledgedBy && <Person person={alert.acknowledgedBy} />}{' '}
							{alert.acknowledgedAt && <Time at={alert.acknowledgedAt} />}
						</p>
					</>
				) : actorId === viewer.id || isOwnLease ? (
					<span className="hint">
						{actorId === viewer.id ? 'You caused it' : 'It is about your lease'}: another person acknowledges it
					</span>
				) : (
					<AcknowledgeButton alert={alert} onAcknowledge={onAcknowledge} />
				)}
			</td>
		</tr>
	);
}
