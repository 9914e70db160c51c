export { LiveChange } from './live-change.tsx';
export { OutcomeNote } from './outcome-note.tsx';
export { type Attempt, type Outcome, useOutcome } from './use-outcome.ts';
