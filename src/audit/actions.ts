import {
	DENIAL_REASONS,
	type Decision,
	JOB_REASONS,
	KEYRING_REASONS,
	LEASE_REASONS,
	OPENING_REASONS,
	type Reason,
	SENDING_REASONS,
} from './entry.ts';

/** The keys of an entry that only some actions have. All the others are in every entry. */
export const VARIABLE_KEYS = [
	'firm',
	'request',
	'lease',
	'document',
	'coordinates',
	'records',
	'counts',
	'hash',
	'bytes',
	'keys',
] as const;
type VariableKey = (typeof VARIABLE_KEYS)[number];

export interface ActionRule {
	/** The decisions that the action may record, each with the reasons it may have. */
	readonly outcomes: Readonly<Partial<Record<Decision, readonly (Reason | null)[]>>>;
	/** Keys that must say something: not null, not an empty list. */
	readonly required: readonly VariableKey[];
	/** Keys that may say something. A variable key in neither list must say nothing. */
	readonly optional: readonly VariableKey[];
}

const allowed = { ALLOWED: [null] } as const;
const keyring = { ...allowed, FAILED: KEYRING_REASONS } as const;

/** A move of a lease, or a part of one; `records`: the lease's records, where it has some. */
const ofLease = {
	outcomes: allowed,
	required: ['firm', 'lease'],
	optional: ['request', 'document', 'hash'],
} as const;

