import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { CreateTimeEntryDocument } from '../../../kit/api/workspace.generated.ts';
import {
	confirmLoss,
	Dialog,
	NotCreated,
	SaveRow,
	useLeaveGuard,
	useNewId,
	useSave,
} from '../../../kit/parts/index.ts';
import { inputOf, mistakesIn, newDraft } from './time-draft.ts';
import { TimeFields } from './time-fields.tsx';

interface NewTimeEntryProps {
	readonly onWritten: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** Writes a time entry for one's own work. A repeat after a lost answer creates it once. */
export function NewTimeEntry({ onWritten, onClose }: NewTimeEntryProps) {
	const { id, renew } = useNewId();
	const [begun] = useState(newDraft);
	const [draft, setDraft] = useState(begun);
	const [isChecked, setChecked] = useState(false);
	const [create] = useMutation(CreateTimeEntryDocument);
	const hasChanges = draft !== begun;
	useLeaveGuard(hasChanges);
	const { isSaving, error, submit } = useSave(
		async () => {
			setChecked(true);
			const input = inputOf(draft, null);
			if (input === null) return;
			await create({ variables: { input: { id, ...input } } });
			await onWritten();
			onClose();
		},
		() => Promise.all([renew(), onWritten()]),
	);
	const close = () => confirmLoss(hasChanges) && onClose();
	return (
		<Dialog title="New time entry" onClose={close}>
			<form className="stack" onSubmit={submit} noValidate>
				<TimeFields
					draft={draft}
					mistakes={isChecked ? mistakesIn(draft) : {}}
					onChange={(part) => setDraft((before) => ({ ...before, ...part }))}
				/>
				{error !== null && <NotCreated error={error} noun="time entry" />}
				<SaveRow label="Save entry" isSaving={isSaving} onCancel={close} />
			</form>
		</Dialog>
	);
}
