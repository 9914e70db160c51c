import { Field } from '../parts/field.tsx';
import { VisibleText } from '../text/visible-text.tsx';

interface ReasonFieldProps {
	readonly value: string;
	readonly onChange: (reason: string) => void;
}

/** Why someone approves or denies a lease. */
export const ReasonField = ({ value, onChange }: ReasonFieldProps) => (
	<Field
		label="Your reason (optional)"
		hint="The firm’s owners, the person who asked, approvers and auditors can read it."
	>
		{(control) => (
			<textarea
				{...control}
				maxLength={2000}
				rows={3}
				value={value}
				onChange={({ target }) => onChange(target.value)}
			/>
		)}
	</Field>
);

/** The reason as the variables of a decision take it: null if there is none. */
export const reasonOf = (typed: string): string | null => typed.trim() || null;

/** The reason of a decision in a lease's story. */
export const ReasonGiven = ({ reason }: { readonly reason: string }) => (
	<blockquote className="note">
		<VisibleText text={reason} form="LINES" />
	</blockquote>
);
