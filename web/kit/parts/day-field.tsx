import { Field } from './field.tsx';

interface DayFieldProps {
	readonly label: string;
	readonly hint?: string;
	/** As <input type="date"> has it; empty for none. */
	readonly value: string;
	/** The earliest and the latest day that can be chosen; empty for any. */
	readonly min?: string;
	readonly max?: string;
	readonly onChange: (day: string) => void;
}

/** A choice of one day. */
export const DayField = ({ label, hint, value, min, max, onChange }: DayFieldProps) => (
	<Field label={label} hint={hint}>
		{(control) => (
			<input
				{...control}
				type="date"
				value={value}
				min={min || undefined}
				max={max || undefined}
				onChange={({ target }) => onChange(target.value)}
			/>
		)}
	</Field>
);
