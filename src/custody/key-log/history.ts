import type { KeyLogEntry, ReadEntry, SubLogEntry } from './entry.ts';

/**
 * The entries of a log. Each log of a history shares one store and sees the entries up to its own size. So to append costs the same
 * for any size, and nothing changes for those who hold an earlier log.
 */
export class Chain<E extends KeyLogEntry | SubLogEntry> {
	readonly size: number;
	readonly #entries: ReadEntry<E>[];
	readonly #seqs: Map<string, number>;

	constructor(entries: ReadEntry<E>[] = [], seqs = new Map<string, number>()) {
		this.#entries = entries;
		this.#seqs = seqs;
		this.size = entries.length;
	}

	/** Undefined if the log does not have the entry. */
	at(seq: number): ReadEntry<E> | undefined {
		return seq < this.size ? this.#entries[seq] : undefined;
	}

	/** The `seq` of the entry with this hash, or undefined. */
	seqOf(hash: string): number | undefined {
		const seq = this.#seqs.get(hash);
		return seq !== undefined && seq < this.size ? seq : undefined;
	}

	append(read: ReadEntry<E>): Chain<E> {
		if (this.#entries.length > this.size) return this.#copy().append(read);
		this.#entries.push(read);
		this.#seqs.set(read.hash, this.size);
		return new Chain(this.#entries, this.#seqs);
	}

	/** For a second log that grows from the same one. */
	#copy(): Chain<E> {
		const entries = this.#entries.slice(0, this.size);
		return new Chain(entries, new Map(entries.map(({ hash }, seq) => [hash, seq])));
	}
}

/** For each record the numbers of the entries that changed it. Logs of a history share one store, as in Chain. */
export class Marks {
	readonly #store: { latest: number; readonly marks: Map<string, number[]> };
	readonly #latest: number;

	constructor(store = { latest: -1, marks: new Map<string, number[]>() }) {
		this.#store = store;
		this.#latest = store.latest;
	}

	/** The numbers of up to `seq`, ascending. */
	of(key: string, seq = this.#latest): readonly number[] {
		const last = Math.min(seq, this.#latest);
		return this.#store.marks.get(key)?.filter((mark) => mark <= last) ?? [];
	}

	/** `seq` is above that of every mark. */
	add(keys: readonly string[], seq: number): Marks {
		if (this.#store.latest > this.#latest) return this.#copy().add(keys, seq);
		for (const key of keys) {
			const marks = this.#store.marks.get(key);
			if (marks) marks.push(seq);
			else this.#store.marks.set(key, [seq]);
		}
		this.#store.latest = seq;
		return new Marks(this.#store);
	}

	/** Every record that has a mark. */
	keys(): readonly string[] {
		return [...this.#store.marks.keys()].filter((key) => this.of(key).length > 0);
	}

	#copy(): Marks {
		const marks = new Map(this.keys().map((key) => [key, [...this.of(key)]]));
		return new Marks({ latest: this.#latest, marks });
	}
}
