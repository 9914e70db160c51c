import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { UpdateTimeEntryDocument } from '../../../kit/api/workspace.generated.ts';
import { Content } from '../../../kit/content/index.ts';
import { Dialog, EditEnd, useEdit } from '../../../kit/parts/index.ts';
import { showMinutes } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { draftOf, inputOf, mistakesIn } from './time-draft.ts';
import { TimeFields } from './time-fields.tsx';
import type { TimeEntry } from './time-table.tsx';

interface EditTimeEntryProps {
	/** The entry as last read. */
	readonly entry: TimeEntry;
	/** Reads it again. */
	readonly onChanged: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** Changes a time entry. */
export function EditTimeEntry({ entry, onChanged, onClose }: EditTimeEntryProps) {
	const [isChecked, setChecked] = useState(false);
	const [update] = useMutation(UpdateTimeEntryDocument);
	const edit = useEdit({
		present: { revision: entry.revision, values: draftOf(entry) },
		save(values, expectedRevision) {
			setChecked(true);
			const input = inputOf(values, entry);
			return input && update({ variables: { input: { id: entry.id, expectedRevision, ...input } } }).then(onChanged);
		},
		reread: onChanged,
		onClose,
	});
	return (
		<Dialog title="Edit time entry" onClose={edit.cancel}>
			<form className="stack" onSubmit={edit.submit} noValidate>
				<TimeFields
					draft={edit.values}
					mistakes={isChecked ? mistakesIn(edit.values) : {}}
					present={entry.client}
					onChange={edit.change}
				/>
				<EditEnd edit={edit} label="Save entry">
					{showMinutes(entry.minutes)}, <Time at={entry.startedAt} />:{' '}
					<Content value={entry.description} field="TimeEntry.description" sealed={[]} lines />
				</EditEnd>
			</form>
		</Dialog>
	);
}
