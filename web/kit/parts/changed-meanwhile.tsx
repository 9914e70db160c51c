import type { ReactNode } from 'react';

interface ChangedMeanwhileProps {
	/** The present state. */
	readonly children: ReactNode;
	/** Gives up what is typed. */
	readonly onTake: () => void;
}

/** Someone else was faster: shows what they wrote, and keeps what is typed until the person decides. See useEdit(). */
export const ChangedMeanwhile = ({ children, onTake }: ChangedMeanwhileProps) => (
	<div className="note warn stack tight" role="alert">
		<p>
			<strong>Changed meanwhile.</strong> Someone saved this after you began. What you typed is still here: you can
			replace the present text, which is:
		</p>
		<blockquote className="card">{children}</blockquote>
		<div>
			<button type="button" className="small" onClick={onTake}>
				Take the present text instead
			</button>
		</div>
	</div>
);
