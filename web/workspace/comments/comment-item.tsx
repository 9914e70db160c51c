import { useMutation } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { DeleteCommentDocument } from '../../kit/api/workspace.generated.ts';
import { Content, type SealedField } from '../../kit/content/index.ts';
import { Confirm, Person } from '../../kit/parts/index.ts';
import { Time } from '../../kit/text/time.tsx';
import { useViewer } from '../viewer.ts';
import type { CommentRow } from './comments.tsx';
import { EditComment } from './edit-comment.tsx';

interface CommentItemProps {
	readonly comment: CommentRow;
	readonly sealed: readonly SealedField[];
	readonly onChange: () => Promise<unknown>;
}

/** One comment. Its author may change it; its author and an owner may delete it. */
export function CommentItem({ comment, sealed, onChange }: CommentItemProps) {
	const { id, revision, author, createdAt, updatedAt, text } = comment;
	const viewer = useViewer();
	const [isEditing, setEditing] = useState(false);
	const [remove] = useMutation(DeleteCommentDocument);
	const item = useRef<HTMLLIElement>(null);
	const isOwn = author?.id === viewer.id;
	const close = () => {
		setEditing(false);
		item.current?.focus();
	};
	async function onDelete() {
		try {
			await remove({ variables: { input: { id, expectedRevision: revision } } });
		} finally {
			await onChange();
		}
	}
	return (
		<li className="comment card stack tight" ref={item} tabIndex={-1}>
			<div className="row apart">
				<span>
					<Person person={author} />{' '}
					<span className="quiet">
						<Time at={createdAt} />
						{revision > 1 && (
							<>
								{' '}
								· changed <Time at={updatedAt} />
							</>
						)}
					</span>
				</span>
				{!isEditing && (isOwn || viewer.role === 'OWNER') && (
					<div className="row">
						{isOwn && (
							<button type="button" className="small" onClick={() => setEditing(true)}>
								Edit<span className="said"> your comment</span>
							</button>
						)}
						<Confirm
							label="Delete comment"
							isSmall
							isDangerous
							title="Delete this comment?"
							confirm="Delete for good"
							onConfirm={onDelete}
						>
							<p>Its text is erased and cannot be brought back.</p>
						</Confirm>
					</div>
				)}
			</div>
			{isEditing ? (
				<EditComment comment={comment} onChange={onChange} onClose={close} />
			) : (
				<p>
					<Content value={text} field="Comment.text" sealed={sealed} lines />
				</p>
			)}
		</li>
	);
}
