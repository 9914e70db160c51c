import { useMutation } from '@apollo/client/react';
import { useEffect } from 'react';
import { UpdateMessageDocument } from '../../../kit/api/workspace.generated.ts';
import {
	ChangedMeanwhile,
	confirmLoss,
	ErrorNote,
	focusHere,
	SaveButton,
	useDraft,
	useLeaveGuard,
	useSave,
} from '../../../kit/parts/index.ts';
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
	const draft = useDraft({ revision, values: present });
	const [update] = useMutation(UpdateMessageDocument);
	useLeaveGuard(draft.hasChanges);
	const { isSaving, error, submit } = useSave(async () => {
		if (isTooLong(draft.values)) return;
		await update({ variables: { input: { id, expectedRevision: draft.revision, ...draft.values } } });
		onClose();
	}, onChange);
	const isSaved = error !== null && draft.isSaved;
	useEffect(() => {
		if (isSaved) onClose();
	}, [isSaved, onClose]);
	return (
		<form className="stack tight" aria-label="Edit your message" onSubmit={submit}>
			<MessageForm values={draft.values} isReadOnly={isSaving} onChange={draft.change} first={focusHere} />
			{draft.isStale && (
				<ChangedMeanwhile onTake={draft.takePresent}>
					<p>
						<strong>
							<VisibleText text={present.subject} />
						</strong>
					</p>
					<VisibleText text={present.body} form="LINES" />
				</ChangedMeanwhile>
			)}
			{error !== null && !draft.isStale && <ErrorNote error={error} />}
			<div className="row">
				<SaveButton label={draft.isStale ? 'Replace with mine' : 'Save message'} isSaving={isSaving} />
				<button type="button" onClick={() => confirmLoss(draft.hasChanges) && onClose()}>
					Cancel
				</button>
			</div>
		</form>
	);
}
