import { useMutation } from '@apollo/client/react';
import { DeleteTimeEntryDocument, type TimeEntriesQuery } from '../../../kit/api/workspace.generated.ts';
import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Confirm, Person } from '../../../kit/parts/index.ts';
import { showMinutes } from '../../../kit/text/amounts.ts';
import { dayOf, minuteOf } from '../../../kit/text/local-time.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';

export type TimeEntry = TimeEntriesQuery['timeEntries']['nodes'][number];

interface TimeTableProps {
	readonly entries: readonly TimeEntry[];
	readonly sealed: readonly SealedField[];
	/** Whether all entries are shown, so that the last day is whole as well. */
	readonly isWhole: boolean;
	readonly onEdit: (id: string) => void;
	/** Reads the list again. */
	readonly onChanged: () => Promise<unknown>;
}

const minutesOf = (entries: readonly TimeEntry[]): number => entries.reduce((sum, { minutes }) => sum + minutes, 0);

/** Entries by the day on which the work began, each day with its sum. */
export function TimeTable({ entries, sealed, isWhole, onEdit, onChanged }: TimeTableProps) {
	const days = [...Map.groupBy(entries, ({ startedAt }) => dayOf(startedAt))];
	return (
		<>
			<p role="status" className="quiet">
				{showMinutes(minutesOf(entries))} in {entries.length === 1 ? 'one entry' : `${entries.length} entries`}
				{!isWhole && ', so far'}
			</p>
			{days.map(([day, of], index) => (
				<section key={day} className="stack tight" aria-labelledby={`day-${day}`}>
					<div className="row apart">
						<h2 id={`day-${day}`}>
							<Time at={of[0]?.startedAt ?? ''} show="day" />
						</h2>
						<span className="badge">
							{showMinutes(minutesOf(of))}
							{!isWhole && index === days.length - 1 && ' so far'}
						</span>
					</div>
					<div className="table">
						<table className="cards">
							<caption className="said">Entries of this day</caption>
							<thead>
								<tr>
									<th scope="col">What</th>
									<th scope="col">Client</th>
									<th scope="col">Who</th>
									<th scope="col">Began</th>
									<th scope="col" className="number">
										Time
									</th>
									<th scope="col">
										<span className="said">Change</span>
									</th>
								</tr>
							</thead>
							<tbody>
								{of.map((entry) => (
									<Row key={entry.id} entry={entry} sealed={sealed} onEdit={onEdit} onChanged={onChanged} />
								))}
							</tbody>
						</table>
					</div>
				</section>
			))}
		</>
	);
}

interface RowProps extends Pick<TimeTableProps, 'sealed' | 'onEdit' | 'onChanged'> {
	readonly entry: TimeEntry;
}

function Row({ entry, sealed, onEdit, onChanged }: RowProps) {
	const [remove] = useMutation(DeleteTimeEntryDocument);
	const { id, revision: expectedRevision } = entry;
	const about = `the entry of ${showMinutes(entry.minutes)}, ${minuteOf(entry.startedAt)}`;
	return (
		<tr>
			<th scope="row">
				<Content value={entry.description} field="TimeEntry.description" sealed={sealed} lines />
			</th>
			<td data-label="Client">{entry.client ? <VisibleText text={entry.client.name} /> : '—'}</td>
			<td data-label="Who">
				<Person person={entry.author} />
			</td>
			<td data-label="Began">
				<Time at={entry.startedAt} />
			</td>
			<td className="number" data-label="Time">
				{showMinutes(entry.minutes)}
			</td>
			<td>
				<span className="row">
					<button type="button" className="small" onClick={() => onEdit(id)}>
						Edit
						<span className="said"> {about}</span>
					</button>
					<Confirm
						label="Delete"
						about={about}
						isSmall
						isDangerous
						title="Delete this entry for good?"
						confirm="Delete for good"
						onConfirm={() => remove({ variables: { input: { id, expectedRevision } } }).finally(() => void onChanged())}
					>
						<p>
							{showMinutes(entry.minutes)}, <Time at={entry.startedAt} />:{' '}
							<Content value={entry.description} field="TimeEntry.description" sealed={sealed} />
						</p>
					</Confirm>
				</span>
			</td>
		</tr>
	);
}
