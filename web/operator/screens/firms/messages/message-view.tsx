import { MessageContentDocument, MessageDocument } from '../../../../kit/api/operator.generated.ts';
import { useContentQuery } from '../../../../kit/content/index.ts';
import { Person, useTitle } from '../../../../kit/parts/index.ts';
import { Time } from '../../../../kit/text/time.tsx';
import { ContentPanel } from '../../../records/content-panel.tsx';
import { readingOf } from '../../../records/opened-values.tsx';
import type { ViewProps } from '../../../screen.ts';
import { Comments } from '../comments.tsx';
import { useFirm } from '../firm-context.ts';
import { RecordView } from '../record-view.tsx';
import { nameOfMessage } from './message-list.tsx';

export function MessageView({ thread = '', record: id = '' }: ViewProps) {
	const { firm } = useFirm();
	const query = useContentQuery(MessageDocument, { variables: { id } });
	const message = query.data?.message;
	const name = message ? nameOfMessage(message) : null;
	useTitle(name ?? 'Message');
	return (
		<RecordView
			kind="Message"
			name={name}
			id={id}
			back={[`/firms/${firm.id}/messages/${thread}`, 'The thread']}
			query={query}
			facts={
				message
					? [
							['Written by', <Person key="by" person={message.author} />],
							['Written', <Time key="at" at={message.createdAt} />],
							['Last changed', <Time key="changed" at={message.updatedAt} />],
							['Revision', message.revision],
						]
					: []
			}
		>
			{message && name && (
				<ContentPanel
					firm={firm}
					parts={[{ type: 'Message', id, name }]}
					revision={message.revision}
					reading={readingOf(MessageContentDocument, { id }, ({ message: read }) =>
						read
							? [
									{ id, coordinate: 'Message.subject', value: read.subject },
									{ id, coordinate: 'Message.body', value: read.body },
								]
							: [],
					)}
				/>
			)}
			<Comments id={id} />
		</RecordView>
	);
}
