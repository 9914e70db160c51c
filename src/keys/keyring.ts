import { FirmsealError } from '../errors.ts';

/** What a data key is bound to; the encryption context is {"app":"firmseal","firm":firm,"class":class}. */
export interface KeyContext {
	/** Firm id, a lower-case UUID. */
	readonly firm: string;
	/** A content class, or RIGHTS, JOB or CHECKPOINT. */
	readonly class: string;
}

export type WrappingKeyState = 'ENABLED' | 'DISABLED' | 'PENDING_DELETION' | 'DESTROYED';

/** What the key service says of a firm's wrapping key. Never key material. */
export interface WrappingKey {
	readonly firm: string;
	/** The service's own name of the key, which no other key ever has: not in another service either, nor the firm's key that is made after a loss. */
	readonly keyId: string;
	readonly state: WrappingKeyState;
	/** Version that wraps now, 1 or more; older versions still unwrap. */
	readonly version: number;
	readonly createdAt: Date;
	/** Whether the firm has brought the key, and so may take it back without asking anyone. */
	readonly isOwn: boolean;
	/** When the key will be destroyed; only in state PENDING_DELETION. */
	readonly deletionAt?: Date;
}

/** A data key in the clear. The caller overwrites `plaintext` when done. */
export interface UnwrappedKey {
	/** 32 bytes. */
	readonly plaintext: Uint8Array;
	readonly keyId: string;
	/** The service's own id of this call, for the audit entry: 1 to 64 letters, digits and hyphens. */
	readonly requestId: string;
}

export interface WrappedKey {
	readonly wrapped: Uint8Array;
	readonly keyId: string;
	readonly requestId: string;
}

export interface GeneratedKey extends UnwrappedKey, WrappedKey {}

/** A right to unwrap, for a principal that has none of its own: one firm, one class. */
export interface KeyGrant {
	/** Unique per firm; making the same grant twice makes one grant. 1 to 256 of letters, digits and : / _ - */
	readonly name: string;
	readonly firm: string;
	readonly class: string;
	readonly createdAt: Date;
	/**
	 * What to show with an unwrap until the grant is known everywhere in the service; only in the answer to createGrant, and only of a
	 * service that has such. It is no secret.
	 */
	readonly token?: string;
}

/** Beside a firm's wrapping key, while another takes its place: the one that is to follow, and the one before. */
export type KeySide = 'next' | 'previous';

/** Which kind of process asks: each has rights of its own. */
export type KeyringPrincipal = 'firm' | 'operator' | 'broker' | 'worker' | 'signer';

/**
 * The only way to a data key. One wrapping key per firm, which never leaves the keyring.
 *
 * Every method throws KeyUnavailableError when the service is away (`AWAY`), overloaded (`THROTTLED`) or refuses (`REFUSED`: no right, a
 * context that differs, a state of the key from which it doesn't do this). `REFUSED` closes all that the firm has open: credentials that
 * the service doesn't accept, and an answer that isn't the service's own, are `AWAY`. An adapter throws nothing else for these, and turns a
 * SetupError of a file that it keeps keys in into one.
 *
 * What a method does in which state of the firm's key:
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
 * "As is": answers the key, and changes nothing. A service may forget a key once it is destroyed: then the firm has none.
 *
 * An adapter doesn't make a call again that failed, caches no answer and logs nothing: that is for the layers above. It gives each request
 * to a service an end of its own, so that none is left hanging (with AWS KMS 2.5 s). A call may take several requests, and wait until what
 * it has changed is known: for how long in all, resilientKeyring says, by process and method. A keyring in files has no such times.
 *
 * Each method but check() first asks assertKeyringRight() or assertKeyRight() (keyring-rights.ts), also where the service knows the
 * principals by itself: a role there with too many rights then gives no more.
 */
