import type { Action } from './actions.ts';

/** DENIED: a rule refused the act. FAILED: the act was allowed but did not succeed. */
export type Decision = 'ALLOWED' | 'DENIED' | 'FAILED';

/** `broker` exists since version 2. */
export const PLANES = ['firm', 'operator', 'worker', 'cli', 'broker'] as const;
export type EntryPlane = (typeof PLANES)[number];

export const ROLES = ['OWNER', 'MEMBER', 'CLIENT', 'OPERATOR', 'APPROVER', 'AUDITOR'] as const;
export type EntryRole = (typeof ROLES)[number];

/** Why content was withheld: the reasons of `extensions.sealed`. */
export const DENIAL_REASONS = ['NO_LEASE', 'CLASS', 'COORDINATE', 'RECORD', 'NOT_SHARED'] as const;
/** Why the keyring gave no key. */
export const KEYRING_REASONS = ['AWAY', 'THROTTLED', 'REFUSED'] as const;
/** Why an allowed value did not open. */
export const OPENING_REASONS = ['CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE'] as const;

/** Why a file was not sent completely. CUT: the reader, the server or the connection failed. Since version 3. */
export const SENDING_REASONS = ['CUT', 'CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE', 'LEASE_NOT_ACTIVE'] as const;

/** Why a job ended before its work was done. */
export const JOB_REASONS = ['KEY_UNAVAILABLE', 'CIPHERTEXT_INVALID', 'FORBIDDEN', 'CONFLICT'] as const;

/** Why a request under a lease was refused. Since version 2. */
export const LEASE_REASONS = ['LEASE_NOT_ACTIVE', 'LEASE_SCOPE'] as const;

export type Reason =
	| (typeof DENIAL_REASONS)[number]
	| (typeof KEYRING_REASONS)[number]
	| (typeof OPENING_REASONS)[number]
	| (typeof LEASE_REASONS)[number]
	| (typeof SENDING_REASONS)[number]
	| (typeof JOB_REASONS)[number];

export interface Actor {
	/** `system`: not the request of a user, such as the start of a process or a command on the installation. */
	readonly kind: 'firm' | 'operator' | 'system';
	/** Pseudonymous user id, a UUID. Never null for `firm` and `operator`. */
	readonly user: string | null;
	/** Roles at that time. Empty for `system`. */
	readonly roles: readonly EntryRole[];
	/** The operating system's account that ran a command on the installation. Only for `system`. */
	readonly account?: string;
}

/** One use of a data key. */
export interface KeyUse {
	readonly class: string;
	/** Version of the data key, 1 or more. */
	readonly version: number;
	readonly source: 'CACHE' | 'KEYRING';
	/** The id that the key service gave the call. Null for the cache, and for a failed call without an id. */
	readonly requestId: string | null;
}

/**
 * An entry of FORMAT.md without the keys that the log itself adds. actions.ts says which keys an action requires and allows. Ids are
 * lower-case UUIDs.
 */
export interface EntryDraft {
	readonly action: Action;
	readonly decision: Decision;
	readonly firm: string | null;
	readonly actor: Actor;
	readonly plane: EntryPlane;
	/** The id that the server gave the request. */
	readonly request: string | null;
	readonly lease: string | null;
	/** SHA-256, in hex, of the GraphQL document without its literals. */
	readonly document: string | null;
	/** `Type.field` names of the schema, never aliases. At most 128. */
	readonly coordinates: readonly string[];
	/** Row ids, any number: see chunkDraft(). */
	readonly records: readonly string[];
	/** For a denial: on how many objects each coordinate was requested. */
	readonly counts?: Readonly<Record<string, number>>;
	/** SHA-256, in hex, of the canonical request of a lease, of the reason of a decision, of a certificate or of a report. */
	readonly hash?: string;
	/** Bytes of a file that were handed to the network. Since version 3. */
	readonly bytes?: number;
	/** At most 128. */
	readonly keys: readonly KeyUse[];
	/** Null exactly if the decision is ALLOWED. */
	readonly reason: Reason | null;
}

export interface Entry extends EntryDraft {
	/** The oldest version of the format that can express the entry. */
	readonly v: 1 | 2 | 3;
	/** UUIDv7. */
	readonly id: string;
	/** The run of the process that wrote the entry, a UUID. */
	readonly boot: string;
	/** 1, 2, 3 … within a boot. */
	readonly sequence: number;
	/** UTC, YYYY-MM-DDTHH:mm:ss.sssZ. */
	readonly at: string;
}
