import { ThreadDocument } from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { VisibleText } from '../../../../kit/text/visible-text.tsx';
import type { ViewProps } from '../../../screen.ts';
import { useFirm } from '../firm-context.ts';
import { RecordView } from '../record-view.tsx';
import { SharedWith } from '../shared-with.tsx';
import { MessageList } from './message-list.tsx';
import { nameOfThread } from './thread-list.tsx';

export function ThreadView({ thread: id = '' }: ViewProps) {
	const { firm } = useFirm();
	const query = useContentQuery(ThreadDocument, { variables: { id } });
	const thread = query.data?.thread;
	const name = thread ? nameOfThread(thread) : null;
	useTitle(name ?? 'Thread');
	return (
		<RecordView
			kind="Thread"
			name={name}
			id={id}
			back={[`/firms/${firm.id}/messages`, 'Messages']}
			query={query}
			facts={
				thread
					? [
							['Started by', <Person key="by" person={thread.author} />],
							['Started', <Time key="at" at={thread.createdAt} />],
							['Last message', <Time key="changed" at={thread.updatedAt} />],
							['Client', thread.client && <VisibleText key="client" text={thread.client.name} />],
							['Shared with', <SharedWith key="shared" clients={thread.sharedWith} />],
						]
					: []
			}
		>
			<MessageList threadId={id} />
		</RecordView>
	);
}
