import type { KeptStore } from '../../../src/client/vault/index.ts';

/** A store in memory that a test can copy, change, and fill up. */
export class MemoryStore implements KeptStore {
	readonly kept: Map<string, Uint8Array>;
	/** The error of the next writes; null while there is room. */
	full: Error | null = null;
	writes = 0;

	constructor(kept: ReadonlyMap<string, Uint8Array> = new Map()) {
		this.kept = new Map(kept);
	}

	copy(): MemoryStore {
		return new MemoryStore(this.kept);
	}

	async read(name: string): Promise<Uint8Array | null> {
		return this.kept.get(name)?.slice() ?? null;
	}

	async write(name: string, bytes: Uint8Array): Promise<void> {
		if (this.full !== null) throw this.full;
		this.writes++;
		this.kept.set(name, bytes.slice());
	}

	async remove(name: string): Promise<void> {
		this.kept.delete(name);
	}
}
