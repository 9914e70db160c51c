import {
	RecordCommentsDocument,
	type RecordCommentsQuery,
	RecordCommentTextsDocument,
} from '../../../kit/api/operator.generated.ts';
import { Person } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { readingOf } from '../../records/opened-values.tsx';
import { RecordList } from '../../records/record-list.tsx';
import type { Column } from '../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../records/use-list.ts';
import { useFirm } from './firm-context.ts';
import { nameByTime } from './name-by-time.ts';

type Commented = Extract<RecordCommentsQuery['node'], { readonly comments: unknown }>;
type Row = NonNullable<Commented['comments']>['nodes'][number];

const IN: ListIn<RecordCommentsQuery, Row> = {
	get: ({ node }) => (node && 'comments' in node ? node.comments : null),
	put: (data, page) =>
		data.node && 'comments' in data.node
			? { node: { ...data.node, comments: data.node.comments && { ...data.node.comments, ...page } } }
			: data,
};

const COLUMNS: readonly Column<Row>[] = [
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
	{ label: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

/** Comments on a document, an invoice, a message or a note: each is a record of its own, of the class COMMUNICATION. */
export function Comments({ id }: { readonly id: string }) {
	const { firm } = useFirm();
	const live = { firmId: firm.id, type: 'Comment' };
	const list = useList(RecordCommentsDocument, { id, first: PAGE_SIZE, count: true }, IN, live);
	return (
		<section className="stack" aria-label="Comments">
			<h3>Comments</h3>
			<RecordList
				firm={firm}
				list={list}
				type="Comment"
				caption="Comments"
				firstLabel="Written"
				columns={COLUMNS}
				nameOf={({ createdAt }) => nameByTime('Comment of', createdAt)}
				hrefOf={() => null}
				empty={<p>No one of the firm has commented on this.</p>}
				content={{
					field: 'Comment.text',
					readingOf: (first) =>
						readingOf(RecordCommentTextsDocument, { id, first }, ({ node }) =>
							(node && 'comments' in node ? (node.comments?.nodes ?? []) : []).map((comment) => ({
								id: comment.id,
								coordinate: 'Comment.text',
								value: comment.text,
							})),
						),
					lines: true,
				}}
			/>
		</section>
	);
}
