import type { Action } from './actions.ts';

/** DENIED: a rule said no. FAILED: allowed, but it could not be done. */
export type Decision = 'ALLOWED' | 'DENIED' | 'FAILED';

/** `broker` is of version 2. */
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

/** Why a file was not sent whole: its reader, the server or the way between them went; of version 3. */
export const SENDING_REASONS = ['CUT', 'CIPHERTEXT_INVALID', 'KEY_UNAVAILABLE', 'LEASE_NOT_ACTIVE'] as const;

/** Why a job ended before it was done. */
export const JOB_REASONS = ['KEY_UNAVAILABLE', 'CIPHERTEXT_INVALID', 'FORBIDDEN', 'CONFLICT'] as const;

/** Why a request under a lease was refused; of version 2. */
export const LEASE_REASONS = ['LEASE_NOT_ACTIVE', 'LEASE_SCOPE'] as const;

export type Reason =
	| (typeof DENIAL_REASONS)[number]
	| (typeof KEYRING_REASONS)[number]
	| (typeof OPENING_REASONS)[number]
	| (typeof LEASE_REASONS)[number]
	| (typeof SENDING_REASONS)[number]
	| (typeof JOB_REASONS)[number];

export interface Actor {
	/** `system`: no one's request, such as the start of a process or a command on the installation. */
	readonly kind: 'firm' | 'operator' | 'system';
	/** Pseudonymous user id, a UUID; always there for `firm` and `operator`. */
	readonly user: string | null;
	/** Roles at the time; none for `system`. */
	readonly roles: readonly EntryRole[];
	/** Account of the operating system that ran a command on the installation; only for `system`. */
	readonly account?: string;
}

/** One data key that was used, and where it came from. */
export interface KeyUse {
	readonly class: string;
	/** Version of the data key, 1 or more. */
	readonly version: number;
	readonly source: 'CACHE' | 'KEYRING';
	/** The key service's own id of the call; null from the cache, or when a call that failed has none. */
	readonly requestId: string | null;
}

/**
 * What a caller tells the log: FORMAT.md, without the keys that the log itself adds. Which keys an action needs and which
 * it may not have: actions.ts. Ids are lower-case UUIDs.
 */
export interface EntryDraft {
	readonly action: Action;
	readonly decision: Decision;
	readonly firm: string | null;
	readonly actor: Actor;
	readonly plane: EntryPlane;
	/** Request id, made by the server. */
	readonly request: string | null;
	readonly lease: string | null;
	/** SHA-256, in hex, of the GraphQL document with its literals taken out. */
	readonly document: string | null;
	/** `Type.field` names of the schema, never aliases. At most 128. */
	readonly coordinates: readonly string[];
	/** Row ids; any number, see chunkDraft(). */
	readonly records: readonly string[];
	/** For a denial: on how many objects each coordinate was asked for. */
	readonly counts?: Readonly<Record<string, number>>;
	/** SHA-256, in hex, of the canonical request of a lease. */
	readonly hash?: string;
	/** Bytes of a file that were handed to the network; of version 3. */
	readonly bytes?: number;
	/** At most 128. */
	readonly keys: readonly KeyUse[];
	/** null exactly when the decision is ALLOWED. */
	readonly reason: Reason | null;
}

/** One entry of the log. */
export interface Entry extends EntryDraft {
	/** 3 or 2 exactly when it says something that the version before has no word for. */
	readonly v: 1 | 2 | 3;
	/** UUIDv7. */
	readonly id: string;
	/** The writing process's run, a UUID. */
	readonly boot: string;
	/** 1, 2, 3 … within a boot. */
	readonly sequence: number;
	/** UTC, YYYY-MM-DDTHH:mm:ss.sssZ. */
	readonly at: string;
}
