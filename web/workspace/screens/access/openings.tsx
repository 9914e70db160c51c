import { OpeningsChart } from '../../../kit/charts/openings-chart.tsx';
import type { LeaseCheck, Opening } from '../../../kit/log/index.ts';
import { LoadMore } from '../../../kit/parts/index.ts';
import { Time } from '../../../kit/text/time.tsx';
import { fieldInWords } from '../../needs/scope-in-words.ts';
import { Records } from './records.tsx';

interface OpeningsProps {
	readonly openings: readonly Opening[];
	/** Null before the log is verified. */
	readonly check: LeaseCheck | null;
	readonly hasMore: boolean;
	readonly isLoading: boolean;
	readonly onMore: () => void;
}

/** What was opened under a lease: when, which field, of which record, and whether the verified log says so. */
export function Openings({ openings, check, hasMore, isLoading, onMore }: OpeningsProps) {
	if (openings.length === 0)
		return <p className="quiet">{isLoading ? 'Reading the openings …' : 'Nothing was opened.'}</p>;
	return (
		<div className="stack tight">
			<OpeningsChart times={openings.map(({ at }) => Date.parse(at))} isWhole={!hasMore} />
			<div className="table">
				<table className="cards">
					<caption>What was opened</caption>
					<thead>
						<tr>
							<th scope="col">When</th>
							<th scope="col">Fields</th>
							<th scope="col">Records</th>
							<th scope="col">In the log</th>
						</tr>
					</thead>
					<tbody>
						{openings.map(({ id, at, coordinates, recordIds }) => (
							<tr key={id}>
								<td data-label="When">
									<Time at={at} show="second" />
								</td>
								<td data-label="Fields">{coordinates.map(fieldInWords).join(', ')}</td>
								<td data-label="Records">
									<Records ids={recordIds} />
								</td>
								<td data-label="In the log">{placeInLog(id, check)}</td>
							</tr>
						))}
					</tbody>
				</table>
			</div>
			<LoadMore hasMore={hasMore} isLoading={isLoading} onMore={onMore} />
		</div>
	);
}

function placeInLog(id: string, check: LeaseCheck | null) {
	if (check === null) return <span className="quiet">not checked yet</span>;
	if (check.notInLog.includes(id)) return <span className="badge bad">Not in the log</span>;
	if (check.waiting.includes(id)) return <span className="badge warn">Will be signed in a moment</span>;
	return <span className="badge good">Verified</span>;
}
