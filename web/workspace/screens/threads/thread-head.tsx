import type { ThreadQuery } from '../../../kit/api/workspace.generated.ts';
import { Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { SharedWith } from '../../sharing/index.ts';
import { isStaff, useViewer } from '../../viewer.ts';

export type ThreadOfPage = NonNullable<ThreadQuery['thread']>;

/** What a thread is about, and for the firm's people with whom it is shared. */
export function ThreadHead({
	thread: { id, author, client, createdAt, sharedWith },
}: {
	readonly thread: ThreadOfPage;
}) {
	const withClient = isStaff(useViewer());
	return (
		<>
			<p className="quiet">
				Started by <Person person={author} /> on <Time at={createdAt} />
				{withClient && client && (
					<>
						, about{' '}
						<a href={`#/clients/${client.id}`}>
							<VisibleText text={client.name} />
						</a>
					</>
				)}
			</p>
			<SharedWith subject={{ threadId: id }} noun="thread" clients={sharedWith} about={client} />
		</>
	);
}
