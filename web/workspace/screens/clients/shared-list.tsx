import type { ReactNode } from 'react';
import { Confirm } from '../../../kit/parts/index.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import '../../sharing/shared.css';

interface SharedItem {
	readonly id: string;
	readonly href: string;
	readonly name: string;
	readonly detail: ReactNode;
	readonly onStop: () => Promise<unknown>;
}

interface SharedListProps {
	readonly title: string;
	/** The client's name. */
	readonly client: string;
	readonly total: number;
	readonly empty: string;
	readonly items: readonly SharedItem[];
}

/** Things of one kind that a client can see. */
export const SharedList = ({ title, client, total, empty, items }: SharedListProps) => (
	<section className="card stack tight" aria-label={`Shared ${title.toLowerCase()}`}>
		<h3>
			{title} <span className="quiet">({total.toLocaleString()})</span>
		</h3>
		{items.length === 0 && <p className="quiet">{empty}</p>}
		<ul className="shared">
			{items.map(({ id, href, name, detail, onStop }) => (
				<li key={id} className="row apart">
					<span>
						<a href={href}>
							<VisibleText text={name} />
						</a>{' '}
						<span className="quiet">{detail}</span>
					</span>
					<Confirm label="Stop sharing" about={name} isSmall isDangerous title="Stop sharing?" onConfirm={onStop}>
						<p>
							No one who signs in for <VisibleText text={client} /> can open <VisibleText text={name} /> from then on.
							What they have downloaded before stays with them.
						</p>
					</Confirm>
				</li>
			))}
		</ul>
		{total > items.length && <p className="hint">Shows the newest {items.length.toLocaleString()}.</p>}
	</section>
);
