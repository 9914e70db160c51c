import { createContext, type ReactNode, useContext, useState } from 'react';

const Titles = createContext(false);

/** Whether titles of notes are opened to name records. */
export const useTitles = (): boolean => useContext(Titles);

interface TitlesProps {
	/** Whether a note may be among the records. */
	readonly hasNotes: boolean;
	readonly children: ReactNode;
}

/** To look at who has read must add no reads: titles, which are content, are opened only for a person who asks for them. */
export function WithTitles({ hasNotes, children }: TitlesProps) {
	const [isShown, setShown] = useState(false);
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
