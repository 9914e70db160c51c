/** A map that forgets the entry that was used longest ago when it has too many. */
export class BoundedMap<V> {
	readonly #entries = new Map<string, V>();
	readonly #max: number;

	constructor(max: number) {
		this.#max = max;
	}

	get(key: string): V | undefined {
		const known = this.#entries.get(key);
		if (known !== undefined) this.set(key, known);
		return known;
	}

	set(key: string, value: V): void {
		this.#entries.delete(key);
		this.#entries.set(key, value);
		if (this.#entries.size > this.#max) this.#entries.delete(this.#entries.keys().next().value as string);
	}

	/** The value of `key`, made by `make` if there is none. */
	getOrMake(key: string, make: () => V): V {
		const known = this.get(key);
		if (known !== undefined) return known;
		const made = make();
		this.set(key, made);
		return made;
	}

	clear(): void {
		this.#entries.clear();
	}
}
