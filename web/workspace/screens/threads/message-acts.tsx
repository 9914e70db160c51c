import { useMutation } from '@apollo/client/react';
import { DeleteMessageDocument } from '../../../kit/api/workspace.generated.ts';
import { Confirm } from '../../../kit/parts/index.ts';
import { useViewer } from '../../viewer.ts';
import type { MessageRow } from './use-messages.ts';

interface MessageActsProps {
	readonly message: MessageRow;
	readonly onEdit: () => void;
	readonly onChange: () => Promise<unknown>;
}

/** What one may do with a message: its author changes it; its author and an owner delete it. */
export function MessageActs({ message: { id, revision, author }, onEdit, onChange }: MessageActsProps) {
	const viewer = useViewer();
	const [remove] = useMutation(DeleteMessageDocument);
	const isOwn = author?.id === viewer.id;
	if (!isOwn && viewer.role !== 'OWNER') return null;
	async function onDelete() {
		try {
			await remove({ variables: { input: { id, expectedRevision: revision } } });
		} finally {
			await onChange();
		}
	}
	return (
		<div className="row">
			{isOwn && (
				<button type="button" className="small" onClick={onEdit}>
					Edit<span className="said"> your message</span>
				</button>
			)}
			<Confirm
				label="Delete"
				about={isOwn ? 'your message' : `the message of ${author?.name ?? 'someone'}`}
				isSmall
				isDangerous
				title="Delete this message?"
				confirm="Delete for good"
				onConfirm={onDelete}
			>
				<p>
					The message and its comments are erased for everyone, also for clients with whom this thread is shared. They
					cannot be brought back.
				</p>
			</Confirm>
		</div>
	);
}
