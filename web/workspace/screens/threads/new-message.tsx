import { useMutation } from '@apollo/client/react';
import { useId, useState } from 'react';
import { isConflict, newId } from '../../../kit/api/index.ts';
import { CreateMessageDocument } from '../../../kit/api/workspace.generated.ts';
import { ErrorNote, SaveButton, useLeaveGuard, useSave } from '../../../kit/parts/index.ts';
import { Audience } from './audience.tsx';
import { isTooLong, MessageForm, NO_MESSAGE } from './message-form.tsx';
import type { ThreadOfPage } from './thread-head.tsx';

interface NewMessageProps {
	readonly thread: ThreadOfPage;
	readonly onWritten: () => Promise<unknown>;
}

/** Writes a message. A repeat after a lost answer writes it once. */
export function NewMessage({ thread, onWritten }: NewMessageProps) {
	const [values, setValues] = useState(NO_MESSAGE);
	const [id, setId] = useState(newId);
	const [said, setSaid] = useState('');
	const [create] = useMutation(CreateMessageDocument);
	useLeaveGuard(values.subject !== '' || values.body !== '');
	const { isSaving, error, submit } = useSave(
		async () => {
			if (isTooLong(values) || values.body.trim() === '') return;
			await create({ variables: { input: { id, threadId: thread.id, ...values } } });
			setValues(NO_MESSAGE);
			setId(newId());
			setSaid('Your message is sent.');
			await onWritten();
		},
		async () => {
			// An attempt whose answer was lost had arrived, and was another text than now.
			setId(newId());
			await onWritten();
		},
	);
	const title = useId();
	return (
		<form className="card stack no-print" aria-labelledby={title} onSubmit={submit}>
			<h3 id={title}>Write a message</h3>
			<MessageForm
				values={values}
				isReadOnly={isSaving}
				onChange={(part) => {
					setSaid('');
					setValues((before) => ({ ...before, ...part }));
				}}
			/>
			<Audience clients={thread.sharedWith} />
			{error !== null &&
				(isConflict(error) ? (
					<p className="note warn" role="alert">
						An earlier attempt was sent after all, with what you had typed then: see the last message above. Send again
						if what stands here now should follow it.
					</p>
				) : (
					<ErrorNote error={error} />
				))}
			<div className="row">
				<SaveButton label="Send message" isSaving={isSaving} />
				<span role="status" className="hint">
					{said || 'Ctrl+Enter sends, too.'}
				</span>
			</div>
		</form>
	);
}
