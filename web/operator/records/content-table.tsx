import { Fragment } from 'react';
import { ErrorNote } from '../../kit/parts/index.ts';
import { visibleLine } from '../../kit/text/visible-line.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { type Coordinate, fieldNameOf, fieldsOfType } from '../content/content-fields.ts';
import type { OwnLease } from '../lease-in-use/index.ts';
import { useViewer } from '../viewer.ts';
import { ContentCell } from './content-cell.tsx';
import { FileCell } from './file-cell.tsx';
import type { Opened } from './opened-values.tsx';
import { keyOf, type Part } from './part.ts';
import type { Selection } from './selection.ts';

interface ContentTableProps {
	readonly parts: readonly Part[];
	readonly lease: OwnLease | null;
	readonly selection: Selection;
	readonly opened: Opened | null;
}

/** Each encrypted field of a record and of its parts. */
export function ContentTable({ parts, lease, selection, opened }: ContentTableProps) {
	const mayAsk = useViewer().operatorRoles.includes('OPERATOR');
	return (
		<>
			{opened?.error ? <ErrorNote error={opened.error} /> : null}
			<div className="table">
				<table className="cards">
					<caption className="said">Encrypted fields</caption>
					<thead>
						<tr>
							{mayAsk && <th scope="col">Ask for</th>}
							<th scope="col">Field</th>
							<th scope="col">Content</th>
						</tr>
					</thead>
					<tbody>
						{parts.map((part, index) => (
							<Fragment key={part.id}>
								{parts.length > 1 && (
									<tr className="part">
										<th scope="rowgroup" colSpan={mayAsk ? 3 : 2}>
											<VisibleText text={index === 0 ? 'The record itself' : part.name} />
										</th>
									</tr>
								)}
								{fieldsOfType(part.type).map((field) => (
									<tr key={field}>
										{mayAsk && (
											<td>
												<input
													type="checkbox"
													aria-label={visibleLine(`Ask for ${fieldNameOf(field)} of ${part.name}`)}
													checked={selection.keys.has(keyOf(part.id, field))}
													onChange={() => selection.toggle(keyOf(part.id, field))}
												/>
											</td>
										)}
										<th scope="row">{fieldNameOf(field)}</th>
										<td>
											<Value part={part} field={field} lease={lease} opened={opened} />
										</td>
									</tr>
								))}
							</Fragment>
						))}
					</tbody>
				</table>
			</div>
		</>
	);
}

interface ValueProps {
	readonly part: Part;
	readonly field: Coordinate;
	readonly lease: OwnLease | null;
	readonly opened: Opened | null;
}

function Value({ part, field, lease, opened }: ValueProps) {
	if (field.endsWith('.content')) return <FileCell part={part} field={field} lease={lease} />;
	return <ContentCell field={field} recordId={part.id} scope={lease} opened={opened} lines />;
}
