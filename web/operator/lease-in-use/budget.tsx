import { budgetLeft, type OwnLease } from './own-lease.ts';

/** How much of the read budget is used. */
export function Budget({ lease }: { readonly lease: OwnLease }) {
	const { readBudget, used } = lease;
	if (readBudget === null) return <span>{used} values read, no limit</span>;
	return (
		<span className="budget">
			<progress max={readBudget} value={Math.min(used, readBudget)} aria-label="Read budget used" />
			<span>
				{used} of {readBudget} values used, {budgetLeft(lease)} left
			</span>
		</span>
	);
}
