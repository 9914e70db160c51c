import { useMutation } from '@apollo/client/react';
import { UpdateMessageDocument } from '../../../kit/api/workspace.generated.ts';
import { EditEnd, focusHere, useEdit } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { isTooLong, MessageForm, type MessageValues } from './message-form.tsx';
import type { MessageRow } from './use-messages.ts';

interface EditMessageProps {
	readonly message: MessageRow;
	/** Reads the messages again. */
	readonly onChange: () => Promise<unknown>;
	readonly onClose: () => void;
}

/** Changes a message where it stands. */
export function EditMessage({ message: { id, revision, subject, body }, onChange, onClose }: EditMessageProps) {
	const present: MessageValues = { subject: subject ?? '', body: body ?? '' };
	const [update] = useMutation(UpdateMessageDocument);
	const edit = useEdit({
		present: { revision, values: present },
		save: (values, expectedRevision) =>
			isTooLong(values) ? null : update({ variables: { input: { id, expectedRevision, ...values } } }),
		reread: onChange,
		onClose,
	});
	return (
		<form className="stack tight" aria-label="Edit your message" onSubmit={edit.submit}>
			<MessageForm values={edit.values} isReadOnly={edit.isSaving} onChange={edit.change} first={focusHere} />
			<EditEnd edit={edit} label="Save message">
				<p>
					<strong>
						<VisibleText text={present.subject} />
					</strong>
				</p>
				<VisibleText text={present.body} form="LINES" />
			</EditEnd>
		</form>
	);
}
