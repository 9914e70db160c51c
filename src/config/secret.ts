import { readFileSync, statSync } from 'node:fs';

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

/** Bytes; the longest is a list of keys. */
const LONGEST = 64 * 1024;

/**
 * The text of a file that holds a secret, without the line's end that an editor leaves behind it.
 * @throws Error with what is wrong with the file, to come after its name; neither its path nor its text is in it.
 */
export function readSecretFile(path: string): string {
	let bytes: Uint8Array;
	try {
		const stat = statSync(path);
		if (!stat.isFile()) throw new WrongFile('that is no plain file: name one');
		if (stat.size > LONGEST) throw new WrongFile(`that is longer than ${LONGEST} bytes: name one of the secret alone`);
		bytes = readFileSync(path);
	} catch (error) {
		if (error instanceof WrongFile) throw error;
		const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
		throw new WrongFile(`that cannot be read (${code}): check the path and that this process’s user may read it`);
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
	} catch {
		throw new WrongFile('that is no text in UTF-8: write the secret into it as text');
	}
}

class WrongFile extends Error {}
