import type { FirmKeyClass, JobKind, JobState } from '../../kit/api/workspace.generated.ts';

/** What a job does, for someone who decides on it. */
export const JOB_WORDS: Readonly<Record<JobKind, string>> = {
	ROTATE: 'Make a new version of a key',
	REWRAP: 'Lock the firm’s keys again with the newest key that protects them',
	REENCRYPT: 'Encrypt older content again with the newest version of a key',
	DISABLE: 'Disable a key: nothing encrypted with it opens until it is enabled',
	ENABLE: 'Enable a disabled key',
	DESTROY: 'Destroy a key for good: what is still encrypted with it is lost',
	MOVE: 'Move a migration to its next phase',
	BACKFILL: 'Encrypt content that is not encrypted yet',
	VERIFY: 'Compare encrypted content with what it was before',
	CONTRACT: 'Remove the unencrypted content of all firms',
	CLEAR: 'Remove unencrypted content that also exists encrypted',
	BRING: 'Lock all keys of the firm with a key that the firm brings',
	GIVE_BACK: 'Lock all keys of the firm with a key of the platform again',
	ERASE: 'Erase the firm, a client or a record for good',
	ESCROW: 'Write the firm’s keys into an escrow, for the case that all others are lost',
	RECOVER: 'Recover the firm’s keys from an escrow',
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
	RIGHTS: 'Roles and sharing',
	JOB: 'Jobs on your content',
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
