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

/** The keys of an entry that only some actions may have. All other keys are in every entry. */
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
	/** Keys that must have a value: not null, not an empty list. */
	readonly required: readonly VariableKey[];
	/** Keys that may have a value. A variable key in neither list must be null, empty or absent. */
	readonly optional: readonly VariableKey[];
}

const allowed = { ALLOWED: [null] } as const;
const keyring = { ...allowed, FAILED: KEYRING_REASONS } as const;

/** A transition of a lease. */
const ofLease = {
	outcomes: allowed,
	required: ['firm', 'lease'],
	optional: ['request', 'document', 'hash'],
} as const;

/** Every action of the log. FORMAT.md "Actions" says what each action and its keys mean. */
export const ACTIONS = {
	'content.open': {
		outcomes: allowed,
		required: ['firm', 'request', 'coordinates', 'records', 'keys'],
		optional: ['lease', 'document'],
	},
	/** From a plaintext column that a sealed one is replacing, and so without keys. */
	'content.read': {
		outcomes: allowed,
		required: ['firm', 'request', 'coordinates', 'records'],
		optional: ['lease', 'document'],
	},
	/** The stored bytes of values that only the firm's devices open, and so without keys. */
	'content.release': {
		outcomes: allowed,
		required: ['firm', 'request', 'coordinates', 'records'],
		optional: ['document'],
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
	'content.send': {
		outcomes: { ...allowed, FAILED: SENDING_REASONS },
		required: ['firm', 'request', 'coordinates', 'records', 'bytes'],
		optional: ['lease'],
	},
	'download.create': {
		outcomes: allowed,
		required: ['firm', 'request', 'coordinates', 'records'],
		optional: ['document'],
	},
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
	'session.end': { outcomes: allowed, required: ['request', 'records'], optional: ['firm', 'document'] },
	'operator.add': { outcomes: allowed, required: ['records'], optional: ['request', 'document'] },
	'operator.disable': { outcomes: allowed, required: ['records'], optional: ['request', 'document', 'coordinates'] },
	'lease.request': { ...ofLease, required: ['firm', 'lease', 'hash'] },
	'lease.approve': { ...ofLease, required: ['firm', 'lease', 'hash'] },
	'lease.deny': ofLease,
	'lease.reason': { ...ofLease, required: ['firm', 'lease', 'hash'] },
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
	'key.state': { outcomes: allowed, required: ['firm', 'coordinates'], optional: [] },
	'key-log.append': {
		outcomes: allowed,
		required: ['firm', 'records', 'hash'],
		optional: ['request', 'document'],
	},
	'rights.refuse': {
		outcomes: { DENIED: ['FORBIDDEN'] },
		required: ['records'],
		optional: ['firm', 'request', 'lease', 'document'],
	},
	'job.request': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: ['request', 'document'] },
	'job.agree': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: ['request', 'document'] },
	'job.cancel': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: ['request', 'document'] },
	'job.start': { outcomes: allowed, required: ['firm', 'coordinates', 'records'], optional: [] },
	'job.page': { outcomes: allowed, required: ['firm', 'request'], optional: ['coordinates', 'records', 'keys'] },
	'job.end': {
		outcomes: { ...allowed, FAILED: JOB_REASONS },
		required: ['firm', 'coordinates', 'records'],
		optional: [],
	},
	'erasure.end': { outcomes: allowed, required: ['firm', 'coordinates', 'records', 'hash'], optional: [] },
	'column.report': { outcomes: allowed, required: ['firm', 'coordinates', 'records', 'hash'], optional: [] },
	'escrow.make': { outcomes: allowed, required: ['firm', 'records', 'hash', 'keys'], optional: [] },
	'escrow.session': { outcomes: allowed, required: ['firm', 'request', 'records'], optional: [] },
	'escrow.share': { outcomes: allowed, required: ['firm', 'request', 'coordinates', 'records'], optional: [] },
	'hold.set': { outcomes: allowed, required: ['firm', 'records'], optional: [] },
	'hold.release': { outcomes: allowed, required: ['firm', 'records'], optional: [] },
	'log.rebuild': { outcomes: allowed, required: [], optional: [] },
	'clock.reset': { outcomes: allowed, required: [], optional: [] },
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
