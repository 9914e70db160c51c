import { type ReactNode, useState } from 'react';
import { Comments } from '../../comments/index.ts';

interface MessageCommentsProps {
	readonly messageId: string;
	readonly count: number;
	/** What stands beside the button. */
	readonly children: ReactNode;
}

/** The foot of a message: comments of the firm's people, read when they are opened. */
export function MessageComments({ messageId, count, children }: MessageCommentsProps) {
	const [isOpen, setOpen] = useState(false);
	return (
		<>
			<div className="row apart no-print">
				<button type="button" className="plain small" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
					{isOpen ? 'Hide comments' : 'Comments'}
					{count > 0 && ` (${count.toLocaleString()})`}
				</button>
				{children}
			</div>
			{isOpen && <Comments about={{ messageId }} heading="h4" />}
		</>
	);
}
