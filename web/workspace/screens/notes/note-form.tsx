import { Field, focusHere } from '../../../kit/parts/index.ts';
import { whyTooLong } from '../../../kit/text/too-long.ts';

/** As the API limits them, in bytes. */
const TITLE_BYTES = 1024;
const BODY_BYTES = 131_072;

export type NoteValues = { readonly title: string; readonly body: string };

export const isTooLong = ({ title, body }: NoteValues): boolean =>
	whyTooLong(title, TITLE_BYTES) !== null || whyTooLong(body, BODY_BYTES) !== null;

interface NoteFormProps {
	readonly values: NoteValues;
	readonly isReadOnly: boolean;
	readonly onChange: (part: Partial<NoteValues>) => void;
}

/** The fields of a note. */
export const NoteForm = ({ values, isReadOnly, onChange }: NoteFormProps) => (
	<>
		<Field label="Title" wrong={whyTooLong(values.title, TITLE_BYTES)}>
			{(control) => (
				<input
					{...control}
					ref={focusHere}
					required
					autoComplete="off"
					value={values.title}
					readOnly={isReadOnly}
					onChange={({ target }) => onChange({ title: target.value })}
				/>
			)}
		</Field>
		<Field
			label="Text"
			hint="Title and text are encrypted for your firm. Clients never see notes."
			wrong={whyTooLong(values.body, BODY_BYTES)}
		>
			{(control) => (
				<textarea
					{...control}
					rows={14}
					value={values.body}
					readOnly={isReadOnly}
					onChange={({ target }) => onChange({ body: target.value })}
				/>
			)}
		</Field>
	</>
);
