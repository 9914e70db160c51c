import { createContext, type ReactNode, useContext, useState } from 'react';
import type { LeaseTermsFragment } from '../../../kit/api/workspace.generated.ts';

const Titles = createContext(false);

/** Whether titles of notes are opened to name records. */
export const useTitles = (): boolean => useContext(Titles);

interface TitlesProps {
	readonly leases: readonly LeaseTermsFragment[];
	readonly children: ReactNode;
}

/** To look at who has read must add no reads: titles, which are content, are opened only for a person who asks for them. */
export function WithTitles({ leases, children }: TitlesProps) {
	const [isShown, setShown] = useState(false);
	const hasNotes = leases.some(
		({ classes, recordIds, used }) => classes.includes('NOTE') && (recordIds !== null || used > 0),
	);
	return (
		<Titles value={isShown}>
			{hasNotes && (
				<p className="row no-print">
					<button type="button" className="small" aria-pressed={isShown} onClick={() => setShown(!isShown)}>
						Show titles
					</button>
					<span className="quiet">Notes are named by their ids. To open a title is a read, which the log records.</span>
				</p>
			)}
			{children}
		</Titles>
	);
}