export interface Keyring {
	/**
	 * Makes the firm's wrapping key, or returns the one that exists. `own`: the service's name of a key that the firm brings and that
	 * becomes its wrapping key. Throws BAD_USER_INPUT for a key that can't be one, CONFLICT when the firm has another already.
	 */
	createKey(firm: string, own?: string): Promise<WrappingKey>;
	/** null: the firm has no wrapping key, or the service has forgotten it with its destruction. */
	describeKey(firm: string): Promise<WrappingKey | null>;
	/** 32 fresh random bytes, in the clear and wrapped under `context`. */
	generateDataKey(context: KeyContext): Promise<GeneratedKey>;
	/** Opens what generateDataKey, rewrap, rewrapToNext or wrap has wrapped under the same context. `tokens`: of grants that may be new. */
	unwrap(context: KeyContext, wrapped: Uint8Array, tokens?: readonly string[]): Promise<UnwrappedKey>;
	/** The same data key under the wrapping key's present version; the plaintext stays inside. */
	rewrap(context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey>;
	/**
	 * A data key of before, 32 bytes that are not all zero, wrapped under the wrapping key's present version: for recovery, which has it
	 * out of an escrow. Who keeps the key is not asked whether it ever was one. The bytes stay as they are, and are the caller's to
	 * overwrite; nothing here keeps them. Throws INTERNAL for other bytes.
	 */
	wrap(context: KeyContext, plaintext: Uint8Array): Promise<WrappedKey>;
	/** A new version of the wrapping key; older versions still unwrap. */
	rotateKey(firm: string): Promise<WrappingKey>;
	/** From ENABLED; a DISABLED key stays as it is. */
	disableKey(firm: string): Promise<WrappingKey>;
	/** From DISABLED; an ENABLED key stays as it is. */
	enableKey(firm: string): Promise<WrappingKey>;
	/** From ENABLED or DISABLED: PENDING_DELETION for 7 to 30 days, then DESTROYED for good. */
	scheduleDeletion(firm: string, days: number): Promise<WrappingKey>;
	/** From PENDING_DELETION; the key is then DISABLED, also one that was ENABLED before. */
	cancelDeletion(firm: string): Promise<WrappingKey>;
	/**
	 * This and the four methods after it are for firms that bring a key of their own. A keyring that takes none throws BAD_USER_INPUT for
	 * `own`, in createKey() too, and CONFLICT where none is named. One that takes them refuses (REFUSED) a firm without a wrapping key, and
	 * releaseKey() is silent about it.
	 *
	 * A key that the firm would bring in the place of the one that it has. Changes nothing. Throws BAD_USER_INPUT for one that can't be one,
	 * CONFLICT for the one that it has, and while another is named to follow.
	 */
	inspectOwnKey(firm: string, own: string): Promise<WrappingKey>;
	/**
	 * Names, beside the firm's wrapping key, the one that is to follow it: one that the firm brings, or, with null, a new one. Asked again it
	 * answers the same one, also when it has followed already. Throws as inspectOwnKey; CONFLICT with null for a firm that has brought none.
	 */
	setNextKey(firm: string, own: string | null): Promise<WrappingKey>;
	/** The same data key under the wrapping key that is named to follow; under the firm's when none is. The plaintext stays inside. */
	rewrapToNext(context: KeyContext, wrapped: Uint8Array): Promise<WrappedKey>;
	/**
	 * The one that is named to follow, which must have this id, is the firm's now. What is under the one before still opens, until that is let
	 * go. Idempotent. Throws CONFLICT when it is another.
	 */
	switchKey(firm: string, keyId: string): Promise<WrappingKey>;
	/**
	 * Lets go of the key that is named to follow, or of the one before: one that was made here is destroyed after 7 to 30 days, one that the
	 * firm has brought is the firm's alone. `OWN`: of the wrapping key that the firm has brought, when the firm is erased; throws CONFLICT for one that
	 * was made here. Idempotent.
	 */
	releaseKey(firm: string, side: KeySide | 'OWN', days: number): Promise<void>;
	/** Answers the grant that is there when the firm has one of that name and class. Throws CONFLICT when it has one for another class. */
	createGrant(grant: { readonly name: string } & KeyContext): Promise<KeyGrant>;
	/**
	 * Idempotent, and silent about a grant that isn't there. No unwrap that begins after it has returned succeeds by that grant, except where
	 * a service takes a while to tell all of its machines: by then the database has closed what was open under it.
	 */
	revokeGrant(grant: { readonly name: string; readonly firm: string }): Promise<void>;
	listGrants(firm: string): Promise<readonly KeyGrant[]>;
	/** Throws when the keyring can't be used at all. That the firms or the platform have no key yet is no reason. */
	check(): Promise<void>;
}

export type KeyUnavailableReason = 'AWAY' | 'THROTTLED' | 'REFUSED';

export class KeyUnavailableError extends FirmsealError {
	override readonly name = 'KeyUnavailableError';
	readonly reason: KeyUnavailableReason;
	/** The service's own id of the call, for the audit entry; null: it gave no answer, or none with an id. */
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

/** As an audit entry takes it (src/audit/FORMAT.md): an id that can't be recorded would keep the key from being used. */
export function isRequestId(id: unknown): id is string {
	return typeof id === 'string' && /^[0-9A-Za-z-]{1,64}$/.test(id);
}
