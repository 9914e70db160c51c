import { useState } from 'react';
import { isConflict } from '../api/errors.ts';

export interface Save {
	readonly isSaving: boolean;
	/** Null if the last attempt did not fail. */
	readonly error: unknown;
	/** For `onSubmit`. */
	readonly submit: (event?: { preventDefault(): void }) => Promise<void>;
}

/** Saves a form: one attempt at a time, whose failure stays beside the form. `onConflict` reads the present state before the error is shown. */
export function useSave(save: () => Promise<unknown>, onConflict?: () => Promise<unknown>): Save {
	const [isSaving, setSaving] = useState(false);
	const [error, setError] = useState<unknown>(null);
	return {
		isSaving,
		error,
		async submit(event) {
			event?.preventDefault();
			if (isSaving) return;
			setSaving(true);
			setError(null);
			try {
				await save();
			} catch (failure) {
				if (isConflict(failure)) await onConflict?.().catch(() => undefined);
				setError(failure);
			} finally {
				setSaving(false);
			}
		},
	};
}
