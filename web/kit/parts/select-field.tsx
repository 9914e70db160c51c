import { visibleLine } from '../text/visible-line.ts';
import { Field } from './field.tsx';

interface SelectFieldProps<Value extends string> {
	readonly label: string;
	readonly value: Value;
	/** Values with their names, in order. */
	readonly options: readonly (readonly [value: NoInfer<Value>, name: string])[];
	/** What the choice of no value, '', says; without it, one of the options is always chosen. */
	readonly none?: string;
	readonly onChange: (value: NoInfer<Value>) => void;
}

/** A choice of one among a few. */
export const SelectField = <Value extends string>({
	label,
	value,
	options,
	none,
	onChange,
}: SelectFieldProps<Value>) => (
	<Field label={label}>
		{(control) => (
			<select {...control} value={value} onChange={({ target }) => onChange(target.value as Value)}>
				{none !== undefined && <option value="">{none}</option>}
				{options.map(([each, name]) => (
					<option key={each} value={each}>
						{visibleLine(name)}
					</option>
				))}
			</select>
		)}
	</Field>
);
