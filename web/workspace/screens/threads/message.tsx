import { useRef, useState } from 'react';
import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { isStaff, useViewer } from '../../viewer.ts';
import { EditMessage } from './edit-message.tsx';
import { MessageActs } from './message-acts.tsx';
import { MessageComments } from './message-comments.tsx';
import type { MessageRow } from './use-messages.ts';
import { Writer } from './writer.tsx';

interface MessageProps {
	readonly message: MessageRow;
	readonly sealed: readonly SealedField[];
	readonly onChange: () => Promise<unknown>;
}

/** One message of a thread. */
export function Message({ message, sealed, onChange }: MessageProps) {
	const { id, revision, author, createdAt, updatedAt, subject, body, comments } = message;
	const viewer = useViewer();
	const item = useRef<HTMLLIElement>(null);
	const [isEditing, setEditing] = useState(false);
	const close = () => {
		setEditing(false);
		item.current?.focus();
	};
	const isOwn = author?.id === viewer.id;
	return (
		<li className={`message card stack tight ${isOwn ? 'own' : ''}`} ref={item} tabIndex={-1}>
			<p>
				<strong>
					<Writer author={author} />
				</strong>{' '}
				<span className="quiet">
					{isOwn && '(you) '}
					<Time at={createdAt} />
					{revision > 1 && (
						<>
							{' '}
							· changed <Time at={updatedAt} />
						</>
					)}
				</span>
			</p>
			{isEditing ? (
				<EditMessage message={message} onChange={onChange} onClose={close} />
			) : (
				<>
					{(subject || sealed.length > 0) && (
						<h3>
							<Content value={subject} field="Message.subject" sealed={sealed} empty="Without a subject" />
						</h3>
					)}
					<p>
						<Content value={body} field="Message.body" sealed={sealed} lines empty="This message has no text." />
					</p>
				</>
			)}
			{comments && (
				<MessageComments messageId={id} count={comments.totalCount}>
					{!isEditing && isStaff(viewer) && (
						<MessageActs message={message} onEdit={() => setEditing(true)} onChange={onChange} />
					)}
				</MessageComments>
			)}
		</li>
	);
}
