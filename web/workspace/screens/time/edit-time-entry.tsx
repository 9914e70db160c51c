import { useMutation } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { UpdateTimeEntryDocument } from '../../../kit/api/workspace.generated.ts';
import { Content } from '../../../kit/content/index.ts';
import {
	ChangedMeanwhile,
	confirmLoss,
	Dialog,
	ErrorNote,
	SaveButton,
	useDraft,
	useLeaveGuard,
	useSave,
} from '../../../kit/parts/index.ts';
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
	const draft = useDraft({ revision: entry.revision, values: draftOf(entry) });
	const [isChecked, setChecked] = useState(false);
	const [update] = useMutation(UpdateTimeEntryDocument);
	useLeaveGuard(draft.hasChanges);
	const { isSaving, error, submit } = useSave(async () => {
		setChecked(true);
		const input = inputOf(draft.values, entry);
		if (input === null) return;
		await update({ variables: { input: { id: entry.id, expectedRevision: draft.revision, ...input } } });
		await onChanged();
		onClose();
	}, onChanged);
	const isSaved = error !== null && draft.isSaved;
	useEffect(() => {
		if (isSaved) onClose();
	}, [isSaved, onClose]);
	const close = () => confirmLoss(draft.hasChanges) && onClose();
	return (
		<Dialog title="Edit time entry" onClose={close}>
			<form className="stack" onSubmit={submit} noValidate>
				<TimeFields
					draft={draft.values}
					mistakes={isChecked ? mistakesIn(draft.values) : {}}
					present={entry.client}
					onChange={draft.change}
				/>
				{draft.isStale && (
					<ChangedMeanwhile onTake={draft.takePresent}>
						{showMinutes(entry.minutes)}, <Time at={entry.startedAt} />:{' '}
						<Content value={entry.description} field="TimeEntry.description" sealed={[]} lines />
					</ChangedMeanwhile>
				)}
				{error !== null && !draft.isStale && <ErrorNote error={error} />}
				<div className="row">
					<SaveButton label="Save entry" isSaving={isSaving} />
					<button type="button" onClick={close}>
						Cancel
					</button>
				</div>
			</form>
		</Dialog>
	);
}
