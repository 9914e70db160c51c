import { FirmsealError } from '../errors.ts';

/** The firm and class that a data key is bound to, as the encryption context {"app":"firmseal","firm":firm,"class":class}. */
export interface KeyContext {
	/** Firm id, a lower-case UUID. */
	readonly firm: string;
	/** A content class, or RIGHTS, JOB or CHECKPOINT. */
	readonly class: string;
}

export type WrappingKeyState = 'ENABLED' | 'DISABLED' | 'PENDING_DELETION' | 'DESTROYED';

/** A firm's wrapping key, as the key service describes it. Never key material. */
export interface WrappingKey {
	readonly firm: string;
	/** The service's id of the key. No other key ever has this id, not even in another service, or a firm's new key after a loss. */
	readonly keyId: string;
	readonly state: WrappingKeyState;
	/** Version that wraps now, 1 or more; older versions still unwrap. */
	readonly version: number;
	readonly createdAt: Date;
	/** Whether it is the firm's own key, which the firm may revoke without notice. */
	readonly isOwn: boolean;
	/** When the key will be destroyed. Only in state PENDING_DELETION. */
	readonly deletionAt?: Date;
}

/** A plaintext data key. The caller overwrites `plaintext` after use. */
export interface UnwrappedKey {
	/** 32 bytes. */
	readonly plaintext: Uint8Array;
	readonly keyId: string;
	/** The service's id of this call, for the audit entry: 1 to 64 letters, digits and hyphens. */
	readonly requestId: string;
}

export interface WrappedKey {
	readonly wrapped: Uint8Array;
	readonly keyId: string;
	readonly requestId: string;
}

export interface GeneratedKey extends UnwrappedKey, WrappedKey {}

/** Lets a principal without its own right unwrap data keys of one firm and one class. */
export interface KeyGrant {
	/** Unique per firm: creating the same grant twice creates one grant. 1 to 256 letters, digits and : / _ - */
	readonly name: string;
	readonly firm: string;
	readonly class: string;
	readonly createdAt: Date;
	/**
	 * To pass to unwrap() until the grant is known everywhere in the service. Only in the answer to createGrant(), and only if the service has
	 * such tokens. Not secret.
	 */
	readonly token?: string;
}

/** While another key replaces a firm's wrapping key: the key that follows, and the one before. */
export type KeySide = 'next' | 'previous';

/** The kind of process that calls the keyring. Each has its own rights. */
export type KeyringPrincipal = 'firm' | 'operator' | 'broker' | 'worker' | 'signer';

/**
 * The port to a key service, and the only source of data keys. Each firm has one wrapping key, which never leaves the keyring.
 *
 * Every method throws KeyUnavailableError if the service is unavailable (`AWAY`), overloaded (`THROTTLED`) or refuses (`REFUSED`: no right,
 * another context, or a state of the key that does not allow the call). `REFUSED` drops all cached keys of the firm. Therefore credentials
 * that the service does not accept, and an answer that is not from the service, are `AWAY`. An adapter throws nothing else for these causes,
 * and turns a SetupError of a file with its keys into a KeyUnavailableError.
 *
 * What each method does in each state of the firm's key:
 *
 * | method                                | ENABLED | DISABLED | PENDING_DELETION | DESTROYED | no key    |
 * | ------------------------------------- | ------- | -------- | ---------------- | --------- | --------- |
 * | describeKey                           | as is   | as is    | as is            | as is     | null      |
 * | createKey                             | as is   | as is    | as is            | as is     | makes one |
 * | generateDataKey, unwrap, rewrap, wrap | yes     | REFUSED  | REFUSED          | REFUSED   | REFUSED   |
 * | rotateKey, createGrant                | yes     | REFUSED  | REFUSED          | REFUSED   | REFUSED   |
 * | disableKey                            | yes     | as is    | REFUSED          | REFUSED   | REFUSED   |
 * | enableKey                             | as is   | yes      | REFUSED          | REFUSED   | REFUSED   |
 * | scheduleDeletion                      | yes     | yes      | REFUSED          | REFUSED   | REFUSED   |
 * | cancelDeletion                        | REFUSED | REFUSED  | yes              | REFUSED   | REFUSED   |
 * | listGrants                            | yes     | yes      | yes              | none      | none      |
 * | revokeGrant                           | yes     | yes      | yes              | silent    | silent    |
 *
 * "as is": returns the key and changes nothing. A service may forget a destroyed key: the firm then has no key.
 *
 * An adapter does not retry, cache or log: the layers above do. It gives each request to a service a timeout, so that no request hangs (2.5 s
 * with AWS KMS). A call may take several requests, and wait until its change is visible. resilientKeyring() limits the total time, by process
 * and method. A keyring in files has no such limits.
 *
 * Each method except check() first calls assertKeyringRight() or assertKeyRight() (keyring-rights.ts), even if the service itself knows the
 * principals: a role with too many rights in the service then gives no more.
 */
