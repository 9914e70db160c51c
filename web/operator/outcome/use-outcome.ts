import { useState } from 'react';
import { failureOf } from '../../kit/api/errors.ts';

export interface Outcome {
	readonly kind: 'DONE' | 'CONFLICT';
	/** One sentence. */
	readonly sentence: string;
}

/** Does something and says `done` when it is done. @throws what the person can mend, for the form to show */
export type Attempt = (act: () => Promise<unknown>, done: string) => Promise<void>;

/**
 * What became of the person's last act on something. If someone else was faster, the present state is read, and the API's sentence says
 * why: the form that was open is then often no longer there.
 */
export function useOutcome(reload: () => Promise<unknown>): {
	readonly outcome: Outcome | null;
	readonly attempt: Attempt;
	readonly isRunning: boolean;
} {
	const [outcome, setOutcome] = useState<Outcome | null>(null);
	const [isRunning, setRunning] = useState(false);
	// The dialog closes first, which gives the focus back to where it came from; then the outcome takes it.
	const report = (next: Outcome) => void setTimeout(() => setOutcome(next));
	return {
		outcome,
		isRunning,
		async attempt(act, done) {
			setOutcome(null);
			setRunning(true);
			try {
				const next = await outcomeOf(act, done);
				await reload().catch(() => undefined);
				report(next);
			} finally {
				setRunning(false);
			}
		},
	};
}

async function outcomeOf(act: () => Promise<unknown>, done: string): Promise<Outcome> {
	try {
		await act();
		return { kind: 'DONE', sentence: done };
	} catch (error) {
		if (failureOf(error).code !== 'CONFLICT') throw error;
		return { kind: 'CONFLICT', sentence: error instanceof Error ? error.message : '' };
	}
}
