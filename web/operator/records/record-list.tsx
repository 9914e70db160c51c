import { type ReactNode, useState } from 'react';
import { ErrorNote } from '../../kit/parts/index.ts';
import { type AskedFirm, AskForLease } from '../ask-for-lease/index.ts';
import { type ContentType, type Coordinate, classOf, fieldNameOf } from '../content/content-fields.ts';
import { nameOfLease, type OwnLease, useLeaseOn, useLeaseUse } from '../lease-in-use/index.ts';
import { useViewer } from '../viewer.ts';
import { ContentCell } from './content-cell.tsx';
import { FIELDS_TO_PROPOSE } from './fields-to-propose.ts';
import { ListStatus } from './list-status.tsx';
import { type Opened, OpenedValues, type Reading } from './opened-values.tsx';
import { type Column, RecordTable } from './record-table.tsx';
import { type Selection, useSelection } from './selection.ts';
import type { List } from './use-list.ts';

export interface RecordListProps<Row> {
	readonly firm: AskedFirm;
	readonly list: List<Row>;
	/** What a lease on a row is about. */
	readonly type: ContentType | 'Thread';
	/** Such as Notes. */
	readonly caption: string;
	readonly firstLabel: string;
	readonly columns: readonly Column<Row>[];
	readonly nameOf: (row: Row) => string;
	readonly hrefOf: (row: Row) => string | null;
	readonly empty: ReactNode;
	/** The field that tells rows apart, and how to read it for the first `count` rows; null if the list shows no content. */
	readonly content: {
		readonly field: Coordinate;
		readonly readingOf: (count: number) => Reading;
		readonly lines?: boolean;
	} | null;
}

/** Records of one firm: metadata, and under a lease the field that tells them apart. */
export function RecordList<Row extends { readonly id: string }>(props: RecordListProps<Row>) {
	const lease = useLeaseOn(props.firm.id);
	const selection = useSelection();
	return (
		<div className="stack">
			<Requesting {...props} selection={selection} />
			{/* The key closes what was opened when the lease ends. */}
			<ListUnder key={lease?.id ?? 'sealed'} {...props} lease={lease} selection={selection} />
		</div>
	);
}

type WithSelection<Row> = RecordListProps<Row> & {
	readonly selection: Selection;
};

function Requesting<Row extends { readonly id: string }>({ firm, list, type, nameOf, selection }: WithSelection<Row>) {
	const viewer = useViewer();
	const picked = (list.rows ?? []).filter(({ id }) => selection.keys.has(id));
	if (!viewer.operatorRoles.includes('OPERATOR') || list.rows?.length === 0) return null;
	return (
		<div className="row apart">
			<p role="status" className="quiet">
				{picked.length === 0 ? 'Nothing selected' : `${picked.length} selected`}
			</p>
			<div className="row">
				{picked.length > 0 && (
					<button type="button" className="plain" onClick={() => selection.set([])}>
						Clear
					</button>
				)}
				<AskForLease
					firm={firm}
					propose={() => ({
						fields: FIELDS_TO_PROPOSE[type],
						records: picked.length === 0 ? null : picked.map((row) => ({ type, id: row.id, name: nameOf(row) })),
					})}
				/>
			</div>
		</div>
	);
}

function ListUnder<Row extends { readonly id: string }>(
	props: WithSelection<Row> & { readonly lease: OwnLease | null },
) {
	const { list, empty, content, lease } = props;
	const { mayOpen } = useLeaseUse();
	const [count, setCount] = useState(0);
	const isOpen = content !== null && lease !== null && count > 0;
	const covers = content !== null && lease !== null && coversField(lease, content.field);
	return (
		<ListStatus list={list} empty={empty}>
			{(rows) => (
				<>
					{covers && mayOpen && rows.length > count && (
						<div>
							<button type="button" onClick={() => setCount(rows.length)}>
								Open {fieldNameOf(content.field).toLowerCase()} of {rows.length} under {nameOfLease(lease)}
							</button>
						</div>
					)}
					{isOpen ? (
						<div className="stack" key={count}>
							<div>
								<button type="button" onClick={() => setCount(0)}>
									Close the content
								</button>
							</div>
							<OpenedValues lease={lease} reading={content.readingOf(count)}>
								{(opened) => <Table {...props} rows={rows} opened={opened} />}
							</OpenedValues>
						</div>
					) : (
						<Table {...props} rows={rows} opened={null} />
					)}
				</>
			)}
		</ListStatus>
	);
}

function Table<Row extends { readonly id: string }>(
	props: WithSelection<Row> & {
		readonly lease: OwnLease | null;
		readonly rows: readonly Row[];
		readonly opened: Opened | null;
	},
) {
	const { caption, firstLabel, rows, columns, nameOf, hrefOf, content, lease, opened, selection } = props;
	const viewer = useViewer();
	const shown: Column<Row> | null = content && {
		label: fieldNameOf(content.field),
		cell: ({ id }) => (
			<ContentCell field={content.field} recordId={id} scope={lease} opened={opened} lines={content.lines ?? false} />
		),
	};
	return (
		<>
			{opened?.error ? <ErrorNote error={opened.error} /> : null}
			<RecordTable
				caption={caption}
				firstLabel={firstLabel}
				rows={rows}
				columns={shown ? [shown, ...columns] : columns}
				nameOf={nameOf}
				hrefOf={hrefOf}
				selection={viewer.operatorRoles.includes('OPERATOR') ? selection : null}
			/>
		</>
	);
}

const coversField = ({ classes, coordinates }: OwnLease, field: Coordinate): boolean =>
	classes.includes(classOf(field)) && (coordinates?.includes(field) ?? true);
