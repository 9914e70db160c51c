import { TimeEntryContentDocument, TimeEntryDocument } from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { showMinutes } from '../../../../kit/text/amounts.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import { ContentPanel } from '../../../records/content-panel.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import type { ViewProps } from '../../../screen.ts';
import { useFirm } from '../firm-context.ts';
import { RecordView } from '../record-view.tsx';
import { nameOfTimeEntry } from './time-entry-list.tsx';

export function TimeEntryView({ record: id = '' }: ViewProps) {
	const { firm } = useFirm();
	const query = useContentQuery(TimeEntryDocument, { variables: { id } });
	const entry = query.data?.timeEntry;
	const name = entry ? nameOfTimeEntry(entry) : null;
	useTitle(name ?? 'Time entry');
	return (
		<RecordView
			kind="Time entry"
			name={name}
			id={id}
			back={[`/firms/${firm.id}/time`, 'Time']}
			query={query}
			facts={
				entry
					? [
							['Worked by', <Person key="by" person={entry.author} />],
							['Began', <Time key="began" at={entry.startedAt} />],
							['Duration', showMinutes(entry.minutes)],
							['Client', entry.client && <VisibleText key="client" text={entry.client.name} />],
							['Created', <Time key="at" at={entry.createdAt} />],
							['Last changed', <Time key="changed" at={entry.updatedAt} />],
							['Revision', entry.revision],
						]
					: []
			}
		>
			{entry && name && (
				<ContentPanel
					firm={firm}
					parts={[{ type: 'TimeEntry', id, name }]}
					revision={entry.revision}
					reading={readingOf(TimeEntryContentDocument, { id }, ({ timeEntry }) =>
						timeEntry ? [{ id, coordinate: 'TimeEntry.description', value: timeEntry.description }] : [],
					)}
				/>
			)}
		</RecordView>
	);
}
