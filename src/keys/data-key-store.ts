/** ACTIVE seals and opens; RETIRED only opens; DISABLED and DESTROYED neither. */
export type DataKeyState = 'ACTIVE' | 'RETIRED' | 'DISABLED' | 'DESTROYED';

export interface DataKeyRecord {
	readonly firm: string;
	readonly class: string;
	/** 1 or more, contiguous per (firm, class). */
	readonly version: number;
	readonly state: DataKeyState;
	readonly wrapped: Uint8Array;
	/** 32 bytes, FORMAT.md "commitment". */
	readonly commitment: Uint8Array;
	/** The wrapping key's id when it was wrapped. */
	readonly keyId: string;
	/** Whether the firm has brought that key, and so may take it back without asking anyone. */
	readonly ownKey: boolean;
	/** Values for which sealing has been reserved; never less than the values sealed. */
	readonly sealed: number;
	readonly createdAt: Date;
}

export type NewDataKey = Pick<
	DataKeyRecord,
	'firm' | 'class' | 'version' | 'wrapped' | 'commitment' | 'keyId' | 'ownKey'
>;

/** Where wrapped data keys are kept. Exactly one version per (firm, class) is ACTIVE. */
export interface DataKeyStore {
	find(firm: string, keyClass: string, version: number): Promise<DataKeyRecord | null>;
	/** The one version that seals; null before the first. */
	findActive(firm: string, keyClass: string): Promise<DataKeyRecord | null>;
	/** The highest version, whatever its state; null before the first. */
	findLatest(firm: string, keyClass: string): Promise<DataKeyRecord | null>;
	/**
	 * Makes `key` the ACTIVE version and retires the one before, in one transaction.
	 * false, and nothing written: that version exists already (another process was faster), or does not follow the highest.
	 */
	activate(key: NewDataKey): Promise<boolean>;
	/**
	 * Adds `count` to the values sealed under an ACTIVE version; returns the new total.
	 * null, and nothing written: the version is not ACTIVE or the total would pass `limit`.
	 */
	reserve(firm: string, keyClass: string, version: number, count: number, limit: number): Promise<number | null>;
}
