import type { BreakGlassOpeningsQuery } from '../../kit/api/operator.generated.ts';
import { Time } from '../../kit/text/time.tsx';
import { fieldInWords } from '../content/content-fields.ts';

interface OpeningsTableProps {
	readonly caption: string;
	readonly openings: NonNullable<NonNullable<BreakGlassOpeningsQuery['breakGlassLease']>['openings']>['nodes'];
}

/** What was opened under a lease: fields and records, never what they say. */
export const OpeningsTable = ({ caption, openings }: OpeningsTableProps) => (
	<div className="table">
		<table className="cards">
			<caption>{caption}</caption>
			<thead>
				<tr>
					<th scope="col">When</th>
					<th scope="col">Fields</th>
					<th scope="col">Records</th>
				</tr>
			</thead>
			<tbody>
				{openings.map(({ id, at, coordinates, recordIds }) => (
					<tr key={id}>
						<th scope="row">
							<Time at={at} show="second" />
						</th>
						<td data-label="Fields">{coordinates.map(fieldInWords).join(', ')}</td>
						<td data-label="Records">
							<RecordIds ids={recordIds} />
						</td>
					</tr>
				))}
			</tbody>
		</table>
	</div>
);

const SHOWN = 3;

function RecordIds({ ids }: { readonly ids: readonly string[] }) {
	const list = <span className="mono">{ids.join(', ')}</span>;
	if (ids.length <= SHOWN) return list;
	return (
		<details>
			<summary>{ids.length} records</summary>
			{list}
		</details>
	);
}
