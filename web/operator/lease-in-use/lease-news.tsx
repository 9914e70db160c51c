import { useEffect, useRef, useState } from 'react';
import type { LeaseState } from '../../kit/api/operator.generated.ts';
import { ReasonGiven } from '../../kit/lease/index.ts';
import { VisibleText } from '../../kit/text/visible-text.tsx';
import { useLeaseUse } from './lease-in-use.ts';
import { nameOfLease, type OwnLease, stateInWords } from './own-lease.ts';

interface News {
	readonly id: string;
	readonly lease: OwnLease;
	readonly sentence: string;
}

/** Tells the requester of every decision on a request while the console is open, whichever screen they are at. */
export function LeaseNews() {
	const { own, isLoading, chosen } = useLeaseUse();
	const known = useRef<ReadonlyMap<string, OwnLease> | null>(null);
	const [news, setNews] = useState<readonly News[]>([]);
	useEffect(() => {
		if (isLoading) return;
		const before = known.current;
		known.current = new Map(own.map((lease) => [lease.id, lease]));
		if (before === null) return;
		const fresh = own.flatMap((lease) => newsOf(before.get(lease.id), lease));
		if (fresh.length > 0)
			setNews((shown) => [...fresh, ...shown.filter((old) => !fresh.some((each) => isSame(each, old)))]);
	}, [own, isLoading]);
	// The bar itself tells how the lease in use ended; and what has happened since makes older news wrong.
	const shown = news.filter(
		({ lease }) => lease.id !== chosen?.id && own.find(({ id }) => id === lease.id)?.state === lease.state,
	);
	return (
		<div role="status" className="stack tight">
			{shown.map(({ id, lease, sentence }) => (
				<div key={id} className="note row apart">
					<div>
						<p>
							<a href={`#/leases/${lease.id}`}>
								<VisibleText text={nameOfLease(lease)} />
							</a>{' '}
							on <VisibleText text={lease.firm.name} /> {sentence}.
						</p>
						{lease.denial?.reason && <ReasonGiven reason={lease.denial.reason} />}
					</div>
					<button
						type="button"
						className="small"
						onClick={() => setNews((all) => all.filter((each) => each.id !== id))}
					>
						Dismiss
					</button>
				</div>
			))}
		</div>
	);
}

const isSame = (one: News, other: News): boolean => one.lease.id === other.lease.id;

/** States that someone else decides, or that end a request. */
const TOLD: ReadonlySet<LeaseState> = new Set(['APPROVED', 'REVOKED', 'DENIED', 'LAPSED', 'EXPIRED']);

function newsOf(before: OwnLease | undefined, lease: OwnLease): readonly News[] {
	if (before === undefined) return [];
	if (before.state !== lease.state && TOLD.has(lease.state))
		return [{ id: `${lease.id} ${lease.state}`, lease, sentence: stateInWords(lease.state) }];
	const count = lease.approvals.length;
	if (lease.state !== 'REQUESTED' || count <= before.approvals.length) return [];
	const side = lease.approvals.at(-1)?.side === 'FIRM' ? 'the firm' : 'the platform';
	return [{ id: `${lease.id} ${count}`, lease, sentence: `was approved for ${side}; others must still approve` }];
}
