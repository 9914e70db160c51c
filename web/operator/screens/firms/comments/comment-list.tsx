import type { TypedDocumentNode } from '@apollo/client';
import type { NoteCommentsQuery } from '../../../../kit/api/operator.generated.ts';
import { Person } from '../../../../kit/parts/index.ts';
import { Time } from '../../../../kit/text/time.tsx';
import type { Reading } from '../../../records/opened-values.tsx';
import { RecordList } from '../../../records/record-list.tsx';
import type { Column } from '../../../records/record-table.tsx';
import { type ListIn, PAGE_SIZE, useList } from '../../../records/use-list.ts';
import { useFirm } from '../firm-context.ts';
import { nameByTime } from '../name-by-time.ts';

export type Comment = NonNullable<NonNullable<NoteCommentsQuery['note']>['comments']>['nodes'][number];

interface CommentListProps<Data> {
	readonly id: string;
	readonly document: TypedDocumentNode<
		Data,
		{ readonly id: string; readonly first?: number; readonly count?: boolean }
	>;
	readonly at: ListIn<Data, Comment>;
	readonly readingOf: (first: number) => Reading;
}

const COLUMNS: readonly Column<Comment>[] = [
	{ label: 'By', cell: ({ author }) => <Person person={author} /> },
	{ label: 'Changed', cell: ({ updatedAt }) => <Time at={updatedAt} /> },
];

/** Comments on a record: each is a record of its own, of the class COMMUNICATION. */
export function CommentList<Data>({ id, document, at, readingOf }: CommentListProps<Data>) {
	const { firm } = useFirm();
	const list = useList(document, { id, first: PAGE_SIZE, count: true }, at, { firmId: firm.id, type: 'Comment' });
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
				content={{ field: 'Comment.text', readingOf, lines: true }}
			/>
		</section>
	);
}

/** The values of an answer with texts. */
export const textsOf = (
	comments: { readonly nodes: readonly { readonly id: string; readonly text: string | null }[] } | null | undefined,
) => (comments?.nodes ?? []).map(({ id, text }) => ({ id, coordinate: 'Comment.text', value: text }));
