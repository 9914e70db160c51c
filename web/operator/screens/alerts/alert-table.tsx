import './alerts.css';
import type { AlertsQuery } from '../../../kit/api/operator.generated.ts';
import { useFirmNames } from '../../firms/index.ts';
import { useRecentLeases } from '../../recent-leases/index.ts';
import { AlertRow } from './alert-row.tsx';

export type Alert = AlertsQuery['alerts']['nodes'][number];

interface AlertTableProps {
	readonly alerts: readonly Alert[];
	readonly totalCount: number;
	readonly onAcknowledge: (alert: Alert) => Promise<void>;
}

export function AlertTable({ alerts, totalCount, onAcknowledge }: AlertTableProps) {
	const { nameOf } = useFirmNames();
	const recent = useRecentLeases();
	return (
		<div className="table alerts">
			<table className="cards">
				<caption>{totalCount === 1 ? '1 alert' : `${totalCount.toLocaleString()} alerts`}, newest first</caption>
				<thead>
					<tr>
						<th scope="col">What</th>
						<th scope="col">How soon</th>
						<th scope="col">About</th>
						<th scope="col">Since</th>
						<th scope="col" className="number">
							Count
						</th>
						<th scope="col">State</th>
					</tr>
				</thead>
				<tbody>
					{alerts.map((alert) => (
						<AlertRow
							key={alert.id}
							alert={alert}
							firmName={alert.firmId === null ? null : nameOf(alert.firmId)}
							recent={recent}
							onAcknowledge={onAcknowledge}
						/>
					))}
				</tbody>
			</table>
		</div>
	);
}
