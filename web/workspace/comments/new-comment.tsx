import { useMutation } from '@apollo/client/react';
import { useState } from 'react';
import { type CommentSubject, CreateCommentDocument } from '../../kit/api/workspace.generated.ts';
import { Field, NotCreated, SaveButton, useLeaveGuard, useNewId, useSave } from '../../kit/parts/index.ts';

interface NewCommentProps {
	readonly about: CommentSubject;
	readonly onWritten: () => Promise<unknown>;
}

/** Writes a comment. A repeat after a lost answer writes it once. */
export function NewComment({ about, onWritten }: NewCommentProps) {
	const [text, setText] = useState('');
	const { id, renew } = useNewId();
	const [said, setSaid] = useState('');
	const [create] = useMutation(CreateCommentDocument);
	useLeaveGuard(text.trim() !== '');
	const { isSaving, error, submit } = useSave(
		async () => {
			if (text.trim() === '') return;
			await create({ variables: { input: { id, about, text } } });
			setText('');
			await renew();
			setSaid('Your comment is written.');
			await onWritten();
		},
		() => Promise.all([renew(), onWritten()]),
	);
	return (
		<form className="stack tight" onSubmit={submit}>
			<Field label="Write a comment" hint="Only your firm's people see comments.">
				{(control) => (
					<textarea
						{...control}
						rows={3}
						value={text}
						readOnly={isSaving}
						onChange={(event) => {
							setText(event.target.value);
							setSaid('');
						}}
					/>
				)}
			</Field>
			{error !== null && <NotCreated error={error} noun="comment" />}
			<div className="row">
				<SaveButton label="Add comment" isSaving={isSaving} />
				<span role="status" className="said">
					{said}
				</span>
			</div>
		</form>
	);
}
