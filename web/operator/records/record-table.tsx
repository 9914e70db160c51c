import type { ReactNode } from 'react';
import { visibleLine } from '../../kit/text/visible-line.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import type { Selection } from './selection.ts';

export interface Column<Row> {
	readonly label: string;
	readonly cell: (row: Row) => ReactNode;
	readonly isNumber?: boolean;
}

interface RecordTableProps<Row> {
	readonly caption: string;
	readonly rows: readonly Row[];
	readonly columns: readonly Column<Row>[];
	/** What a person calls the row: metadata. */
	readonly nameOf: (row: Row) => string;
	/** Null if the row has no page of its own. */
	readonly hrefOf: (row: Row) => string | null;
	readonly firstLabel: string;
	/** Null: nothing can be selected. */
	readonly selection: Selection | null;
}

/** A list of records by their metadata. */
export function RecordTable<Row extends { readonly id: string }>(props: RecordTableProps<Row>) {
	const { caption, rows, columns, nameOf, hrefOf, firstLabel, selection } = props;
	const isAll = rows.length > 0 && rows.every(({ id }) => selection?.keys.has(id));
	return (
		<div className="table records">
			<table className="cards">
				<caption className="said">{caption}</caption>
				<thead>
					<tr>
						{selection && (
							<th scope="col">
								<input
									type="checkbox"
									aria-label="Select all that are shown"
									checked={isAll}
									onChange={() => selection.set(isAll ? [] : rows.map(({ id }) => id))}
								/>
							</th>
						)}
						<th scope="col">{firstLabel}</th>
						{columns.map(({ label, isNumber }) => (
							<th key={label} scope="col" className={isNumber ? 'number' : undefined}>
								{label}
							</th>
						))}
					</tr>
				</thead>
				<tbody>
					{rows.map((row) => (
						<tr key={row.id}>
							{selection && (
								<td>
									<input
										type="checkbox"
										aria-label={visibleLine(`Select ${nameOf(row)}`)}
										checked={selection.keys.has(row.id)}
										onChange={() => selection.toggle(row.id)}
									/>
								</td>
							)}
							<th scope="row">
								<RowName name={nameOf(row)} href={hrefOf(row)} />
							</th>
							{columns.map(({ label, cell, isNumber }) => (
								<td key={label} data-label={label} className={isNumber ? 'number' : undefined}>
									{cell(row)}
								</td>
							))}
						</tr>
					))}
				</tbody>
			</table>
		</div>
	);
}

const RowName = ({ name, href }: { readonly name: string; readonly href: string | null }) =>
	href === null ? (
		<VisibleText text={name} />
	) : (
		<a href={`#${href}`}>
			<VisibleText text={name} />
		</a>
	);
