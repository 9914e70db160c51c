import { Fragment } from 'react';
import type { SharedWithFragment } from '../../../kit/api/workspace.generated.ts';
import { VisibleText } from '../../../kit/text/visible-text.tsx';
import { isStaff, useViewer } from '../../viewer.ts';

/** Who will read a message, said before it is sent: a letter to the wrong reader cannot be called back. */
export function Audience({ clients }: { readonly clients: readonly SharedWithFragment[] }) {
	const viewer = useViewer();
	if (!isStaff(viewer)) return <p className="hint">The people of the firm will read this.</p>;
	if (clients.length === 0) return <p className="hint">Only your firm's people will read this.</p>;
	return (
		<p className="note warn">
			Clients will read this:{' '}
			{clients.map(({ id, name }, index) => (
				<Fragment key={id}>
					{index > 0 && ', '}
					<strong>
						<VisibleText text={name} />
					</strong>
				</Fragment>
			))}
			.
		</p>
	);
}
