import type { BreakGlassLeasesQuery } from '../../../kit/api/operator.generated.ts';
import { LeaseStateBadge } from '../../../kit/lease/index.ts';
import { Person } from '../../../kit/parts/index.ts';
import { showConstant } from '../../../kit/text/amounts.ts';
import { Time } from '../../../kit/text/time.tsx';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { toReview } from './lease-rights.ts';

type Lease = BreakGlassLeasesQuery['breakGlassLeases']['nodes'][number];

interface LeaseTableProps {
	readonly leases: readonly Lease[];
	readonly totalCount: number;
}

export const LeaseTable = ({ leases, totalCount }: LeaseTableProps) => (
	<div className="table">
		<table className="cards">
			<caption>{totalCount === 1 ? '1 lease' : `${totalCount.toLocaleString()} leases`}, newest request first</caption>
			<thead>
				<tr>
					<th scope="col">Lease</th>
					<th scope="col">Firm</th>
					<th scope="col">State</th>
					<th scope="col">Asked for by</th>
					<th scope="col">Asked</th>
					<th scope="col" className="number">
						Values read
					</th>
				</tr>
			</thead>
			<tbody>
				{leases.map((lease) => (
					<LeaseRow key={lease.id} lease={lease} />
				))}
			</tbody>
		</table>
	</div>
);

const LeaseRow = ({ lease }: { readonly lease: Lease }) => (
	<tr>
		<th scope="row">
			<a href={`#/leases/${lease.id}`}>
				{showConstant(lease.purpose)}
				{lease.ticket && (
					<>
						{' '}
						<span className="ticket">
							<VisibleText text={lease.ticket} />
						</span>
					</>
				)}
			</a>
		</th>
		<td data-label="Firm">
			<VisibleText text={lease.firm.name} />
		</td>
		<td data-label="State">
			<LeaseStateBadge state={lease.state} /> {lease.isReviewed && <span className="badge good">Reviewed</span>}
			{toReview(lease) && <span className="badge warn">Not reviewed</span>}
		</td>
		<td data-label="Asked for by">
			<Person person={lease.requester} />
		</td>
		<td data-label="Asked">
			<Time at={lease.requestedAt} />
		</td>
		<td data-label="Values read" className="number">
			{lease.used.toLocaleString()}
			{lease.readBudget !== null && ` of ${lease.readBudget.toLocaleString()}`}
		</td>
	</tr>
);
