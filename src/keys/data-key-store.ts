/** ACTIVE seals and opens; RETIRED only opens; DISABLED and DESTROYED neither. */
export type DataKeyState = 'ACTIVE' | 'RETIRED' | 'DISABLED' | 'DESTROYED';

export interface DataKeyRecord {
	readonly firm: string;
	readonly class: string;
	/** 1 or more, rising per (firm, class). Only versions that the firm's own devices made are missing between. */
	readonly version: number;
	readonly state: DataKeyState;
	readonly wrapped: Uint8Array;
	/** 32 bytes; src/envelope/FORMAT.md, section 3. */
	readonly commitment: Uint8Array;
	/** The id of the wrapping key that wrapped it. */
	readonly keyId: string;
	/** Whether that is the firm's own key, which the firm may revoke without notice. */
	readonly ownKey: boolean;
	/** Number of values reserved for sealing; never less than the values sealed. */
	readonly sealed: number;
	readonly createdAt: Date;
}

export type NewDataKey = Pick<
	DataKeyRecord,
	'firm' | 'class' | 'version' | 'wrapped' | 'commitment' | 'keyId' | 'ownKey'
>;

/** Stores wrapped data keys. Exactly one version per (firm, class) is ACTIVE. */
export interface DataKeyStore {
	find(firm: string, keyClass: string, version: number): Promise<DataKeyRecord | null>;
	/** The one version that seals. Null before the first version. */
	findActive(firm: string, keyClass: string): Promise<DataKeyRecord | null>;
	/** The highest version in any state. Null before the first version. */
	findLatest(firm: string, keyClass: string): Promise<DataKeyRecord | null>;
	/**
	 * The highest version that the firm's own devices have numbered since the highest one here; 0 if there is none. Both number the keys of a
	 * class in one series (src/custody/FORMAT.md, section 3). Left out if no firm has keys of its own.
	 */
	latestOfDevices?(firm: string, keyClass: string): Promise<number>;
	/**
	 * Makes `key` the ACTIVE version and retires the previous one, in one transaction. Returns false and writes nothing if that version
	 * already exists (another process was faster) or does not follow the highest one.
	 */
	activate(key: NewDataKey): Promise<boolean>;
	/**
	 * Adds `count` to the values sealed under an ACTIVE version and returns the new total. Returns null and writes nothing if the version is
	 * not ACTIVE or the total would exceed `limit`.
	 */
	reserve(firm: string, keyClass: string, version: number, count: number, limit: number): Promise<number | null>;
}
