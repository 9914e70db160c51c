import { useEffect, useRef, useState } from 'react';

interface LoadMoreProps {
	readonly hasMore: boolean;
	readonly isLoading: boolean;
	readonly onMore: () => void;
}

/** The end of a list that is read page by page. After a press, the focus goes to the first new row: otherwise Tab would skip the new rows. */
export function LoadMore({ hasMore, isLoading, onMore }: LoadMoreProps) {
	const end = useRef<HTMLDivElement>(null);
	/** What can have the focus, at the time of the press; null if no answer is awaited. */
	const known = useRef<ReadonlySet<Element> | null>(null);
	const [wasPressed, setPressed] = useState(false);
	useEffect(() => {
		if (known.current === null || isLoading || !end.current) return;
		const isHere = document.activeElement === document.body || end.current.contains(document.activeElement);
		const next = newRow(known.current, end.current) ?? (hasMore ? null : end.current.querySelector<HTMLElement>('p'));
		if (next === null) return;
		known.current = null;
		if (isHere) next.focus();
	});
	if (!hasMore && !wasPressed) return null;
	return (
		<div ref={end}>
			{hasMore ? (
				<button
					type="button"
					aria-disabled={isLoading}
					onClick={() => {
						if (isLoading) return;
						known.current = new Set(stopsBefore(end.current));
						setPressed(true);
						onMore();
					}}
				>
					{isLoading ? 'Loading …' : 'Show more'}
				</button>
			) : (
				<p className="quiet" tabIndex={-1}>
					This is the end of the list.
				</p>
			)}
		</div>
	);
}

function stopsBefore(end: HTMLElement | null): HTMLElement[] {
	const stops = [...(end?.closest('section, main')?.querySelectorAll<HTMLElement>('a[href], button, summary') ?? [])];
	return stops.filter((stop) => end && stop.compareDocumentPosition(end) & Node.DOCUMENT_POSITION_FOLLOWING);
}

const newRow = (known: ReadonlySet<Element>, end: HTMLElement): HTMLElement | null =>
	stopsBefore(end).find((stop) => !known.has(stop)) ?? null;
