import type { Ref } from 'react';
import { Field } from '../../../kit/parts/index.ts';
import { whyTooLong } from '../../../kit/text/too-long.ts';

/** As the API limits them, in bytes. */
const SUBJECT_BYTES = 1024;
const BODY_BYTES = 131_072;

export type MessageValues = { readonly subject: string; readonly body: string };

export const NO_MESSAGE: MessageValues = { subject: '', body: '' };

export const isTooLong = ({ subject, body }: MessageValues): boolean =>
	whyTooLong(subject, SUBJECT_BYTES) !== null || whyTooLong(body, BODY_BYTES) !== null;

interface MessageFormProps {
	readonly values: MessageValues;
	readonly isReadOnly: boolean;
	readonly onChange: (part: Partial<MessageValues>) => void;
	readonly first?: Ref<HTMLInputElement>;
}

/** The fields of a message. */
export const MessageForm = ({ values, isReadOnly, onChange, first }: MessageFormProps) => (
	<>
		<Field label="Subject" wrong={whyTooLong(values.subject, SUBJECT_BYTES)}>
			{(control) => (
				<input
					{...control}
					ref={first}
					autoComplete="off"
					value={values.subject}
					readOnly={isReadOnly}
					onChange={({ target }) => onChange({ subject: target.value })}
				/>
			)}
		</Field>
		<Field label="Message" wrong={whyTooLong(values.body, BODY_BYTES)}>
			{(control) => (
				<textarea
					{...control}
					required
					rows={6}
					value={values.body}
					readOnly={isReadOnly}
					onChange={({ target }) => onChange({ body: target.value })}
					onKeyDown={(event) => {
						if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit();
					}}
				/>
			)}
		</Field>
	</>
);