/** Every action that the log knows (FORMAT.md "Actions"). */
export const ACTIONS = {
	'content.open': {
		outcomes: allowed,
		required: ['firm', 'request', 'coordinates', 'records', 'keys'],
		optional: ['lease', 'document'],
	},
	/** Of a column of plaintext that is being taken over: with no key. */
	'content.read': {
		outcomes: allowed,
		required: ['firm', 'request', 'coordinates', 'records'],
		optional: ['lease', 'document'],
	},
	'content.create': {
		outcomes: allowed,
		required: ['firm', 'records'],
		optional: ['request', 'document', 'coordinates', 'keys'],
	},
	'content.update': {
		outcomes: allowed,
		required: ['firm', 'records'],
		optional: ['request', 'document', 'coordinates', 'keys'],
	},
	'content.delete': {
		outcomes: allowed,
		required: ['firm', 'records'],
		optional: ['request', 'document', 'coordinates'],
	},
	'content.deny': {
		outcomes: { DENIED: DENIAL_REASONS },
		required: ['firm', 'request', 'coordinates', 'counts'],
		optional: ['lease', 'document'],
	},
	'content.fail': {
		outcomes: { FAILED: OPENING_REASONS },
		required: ['firm', 'coordinates', 'records'],
		optional: ['request', 'lease', 'document', 'keys'],
	},
	/** A file that was opened has gone out, or as much of it as is said. */
	'content.send': {
		outcomes: { ...allowed, FAILED: SENDING_REASONS },
		required: ['firm', 'request', 'coordinates', 'records', 'bytes'],
		optional: ['lease'],
	},
	/** Anyone who has the ticket may fetch a file once, as the actor. */
	'download.create': {
		outcomes: allowed,
		required: ['firm', 'request', 'coordinates', 'records'],
		optional: ['document'],
	},
	/** The object of a file that is no more was taken out of the store. */
	'object.delete': { outcomes: allowed, required: ['firm', 'records'], optional: [] },
	'request.deny': {
		outcomes: { DENIED: ['FORBIDDEN', ...LEASE_REASONS] },
		required: ['request'],
		optional: ['firm', 'lease', 'document', 'coordinates', 'records'],
	},
	'key.unwrap': { outcomes: keyring, required: ['firm', 'keys'], optional: ['request', 'lease', 'document'] },
	'key.generate': { outcomes: keyring, required: ['firm', 'keys'], optional: ['request', 'document'] },
	'log.read': { outcomes: allowed, required: [], optional: ['firm', 'request', 'document'] },
	'firm.create': { outcomes: allowed, required: ['firm'], optional: ['request', 'document', 'records'] },
	'firm.suspend': { outcomes: allowed, required: ['firm'], optional: ['request', 'document'] },
	'firm.resume': { outcomes: allowed, required: ['firm'], optional: ['request', 'document'] },
	'invitation.create': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'invitation.revoke': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'member.add': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'member.change': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'member.remove': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'recovery.request': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'recovery.approve': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'recovery.complete': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'recovery.cancel': { outcomes: allowed, required: ['firm', 'records'], optional: ['request', 'document'] },
	'share.add': { outcomes: allowed, required: ['firm', 'records', 'coordinates'], optional: ['request', 'document'] },
	'share.remove': {
		outcomes: allowed,
		required: ['firm', 'records', 'coordinates'],
		optional: ['request', 'document'],
	},
	'operator.add': { outcomes: allowed, required: ['records'], optional: ['request', 'document'] },
	/** `coordinates`: the roles that the account had, as Operator.ROLE. */
	'operator.disable': { outcomes: allowed, required: ['records'], optional: ['request', 'document', 'coordinates'] },
	'lease.request': { ...ofLease, required: ['firm', 'lease', 'hash'] },
	'lease.approve': { ...ofLease, required: ['firm', 'lease', 'hash'] },
	'lease.deny': ofLease,
	'lease.cancel': ofLease,
	'lease.lapse': ofLease,
	'lease.activate': ofLease,
	'lease.start': { ...ofLease, required: ['firm', 'lease', 'hash'] },
	'lease.use': {
		outcomes: allowed,
		required: ['firm', 'request', 'lease', 'coordinates', 'records'],
		optional: ['document'],
	},
	'lease.release': ofLease,
	'lease.revoke': ofLease,
	'lease.expire': ofLease,
	'lease.exhaust': ofLease,
	'lease.review': ofLease,
	'policy.change': { outcomes: allowed, required: ['firm'], optional: ['request', 'document'] },
	'key.grant': { outcomes: allowed, required: ['firm', 'lease'], optional: [] },
	'key.ungrant': { outcomes: allowed, required: ['firm'], optional: ['lease'] },
	/** The key that a firm has brought is in another state: `coordinates`: which, as OwnKey.STATE. */
	'key.state': { outcomes: allowed, required: ['firm', 'coordinates'], optional: [] },
	'rights.refuse': {
		outcomes: { DENIED: ['FORBIDDEN'] },
		required: ['records'],
		optional: ['firm', 'request', 'lease', 'document'],
	},
	/** A job of maintenance: `coordinates`: its kind, as Job.KIND; `records`: the job. */
	'job.request': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: ['request', 'document'] },
	'job.agree': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: ['request', 'document'] },
	'job.cancel': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: ['request', 'document'] },
	'job.start': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: [] },
	/** A page of it, whose request is the job. `keys`: those that opened, sealed or were wrapped anew. */
	'job.page': { outcomes: allowed, required: ['firm', 'request'], optional: ['coordinates', 'records', 'keys'] },
	'job.end': {
		outcomes: { ...allowed, FAILED: JOB_REASONS },
		required: ['firm', 'coordinates', 'records'],
		optional: [],
	},
	/** Something was erased: `coordinates`: its type, as Erased.TYPE; `records`: the job, and what it was; `hash`: of the certificate. */
	'erasure.end': { outcomes: allowed, required: ['firm', 'coordinates', 'records', 'hash'], optional: [] },
	/** What a column of plaintext held is gone from it: `coordinates`: its field; `records`: the job; `hash`: of the report. */
	'column.report': { outcomes: allowed, required: ['firm', 'coordinates', 'records', 'hash'], optional: [] },
	/** A firm's data keys were written for the case that the key service is lost: `records`: the job and the escrow; `hash`: of its file. */
	'escrow.make': { outcomes: allowed, required: ['firm', 'records', 'hash', 'keys'], optional: [] },
	/** A worker takes shares from now on: `records`: the job and the session. */
	'escrow.session': { outcomes: allowed, required: ['firm', 'request', 'records'], optional: [] },
	/** It has taken one: `coordinates`: whose, as Share.SIDE; `records`: the job and the escrow. */
	'escrow.share': { outcomes: allowed, required: ['firm', 'request', 'coordinates', 'records'], optional: [] },
	/** `records`: the hold, and what it is on, unless that is the firm. */
	'hold.set': { outcomes: allowed, required: ['firm', 'records'], optional: [] },
	'hold.release': { outcomes: allowed, required: ['firm', 'records'], optional: [] },
	/** The log of the database was put back from its anchors. */
	'log.rebuild': { outcomes: allowed, required: [], optional: [] },
	'clock.reset': { outcomes: allowed, required: [], optional: [] },
	/** `coordinates`: the rule, as Alert.RULE; `records`: the alert. */
	'alert.open': { outcomes: allowed, required: ['coordinates', 'records'], optional: ['firm'] },
	'alert.acknowledge': {
		outcomes: allowed,
		required: ['request', 'coordinates', 'records'],
		optional: ['firm', 'document'],
	},
	'process.start': { outcomes: allowed, required: [], optional: [] },
	'installation.init': { outcomes: allowed, required: [], optional: ['records'] },
} as const satisfies Record<string, ActionRule>;

export type Action = keyof typeof ACTIONS;
