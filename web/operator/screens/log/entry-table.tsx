import './log.css';
import type { AuditEntriesQuery } from '../../../kit/api/operator.generated.ts';
import { actionInWords } from '../../../kit/text/actions-in-words.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { FirmLink, useFirmNames } from '../../firms/index.ts';
import { AccountOf, useRecentLeases } from '../../recent-leases/index.ts';
import { DecisionBadge } from './decision-badge.tsx';

type Entry = AuditEntriesQuery['auditEntries']['nodes'][number];

/** Fields of an entry that fit into its row. */
const SHOWN = 3;

export function EntryTable({ entries }: { readonly entries: readonly Entry[] }) {
	const { nameOf } = useFirmNames();
	const { people } = useRecentLeases();
	return (
		<div className="table log-entries">
			<table className="cards">
				<caption>Entries, last committed first</caption>
				<thead>
					<tr>
						<th scope="col">Entry</th>
						<th scope="col">Decision</th>
						<th scope="col">When</th>
						<th scope="col">Firm</th>
						<th scope="col">Account</th>
						<th scope="col">Fields and records</th>
						<th scope="col">Lease</th>
					</tr>
				</thead>
				<tbody>
					{entries.map((entry) => (
						<tr key={entry.id}>
							<th scope="row">
								<a href={`#/log/entries/${entry.id}`}>
									<VisibleText text={actionInWords(entry.action)} />
								</a>
								<p className="mono hint">
									<VisibleText text={entry.action} />
								</p>
							</th>
							<td data-label="Decision">
								<DecisionBadge decision={entry.decision} />
								{entry.reason !== null && (
									<p className="hint">
										<VisibleText text={showConstant(entry.reason)} />
									</p>
								)}
							</td>
							<td data-label="When">
								<Time at={entry.at} show="second" />
							</td>
							<td data-label="Firm">
								{entry.firmId === null ? (
									'The installation'
								) : (
									<FirmLink id={entry.firmId} name={nameOf(entry.firmId)} />
								)}
							</td>
							<td data-label="Account">
								{entry.actorId === null ? 'The program itself' : <AccountOf id={entry.actorId} people={people} />}
								<p className="hint">
									{entry.actorRoles.map(showConstant).join(', ') || <VisibleText text={entry.plane} />}
								</p>
							</td>
							<td data-label="Fields and records">{inShort(entry)}</td>
							<td data-label="Lease">
								{entry.leaseId === null ? '—' : <a href={`#/leases/${entry.leaseId}`}>The lease</a>}
							</td>
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

function inShort({ coordinates, recordIds }: Entry): string {
	const rest = coordinates.length - SHOWN;
	const fields = coordinates.slice(0, SHOWN).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
	const records = recordIds.length === 0 ? '' : recordIds.length === 1 ? '1 record' : `${recordIds.length} records`;
	return [fields, records].filter((part) => part !== '').join('; ') || '—';
}
