interface LoadMoreProps {
	readonly hasMore: boolean;
	readonly isLoading: boolean;
	readonly onMore: () => void;
}

/** The end of a list that is read page by page. */
export function LoadMore({ hasMore, isLoading, onMore }: LoadMoreProps) {
	if (!hasMore) return null;
	return (
		<button type="button" onClick={onMore} disabled={isLoading}>
			{isLoading ? 'Loading …' : 'Show more'}
		</button>
	);
}
