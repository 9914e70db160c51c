/**
 * What a device keeps between two starts: IndexedDB in a browser, files in Node. The vault encrypts or authenticates all that it writes, so
 * a store needs no secrets of its own. A write is durable when its promise resolves, and rejects if there is no room.
 */
export interface KeptStore {
	/** Null if nothing has this name. */
	read(name: string): Promise<Uint8Array | null>;
	/** Replaces what has this name, as a whole or not at all. Names have at most 200 characters: letters, digits and `._-/`. */
	write(name: string, bytes: Uint8Array): Promise<void>;
	/** Resolves also if nothing has this name. */
	remove(name: string): Promise<void>;
}

export interface VaultClock {
	/** Milliseconds since 1970, by the clock of this machine. */
	now(): number;
}
