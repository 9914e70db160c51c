/**
 * A value that must not be printed: JSON, string conversion, inspection and logs show a placeholder.
 * Whoever needs the value says so with expose().
 */
export class Secret<T> {
	readonly #value: T;

	constructor(value: T) {
		this.#value = value;
	}

	expose(): T {
		return this.#value;
	}

	toString(): string {
		return '[secret]';
	}

	toJSON(): string {
		return '[secret]';
	}

	[Symbol.for('nodejs.util.inspect.custom')](): string {
		return '[secret]';
	}
}
