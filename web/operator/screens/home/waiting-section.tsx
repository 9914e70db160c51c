import type { ReactNode } from 'react';
import { useWaiting } from '../../waiting/index.ts';

interface WaitingSectionProps {
	readonly title: string;
	readonly count: number;
	/** What an empty section says. */
	readonly none: string;
	readonly children: ReactNode;
}

/** One kind of what waits, with its number. */
export function WaitingSection({ title, count, none, children }: WaitingSectionProps) {
	const { isLoading, error } = useWaiting();
	const isKnown = !isLoading && error === null;
	return (
		<section className="stack tight" aria-label={title}>
			<h2>
				{title} {count > 0 && <span className="badge warn">{count}</span>}
			</h2>
			{count === 0 && isKnown && <p className="quiet">{none}</p>}
			{count > 0 && <ul className="waiting">{children}</ul>}
		</section>
	);
}