export interface Keyring {
	/**
	 * Creates the firm's wrapping key, or returns the existing one. `own` is the service's name of the firm's own key, which becomes its
	 * wrapping key. Throws BAD_USER_INPUT for a key that cannot be used, CONFLICT if the firm has another key already.
	 */
	createKey(firm: string, own?: string): Promise<WrappingKey>;
	/** Null if the firm has no wrapping key, or the service has forgotten the destroyed one. */
	describeKey(firm: string): Promise<WrappingKey | null>;
	/** 32 fresh random bytes, as plaintext and wrapped under `context`. */
	generateDataKey(context: KeyContext): Promise<GeneratedKey>;
	/** Opens a key that generateDataKey, rewrap, rewrapToNext or wrap has wrapped under the same context. `tokens` are those of recent grants. */
	unwrap(context: KeyContext, wrapped: Uint8Array, tokens?: readonly string[]): Promise<UnwrappedKey>;
	/** The same data key under the current version of the wrapping key. The plaintext stays inside the keyring. */
	rewrap(context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey>;
	/**
	 * Wraps an earlier data key, 32 bytes that are not all zero, under the current version of the wrapping key: for recovery from an escrow.
	 * Does not check that the bytes ever were a data key. Does not keep or change the bytes; the caller overwrites them. Throws INTERNAL for
	 * other bytes.
	 */
	wrap(context: KeyContext, plaintext: Uint8Array): Promise<WrappedKey>;
	/** Makes a new version of the wrapping key; older versions still unwrap. */
	rotateKey(firm: string): Promise<WrappingKey>;
	disableKey(firm: string): Promise<WrappingKey>;
	enableKey(firm: string): Promise<WrappingKey>;
	/** PENDING_DELETION for 7 to 30 days, then DESTROYED for good. */
	scheduleDeletion(firm: string, days: number): Promise<WrappingKey>;
	/** The key is then DISABLED, even if it was ENABLED before. */
	cancelDeletion(firm: string): Promise<WrappingKey>;
	/**
	 * This and the next four methods are for firms with their own key. A keyring that supports no own keys throws BAD_USER_INPUT for `own`,
	 * also in createKey(), and CONFLICT in methods without `own`. A keyring that supports them refuses (REFUSED) a firm without a wrapping
	 * key, except in releaseKey(), which then does nothing.
	 *
	 * Describes a key that would replace the firm's wrapping key. Changes nothing. Throws BAD_USER_INPUT for a key that cannot be used, and
	 * CONFLICT for the firm's current key, or while another next key is set.
	 */
	inspectOwnKey(firm: string, own: string): Promise<WrappingKey>;
	/**
	 * Sets the next wrapping key of the firm: its own key, or a new one with null. Idempotent, also after the switch. Throws as inspectOwnKey;
	 * CONFLICT with null for a firm without an own key.
	 */
	setNextKey(firm: string, own: string | null): Promise<WrappingKey>;
	/** The same data key under the next wrapping key, or the current one if no next key is set. The plaintext stays inside the keyring. */
	rewrapToNext(context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey>;
	/**
	 * Makes the next key, which must have this id, the firm's wrapping key. Data keys under the previous key still open until that key is
	 * released. Idempotent. Throws CONFLICT for another id.
	 */
	switchKey(firm: string, keyId: string): Promise<WrappingKey>;
	/**
	 * Releases the next key or the previous one. A key that Firmseal created is destroyed after 7 to 30 days; a firm's own key stays with the
	 * firm. `OWN` releases the firm's own wrapping key at the erasure of the firm, and throws CONFLICT for a key that Firmseal created.
	 * Idempotent.
	 */
	releaseKey(firm: string, side: KeySide | 'OWN', days: number): Promise<void>;
	/** Returns the existing grant if the firm has one with that name and class. Throws CONFLICT if it has one for another class. */
	createGrant(grant: { readonly name: string } & KeyContext): Promise<KeyGrant>;
	/**
	 * Idempotent; does nothing if there is no such grant. No unwrap that begins afterwards succeeds by the grant, except while the change
	 * spreads in the service: the database has revoked the access by then.
	 */
	revokeGrant(grant: { readonly name: string; readonly firm: string }): Promise<void>;
	listGrants(firm: string): Promise<readonly KeyGrant[]>;
	/** Throws if the keyring cannot be used at all. Firms or a platform without a key are not a reason. */
	check(): Promise<void>;
}

export type KeyUnavailableReason = 'AWAY' | 'THROTTLED' | 'REFUSED';

export class KeyUnavailableError extends FirmsealError {
	override readonly name = 'KeyUnavailableError';
	readonly reason: KeyUnavailableReason;
	/** The service's id of the call, for the audit entry. Null without an answer, or without an id in it. */
	readonly requestId: string | null;

	constructor(
		reason: KeyUnavailableReason,
		message: string,
		requestId?: string,
		options?: Pick<ErrorOptions, 'cause'>,
	) {
		super('KEY_UNAVAILABLE', message, options);
		this.reason = reason;
		this.requestId = isRequestId(requestId) ? requestId : null;
	}
}

/** In the form of an audit entry (src/audit/FORMAT.md), because a key whose request id cannot be recorded could not be used. */
export function isRequestId(id: unknown): id is string {
	return typeof id === 'string' && /^[0-9A-Za-z-]{1,64}$/.test(id);
}
