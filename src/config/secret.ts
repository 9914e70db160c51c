import { readFileSync, statSync } from 'node:fs';

/** A value that must not be printed: JSON, string conversion, inspection and logs show a placeholder. expose() returns the value. */
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

/** The longest secret is a list of keys. */
const MAX_FILE_BYTES = 64 * 1024;

/**
 * The text of a file that holds a secret, without a final line break, which editors add.
 * @throws Error whose message follows "SETTING names a file" and contains neither the path nor the text.
 */
export function readSecretFile(path: string): string {
	let bytes: Uint8Array;
	try {
		const stat = statSync(path);
		if (!stat.isFile()) throw new WrongFile('that is not a regular file: name a regular file');
		if (stat.size > MAX_FILE_BYTES)
			throw new WrongFile(`that is longer than ${MAX_FILE_BYTES} bytes: name a file with only the secret`);
		bytes = readFileSync(path);
	} catch (error) {
		if (error instanceof WrongFile) throw error;
		const code = (error as NodeJS.ErrnoException).code ?? 'unknown';
		throw new WrongFile(
			`that cannot be read (${code}): check the path, and that the user of this process may read the file`,
		);
	}
	try {
		return new TextDecoder('utf-8', { fatal: true }).decode(bytes).replace(/\r?\n$/, '');
	} catch {
		throw new WrongFile('that is not UTF-8 text: write the secret into it as text');
	}
}

class WrongFile extends Error {}
