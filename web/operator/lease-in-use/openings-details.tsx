import { useState } from 'react';
import { LatestOpenings } from './latest-openings.tsx';
import type { OwnLease } from './own-lease.ts';

/** Reads the log only when the person asks, because the log records that too. */
export function OpeningsDetails({ lease }: { readonly lease: OwnLease }) {
	const [isOpen, setOpen] = useState(false);
	return (
		<details onToggle={(event) => setOpen(event.currentTarget.open)}>
			<summary>What was opened</summary>
			{isOpen && <LatestOpenings lease={lease.id} used={lease.used} />}
		</details>
	);
}
