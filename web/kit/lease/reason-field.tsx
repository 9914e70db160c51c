import { Field } from '../parts/field.tsx';
import { useLeaveGuard } from '../parts/leave-guard.ts';
import { VisibleText } from '../text/visible-text.tsx';

interface ReasonFieldProps {
	readonly value: string;
	readonly onChange: (reason: string) => void;
}

/** Why someone approves or denies a lease. */
export function ReasonField({ value, onChange }: ReasonFieldProps) {
	useLeaveGuard(value.trim() !== '');
	return (
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
}

/** The reason as the variables of a decision take it: null if there is none. */
export const reasonOf = (typed: string): string | null => typed.trim() || null;

/** What someone has typed for a decision that is no longer to be made: to be copied. Nothing if there is nothing. */
export const UnsentReason = ({ reason }: { readonly reason: string }) =>
	reason.trim() === '' ? null : (
		<Field label="Your reason, which was not sent">
			{(control) => <textarea {...control} readOnly rows={3} value={reason} />}
		</Field>
	);

/** The reason of a decision in a lease's story. */
export const ReasonGiven = ({ reason }: { readonly reason: string }) => (
	<blockquote className="note">
		<VisibleText text={reason} form="LINES" />
	</blockquote>
);
