import { type ReactNode, useId } from 'react';

interface FieldProps {
	readonly label: string;
	readonly hint?: ReactNode;
	/** What is wrong with the value; null if nothing is. */
	readonly wrong?: string | null;
	/** Renders the control with the attributes that join it to its label and texts. */
	readonly children: (control: ControlProps) => ReactNode;
}

interface ControlProps {
	readonly id: string;
	readonly 'aria-describedby': string | undefined;
	readonly 'aria-invalid': boolean | undefined;
}

/** A control of a form with its label, a hint, and what is wrong. */
export function Field({ label, hint, wrong = null, children }: FieldProps) {
	const id = useId();
	const described = [hint ? `${id}-hint` : null, wrong === null ? null : `${id}-wrong`].filter((part) => part !== null);
	return (
		<div className="field">
			<label htmlFor={id}>{label}</label>
			{children({
				id,
				'aria-describedby': described.length > 0 ? described.join(' ') : undefined,
				'aria-invalid': wrong === null ? undefined : true,
			})}
			{hint && (
				<span className="hint" id={`${id}-hint`}>
					{hint}
				</span>
			)}
			{wrong !== null && (
				<span className="wrong" id={`${id}-wrong`} role="alert">
					{wrong}
				</span>
			)}
		</div>
	);
}
