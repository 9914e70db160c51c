import type { JobDetailsFragment, JobKind, JobState } from '../../../kit/api/operator.generated.ts';

/** What a job does, in one line. */
export const KINDS: Readonly<Record<JobKind, string>> = {
	ROTATE: 'Rotate a key',
	REWRAP: 'Wrap the data keys again',
	REENCRYPT: 'Re-encrypt under the newest key',
	DISABLE: 'Disable a key',
	ENABLE: 'Enable a key',
	DESTROY: 'Destroy a key for good',
	MOVE: 'Move a column to its next phase',
	BACKFILL: 'Seal plaintext values',
	VERIFY: 'Compare sealed values with plaintext',
	CONTRACT: 'Remove the plaintext of all firms',
	CLEAR: 'Remove plaintext values',
	BRING: 'Take a key that the firm brings',
	GIVE_BACK: 'Return to a key of the platform',
	ERASE: 'Erase for good',
	ESCROW: 'Write keys into an escrow',
	RECOVER: 'Recover keys from an escrow',
	DRILL: 'Rehearse a recovery',
	APPOINT: 'Appoint an approver',
	ADD_OPERATOR: 'Appoint an operator',
};

export const JOB_STATES: Readonly<Record<JobState, readonly [words: string, tone: string]>> = {
	WAITING: ['Waits for approval', 'warn'],
	QUEUED: ['Waits for a worker', ''],
	RUNNING: ['Running', 'warn'],
	DONE: ['Done', 'good'],
	FAILED: ['Failed', 'bad'],
	CANCELLED: ['Cancelled', ''],
};

/** Kinds whose effect no one can undo. */
const FINAL: readonly JobKind[] = ['DESTROY', 'ERASE', 'CONTRACT', 'CLEAR'];
export const isFinal = ({ kind }: Pick<JobDetailsFragment, 'kind'>): boolean => FINAL.includes(kind);

export const needsInWords = ({ needs }: Pick<JobDetailsFragment, 'needs'>): string => {
	if (needs === 'APPROVER') return 'Another approver of the platform';
	return needs === 'OWNER' ? 'An owner of the firm' : 'No one else';
};

export type Term = readonly [name: string, value: string];

/** The terms by name if they are JSON, and as they are if parsing would lose a part of them. */
export function termsOf(terms: string): readonly Term[] | string {
	try {
		const value: unknown = JSON.parse(terms);
		if (JSON.stringify(value) !== terms || value === null || typeof value !== 'object' || Array.isArray(value))
			return terms;
		return Object.entries(value).map(([name, each]) => [name, typeof each === 'string' ? each : JSON.stringify(each)]);
	} catch {
		return terms;
	}
}

/** Who asked, if an approver sees only their account: the people of a firm. */
export const whoAsked = ({ firm }: Pick<JobDetailsFragment, 'firm'>): string =>
	firm ? 'A person of the firm' : 'Another account';
