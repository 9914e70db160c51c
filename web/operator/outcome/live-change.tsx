import { useState } from 'react';
import type { Outcome } from './use-outcome.ts';

interface LiveChangeProps {
	/** The state in words. */
	readonly state: string;
	/** Of the viewer's own act, which explains the change. */
	readonly outcome: Outcome | null;
	readonly isRunning: boolean;
}

/** Says that someone else has changed what is shown, since a form that was open for it may be gone. */
export function LiveChange({ state, outcome, isRunning }: LiveChangeProps) {
	const [first] = useState(state);
	if (first === state || outcome !== null || isRunning) return null;
	return (
		<p className="note warn" role="alert">
			<strong>Changed meanwhile.</strong> It was: {first}. It is now: {state}.
		</p>
	);
}
