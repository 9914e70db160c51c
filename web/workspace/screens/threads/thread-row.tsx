import type { ThreadsQuery } from '../../../kit/api/workspace.generated.ts';
import { Content, type SealedField } from '../../../kit/content/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { Writer } from './writer.tsx';

interface ThreadRowProps {
	readonly thread: ThreadsQuery['threads']['nodes'][number];
	readonly sealed: readonly SealedField[];
	readonly withClient: boolean;
}

/** A thread in the list. It has no name of its own: its last message stands for it. */
export function ThreadRow({ thread: { id, client, updatedAt, messages }, sealed, withClient }: ThreadRowProps) {
	const last = messages.nodes.at(-1);
	return (
		<tr>
			<th scope="row">
				<a href={`#/threads/${id}`}>
					{last ? (
						<Content value={last.subject} field="Message.subject" sealed={sealed} empty="Without a subject" />
					) : (
						'No messages yet'
					)}
				</a>
			</th>
			<td data-label="From">{last ? <Writer author={last.author} /> : '—'}</td>
			{withClient && <td data-label="About client">{client ? <VisibleText text={client.name} /> : '—'}</td>}
			<td data-label="Messages" className="number">
				{messages.totalCount.toLocaleString()}
			</td>
			<td data-label="Last activity">
				<Time at={updatedAt} />
			</td>
		</tr>
	);
}
