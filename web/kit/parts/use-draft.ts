import { useState } from 'react';

/** The values of a form's fields. */
export type DraftValues = Readonly<Record<string, string>>;

interface Version<Values> {
	readonly revision: number;
	readonly values: Values;
}

interface Draft<Values> {
	/** What is typed. */
	readonly values: Values;
	readonly change: (part: Partial<Values>) => void;
	/** Whether there is something that would be lost. */
	readonly hasChanges: boolean;
	/** Whether someone changed the object after this form was opened, to something else than what is typed: show ChangedMeanwhile. */
	readonly isStale: boolean;
	/** Whether what is typed is already there: the answer to a save was lost. */
	readonly isSaved: boolean;
	/** For `expectedRevision`: that on which the form is based; that which is shown as the present one when the form is stale. */
	readonly revision: number;
	/** Gives up what is typed for the present values. */
	readonly takePresent: () => void;
}

/**
 * A form that changes an object which others may change meanwhile. `present` is the object as last read: read it again when a save fails with
 * CONFLICT. What is typed stays until the person decides.
 */
export function useDraft<Values extends DraftValues>(present: Version<Values>): Draft<Values> {
	const [base, setBase] = useState(present);
	const [values, setValues] = useState(present.values);
	const isNewer = present.revision !== base.revision;
	const hasChanges = !areSame(values, base.values);
	// Nothing is typed yet, so there is nothing to decide.
	if (isNewer && !hasChanges) {
		setBase(present);
		setValues(present.values);
	}
	return {
		values,
		change: (part) => setValues((before) => ({ ...before, ...part })),
		hasChanges,
		isStale: isNewer && !areSame(present.values, base.values) && !areSame(present.values, values),
		isSaved: isNewer && areSame(present.values, values),
		revision: present.revision,
		takePresent() {
			setBase(present);
			setValues(present.values);
		},
	};
}

const areSame = (one: DraftValues, other: DraftValues): boolean =>
	Object.keys(one).every((name) => one[name] === other[name]);
