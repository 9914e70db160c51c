/** Each state in the words of a person who does not know the state machine. */
const STATES: Readonly<Record<string, readonly [words: string, tone: 'good' | 'warn' | 'bad' | '']>> = {
	REQUESTED: ['Waits for approval', 'warn'],
	APPROVED: ['Approved, not in use yet', 'warn'],
	ACTIVATING: ['Being activated', 'warn'],
	ACTIVE: ['Active: content can be read', 'bad'],
	EXPIRED: ['Ended: time over', ''],
	REVOKED: ['Ended: revoked', ''],
	RELEASED: ['Ended: given back', ''],
	EXHAUSTED: ['Ended: budget used up', ''],
	DENIED: ['Denied', ''],
	CANCELLED: ['Withdrawn', ''],
	LAPSED: ['Lapsed: no one decided in time', ''],
};

export const leaseStateInWords = (state: string): string => STATES[state]?.[0] ?? state;

export const LeaseStateBadge = ({ state }: { readonly state: string }) => (
	<span className={`badge ${STATES[state]?.[1] ?? ''}`}>{leaseStateInWords(state)}</span>
);
