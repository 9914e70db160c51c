import { useEffect } from 'react';
import { confirmLoss, useLeaveGuard } from './leave-guard.ts';
import { type Draft, type DraftValues, useDraft, type Version } from './use-draft.ts';
import { type Save, useSave } from './use-save.ts';

interface EditOptions<Values> {
	/** The object as last read. */
	readonly present: Version<Values>;
	/** Sends what is typed; null if a field is wrong, so that nothing is sent. */
	readonly save: (values: Values, expectedRevision: number) => Promise<unknown> | null;
	/** Reads the object again. */
	readonly reread: () => Promise<unknown>;
	readonly onClose: () => void;
}

export interface Edit<Values> extends Draft<Values>, Save {
	/** Closes the form, if there is nothing to lose or the person gives it up. */
	readonly cancel: () => void;
}

/** A form that changes an object: it ends with EditEnd, and closes once what is typed is saved. */
export function useEdit<Values extends DraftValues>(options: EditOptions<Values>): Edit<Values> {
	const { present, save, reread, onClose } = options;
	const draft = useDraft(present);
	const letGo = useLeaveGuard(draft.hasChanges);
	const close = () => {
		letGo();
		onClose();
	};
	const saving = useSave(async () => {
		const sent = save(draft.values, draft.revision);
		if (sent === null) return;
		await sent;
		close();
	}, reread);
	// The answer to an earlier attempt was lost.
	const isSaved = saving.error !== null && draft.isSaved;
	useEffect(() => {
		if (isSaved) close();
	});
	return {
		...draft,
		...saving,
		cancel() {
			if (confirmLoss(draft.hasChanges)) close();
		},
	};
}
