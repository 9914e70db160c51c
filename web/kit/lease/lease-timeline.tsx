import type { ReactNode } from 'react';
import './lease-timeline.css';
import { Time } from '../text/time.tsx';

/** Something that happened to a lease. */
export interface LeaseStep {
	/** No two steps of a lease have the same. */
	readonly key: string;
	/** Such as Approved for the platform. */
	readonly title: string;
	/** RFC 3339; null for something that has not happened yet. */
	readonly at: string | null;
	/** Who did it; nothing if that is not known. */
	readonly by?: ReactNode;
	/** Whether it opened something, ended something, or still waits. */
	readonly tone?: 'good' | 'warn' | 'bad';
	/** More about it, such as the reason. */
	readonly detail?: ReactNode;
}

/** The story of a lease, oldest first. */
export const LeaseTimeline = ({ label, steps }: { readonly label: string; readonly steps: readonly LeaseStep[] }) => (
	<ol className="lease-timeline" aria-label={label}>
		{steps.map(({ key, title, at, by, tone, detail }) => (
			<li key={key} className={tone}>
				<p className="row">
					<strong>{title}</strong>
					{at === null ? <span className="badge warn">Waits</span> : <Time at={at} show="second" />}
				</p>
				{by && <div className="quiet">By {by}</div>}
				{detail}
			</li>
		))}
	</ol>
);
