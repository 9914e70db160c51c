import type { AgreedKind, RecoveryWay, SharedRecord } from './bodies.ts';
import type { KeyLogEntry, SubLogEntry } from './entry.ts';
import type { Chain, Marks } from './history.ts';

export type LogRole = 'OWNER' | 'MEMBER';
export type CustodyState = 'PLATFORM' | 'MOVING' | 'FIRM' | 'BACK';

/** What held from the entry `seq` on, until the next change. */
export interface Since<T> {
	readonly seq: number;
	readonly value: T;
}

/** A way of recovery with the id of its device. */
export type LogWay = RecoveryWay & { readonly id: string };

export interface LogPerson {
	/** Commitment to the name. FORMAT.md, section 4. */
	readonly name: string;
	/** Null: the person was removed. */
	readonly role: LogRole | null;
	readonly roles: readonly Since<LogRole | null>[];
	readonly ways: readonly LogWay[];
}

export interface LogDevice {
	readonly id: string;
	readonly person: string;
	readonly kind: 'DEVICE' | 'RECOVERY';
	/** Public keys, in base64. */
	readonly exchange: string;
	readonly signing: string;
	/** Id of the device that signed the entry. */
	readonly addedBy: string;
	/** The `seq` of the entry that added it. */
	readonly added: number;
	/** The `seq` of the entry from which on it is not active; null while it is. */
	readonly revoked: number | null;
	/** Whether this recovery key has added a device. Then it only agrees to the `recovery.set` that replaces it. */
	readonly isUsed: boolean;
}

export interface LogVersion {
	/** Base64 of 32 bytes. */
	readonly commitment: string;
	/** The `seq` of its entry. */
	readonly generated: number;
	/** The `seq` of the entry since which nothing may be sealed under it, or null. */
	readonly stale: number | null;
	/** The `seq` of the entry since which nothing may be opened under it, or null. */
	readonly retired: number | null;
}

export interface LogClass {
	readonly custody: CustodyState;
	readonly custodies: readonly Since<CustodyState>[];
	/** In the order of their numbers. */
	readonly versions: ReadonlyMap<number, LogVersion>;
}

export interface LogNotice {
	readonly kind: AgreedKind;
	/** Canonical JSON of the body of the entry to come. */
	readonly body: string;
	readonly person: string;
	readonly device: string;
}

/** An entry of a sub-log that a `share.begin` names. */
export interface LogAnchor {
	/** Of the firm's log. */
	readonly by: number;
	/** Of the sub-log. */
	readonly seq: number;
	readonly head: string;
	readonly records: readonly SharedRecord[];
}

export interface LogLease {
	readonly seq: number;
	/** Of the operator. */
	readonly device: string;
	/** Of the request. */
	readonly hash: string;
	readonly records: readonly SharedRecord[];
}

/** What every verified log has. */
export interface VerifiedLog<E extends KeyLogEntry | SubLogEntry> {
	readonly firm: string;
	readonly installation: string;
	/** Hash of entry 0. */
	readonly genesis: string;
	/** The number of entries. */
	readonly size: number;
	/** Hash of the last entry. */
	readonly head: string;
	/** The entries by `seq` and by hash. */
	readonly chain: Chain<E>;
}

/** A verified log of a firm. It never changes: extendKeyLog() makes another one. FORMAT.md, section 5. */
export interface KeyLog extends VerifiedLog<KeyLogEntry> {
	/** By id, with those who were removed. */
	readonly people: ReadonlyMap<string, LogPerson>;
	/** By id, with those that were revoked. */
	readonly devices: ReadonlyMap<string, LogDevice>;
	/** What a MEMBER reads; null for every class. */
	readonly memberClasses: readonly Since<readonly string[] | null>[];
	/** Classes with a data key, by name. */
	readonly classes: ReadonlyMap<string, LogClass>;
	/** Every class that an entry has named. */
	readonly namedClasses: ReadonlySet<string>;
	/** By `seq`. */
	readonly notices: ReadonlyMap<number, LogNotice>;
	/** By the id of the sub-log, in the order of the entries. */
	readonly subLogs: ReadonlyMap<string, readonly LogAnchor[]>;
	/** By id. */
	readonly leases: ReadonlyMap<string, LogLease>;
	/** Ends of leases and shares, for the generations of records. */
	readonly generations: Marks;
	readonly witnessPolicy: string | null;
	/** Hashes of the manifests of the application that the firm trusts; null before the first `release.trust`. */
	readonly trustedReleases: readonly string[] | null;
	/** The `seq` of the newest entry that needed an agreement, or -1. */
	readonly lastAgreed: number;
	/** Whether a person ever had a recovery key, or a class ever left PLATFORM: then each `recovery.set` needs an agreement. */
	readonly isGuarded: boolean;
}
