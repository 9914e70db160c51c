import type { FirmKeyClass, JobKind, JobState } from '../../kit/api/workspace.generated.ts';

/** What a job does, for someone who decides on it. */
export const JOB_WORDS: Readonly<Record<JobKind, string>> = {
	ROTATE: 'Make a new version of a key',
	REWRAP: 'Wrap the data keys again under the current wrapping key',
	REENCRYPT: 'Seal values of older key versions again under the newest',
	DISABLE: 'Disable a key: nothing sealed under it opens until it is enabled',
	ENABLE: 'Enable a disabled key',
	DESTROY: 'Destroy a key for good',
	MOVE: 'Move a migration to its next phase',
	BACKFILL: 'Seal values that exist only as plaintext',
	VERIFY: 'Compare sealed values with their plaintext',
	CONTRACT: 'Remove the plaintext of all firms',
	CLEAR: 'Remove plaintext that equals its sealed value',
	BRING: 'Put all data keys of the firm under a key that the firm brings',
	GIVE_BACK: 'Put all data keys of the firm under a key of the platform again',
	ERASE: 'Erase the firm, a client or a record for good',
	ESCROW: 'Write the firm’s data keys into an escrow',
	RECOVER: 'Recover the firm’s data keys from an escrow',
	DRILL: 'Rehearse a recovery without changing anything',
	APPOINT: 'Appoint an approver of the platform',
	ADD_OPERATOR: 'Appoint an operator of the platform',
};

/** What cannot be undone. */
export const IRREVERSIBLE: readonly JobKind[] = ['DESTROY', 'ERASE', 'CONTRACT', 'CLEAR'];

export const CLASS_WORDS: Readonly<Record<FirmKeyClass, string>> = {
	DOCUMENT: 'Documents and files',
	COMMUNICATION: 'Messages and comments',
	BILLING: 'Invoices and time',
	NOTE: 'Notes',
	RIGHTS: 'Proofs of rights',
	JOB: 'Secrets of jobs',
};

export const JOB_STATE_WORDS: Readonly<Record<JobState, string>> = {
	WAITING: 'Waits for approval',
	QUEUED: 'Waits for a worker',
	RUNNING: 'Running',
	DONE: 'Done',
	FAILED: 'Failed',
	CANCELLED: 'Cancelled',
};

export const JOB_STATE_BADGES: Readonly<Record<JobState, string>> = {
	WAITING: 'badge warn',
	QUEUED: 'badge',
	RUNNING: 'badge',
	DONE: 'badge good',
	FAILED: 'badge bad',
	CANCELLED: 'badge',
};
