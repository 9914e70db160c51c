import type { ReactNode } from 'react';
import { ChangedMeanwhile } from './changed-meanwhile.tsx';
import { ErrorNote } from './error-note.tsx';
import { SaveRow } from './save-row.tsx';
import type { DraftValues } from './use-draft.ts';
import type { Edit } from './use-edit.ts';

interface EditEndProps {
	readonly edit: Pick<Edit<DraftValues>, 'isStale' | 'takePresent' | 'error' | 'isSaving' | 'cancel'>;
	/** What the button says, unless it replaces what someone else has written. */
	readonly label: string;
	/** The present state, for when someone else was faster. */
	readonly children: ReactNode;
}

/** The end of a form that changes an object: what stands in its way, and its buttons. */
export function EditEnd({ edit, label, children }: EditEndProps) {
	const { isStale, takePresent, error, isSaving, cancel } = edit;
	return (
		<>
			{isStale && <ChangedMeanwhile onTake={takePresent}>{children}</ChangedMeanwhile>}
			{error !== null && !isStale && <ErrorNote error={error} />}
			<SaveRow label={isStale ? 'Replace with mine' : label} isSaving={isSaving} onCancel={cancel} />
		</>
	);
}
