import { useId } from 'react';
import {
	CONTENT_CLASSES,
	type Coordinate,
	classNameOf,
	fieldNameOf,
	fieldsOfClass,
	manyOf,
	typeOf,
} from '../content/content-fields.ts';

interface FieldChoiceProps {
	readonly chosen: readonly Coordinate[];
	readonly fault: string | undefined;
	readonly onChange: (fields: readonly Coordinate[]) => void;
}

/** The classes of content, and the fields of each. */
export function FieldChoice({ chosen, fault, onChange }: FieldChoiceProps) {
	const id = useId();
	const without = (fields: readonly Coordinate[]) => chosen.filter((each) => !fields.includes(each));
	const set = (fields: readonly Coordinate[], isOn: boolean) =>
		onChange(isOn ? [...without(fields), ...fields] : without(fields));
	return (
		<fieldset className="stack tight" aria-describedby={fault ? `${id}-wrong` : undefined}>
			<legend>What to read</legend>
			{CONTENT_CLASSES.map((each) => {
				const fields = fieldsOfClass(each);
				const count = fields.filter((field) => chosen.includes(field)).length;
				return (
					<details key={each} open={count > 0 && count < fields.length}>
						<summary>
							{classNameOf(each)}{' '}
							<span className={count > 0 ? 'badge warn' : 'badge'}>
								{count === 0
									? 'nothing'
									: count === fields.length
										? 'every field'
										: `${count} of ${fields.length} fields`}
							</span>
						</summary>
						<label className="choice">
							<input
								type="checkbox"
								checked={count === fields.length}
								aria-invalid={fault ? true : undefined}
								onChange={(event) => set(fields, event.target.checked)}
							/>
							Every field of {classNameOf(each).toLowerCase()}
						</label>
						<div className="field-grid">
							{fields.map((field) => (
								<label className="choice" key={field}>
									<input
										type="checkbox"
										checked={chosen.includes(field)}
										onChange={(event) => set([field], event.target.checked)}
									/>
									<span>
										{fieldNameOf(field)} <span className="quiet">of {manyOf(typeOf(field))}</span>
									</span>
								</label>
							))}
						</div>
					</details>
				);
			})}
			{fault && (
				<span className="wrong" id={`${id}-wrong`} role="alert">
					{fault}
				</span>
			)}
		</fieldset>
	);
}
