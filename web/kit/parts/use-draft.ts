import { useState } from 'react';

/** The values of a form's fields. */
export type DraftValues = Readonly<Record<string, string>>;

export interface Version<Values> {
	readonly revision: number;
	readonly values: Values;
}

export interface Draft<Values> {
	/** What is typed. */
	readonly values: Values;
	readonly change: (part: Partial<Values>) => void;
	/** Whether there is something that would be lost. */
	readonly hasChanges: boolean;
	/** Whether someone changed the object after this form was opened, to something else than what is typed: EditEnd shows it. */
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
	const state = stateOf(base, present, values);
	function takePresent() {
		setBase(present);
		setValues(present.values);
	}
	// Nothing is typed yet, so there is nothing to decide.
	if (present.revision !== base.revision && !state.hasChanges) takePresent();
	return {
		values,
		change: (part) => setValues((before) => ({ ...before, ...part })),
		...state,
		revision: present.revision,
		takePresent,
	};
}

/** What has become of a form that began at `base`, when the object is `present` and `values` are typed. */
export function stateOf<Values extends DraftValues>(base: Version<Values>, present: Version<Values>, values: Values) {
	const isNewer = present.revision !== base.revision;
	return {
		hasChanges: !areSame(values, base.values),
		isStale: isNewer && !areSame(present.values, base.values) && !areSame(present.values, values),
		isSaved: isNewer && areSame(present.values, values),
	};
}

const areSame = (one: DraftValues, other: DraftValues): boolean =>
	Object.keys(one).every((name) => one[name] === other[name]);
