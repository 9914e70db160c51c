import { useEffect, useState } from 'react';
import type { BreakGlassOpeningsQuery, LeaseStoryFragment } from '../../../kit/api/workspace.generated.ts';
import type { LeaseCheck } from '../../../kit/log/index.ts';
import { useLog } from '../../log/use-log.ts';
import { storyOf } from './story-steps.ts';
import { useReadAfterCheck } from './use-read-after-check.ts';

type Openings = NonNullable<BreakGlassOpeningsQuery['breakGlassLease']>['openings'];

interface LeaseCheckOptions {
	readonly lease: LeaseStoryFragment | null | undefined;
	readonly openings: Openings | undefined;
	/** Reads what is shown again. */
	readonly again: () => Promise<unknown>;
}

/** What the verified log says about what is shown of a lease; null before both are there. */
export function useLeaseCheck({ lease, openings, again }: LeaseCheckOptions): LeaseCheck | null {
	const { log, view } = useLog();
	const [check, setCheck] = useState<LeaseCheck | null>(null);
	const size = view.phase === 'RIGHT' ? (view.summary?.entries?.size ?? 0) : 0;

	const readFor = useReadAfterCheck(again);

	useEffect(() => {
		if (size === 0 || readFor !== size || !lease || !openings) return setCheck(null);
		let isOver = false;
		const shown = {
			id: lease.id,
			steps: storyOf(lease),
			openings: openings.nodes,
			openingCount: openings.totalCount ?? null,
			isWhole: !openings.pageInfo.hasNextPage,
		};
		void log.compare(shown, size).then((compared) => !isOver && setCheck(compared));
		return () => {
			isOver = true;
		};
	}, [log, size, readFor, lease, openings]);
	return check;
}
