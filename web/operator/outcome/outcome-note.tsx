import { useEffect, useRef } from 'react';
import type { Outcome } from './use-outcome.ts';

/** What became of the last act; takes the focus, because the button that was pressed may be gone. */
export function OutcomeNote({ outcome }: { readonly outcome: Outcome | null }) {
	const note = useRef<HTMLDivElement>(null);
	useEffect(() => {
		if (outcome !== null) note.current?.focus();
	}, [outcome]);
	if (outcome === null) return null;
	const isDone = outcome.kind === 'DONE';
	return (
		<div className={`note ${isDone ? 'good' : 'warn'}`} role={isDone ? 'status' : 'alert'} tabIndex={-1} ref={note}>
			{!isDone && <strong>Changed meanwhile; this is the present state. </strong>}
			{outcome.sentence}
		</div>
	);
}
