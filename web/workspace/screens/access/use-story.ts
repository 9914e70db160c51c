import { useQuery } from '@apollo/client/react';
import { useCallback, useEffect, useState } from 'react';
import {
	BreakGlassLeaseDocument,
	BreakGlassOpeningsDocument,
	type BreakGlassOpeningsQuery,
} from '../../../kit/api/workspace.generated.ts';
import { useLive } from '../../../kit/events/use-live.ts';
import { useLeaseCheck } from './use-lease-check.ts';

const KINDS = ['LEASE'] as const;
const PAGE = 50;
/** The most that the API answers at once. */
const MOST = 1_000;

/** All of one lease's story, and what the verified log says about what is shown of it. `isWhole` loads every opening. */
export function useStory(id: string, isWhole = false) {
	const story = useQuery(BreakGlassLeaseDocument, { variables: { id } });
	const opened = useQuery(BreakGlassOpeningsDocument, { variables: { id, first: isWhole ? MOST : PAGE, count: true } });
	const lease = story.data?.breakGlassLease;
	const openings = opened.data?.breakGlassLease?.openings;
	const [isReading, setReading] = useState(false);
	const { refetch: readStory } = story;
	const { refetch: readOpenings, fetchMore } = opened;
	const isOver = lease?.endedAt !== null && lease?.endedAt !== undefined;

	/** Under a lease that has ended nothing more is opened, so that the loaded pages stay. */
	const again = useCallback(
		() => Promise.all([readStory(), isOver ? null : readOpenings()]),
		[readStory, readOpenings, isOver],
	);
	useLive(KINDS, again, id);

	const end = openings?.pageInfo.hasNextPage ? openings.pageInfo.endCursor : null;
	const more = useCallback(async () => {
		setReading(true);
		try {
			await fetchMore({
				variables: { after: end },
				updateQuery: (shown, { fetchMoreResult }) => joined(shown, fetchMoreResult),
			});
		} finally {
			setReading(false);
		}
	}, [fetchMore, end]);
	useEffect(() => {
		if (isWhole && end !== null) void more();
	}, [isWhole, end, more]);

	const check = useLeaseCheck({ lease, openings, again });
	return {
		lease,
		openings: openings?.nodes ?? [],
		hasMore: end !== null,
		isReading: isReading || opened.loading,
		isLoaded: lease !== undefined && openings !== undefined && (!isWhole || end === null),
		loading: story.loading,
		error: story.error ?? opened.error,
		more,
		again,
		check,
	};
}

function joined(shown: BreakGlassOpeningsQuery, page: BreakGlassOpeningsQuery): BreakGlassOpeningsQuery {
	const [before, next] = [shown.breakGlassLease?.openings, page.breakGlassLease?.openings];
	if (!shown.breakGlassLease || !before || !next) return shown;
	return {
		breakGlassLease: { ...shown.breakGlassLease, openings: { ...next, nodes: [...before.nodes, ...next.nodes] } },
	};
}
