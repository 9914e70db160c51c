/**
 * SHA-256 (FIPS 180-4) without waiting: a log of a million entries needs two million short hashes, and a promise for each would take longer
 * than the hashes. The worker compares it with the browser's own SHA-256 before it uses it (self-test.ts).
 */
const K = Int32Array.from(fractionsOf((prime) => Math.cbrt(prime), 64));
const START = Int32Array.from(fractionsOf((prime) => Math.sqrt(prime), 8));
const BLOCK = 64;

/** The first 32 bits of the fractional parts of a root of the first primes. A double has 53 bits, of which the roots use 5 before the point. */
function fractionsOf(rootOf: (prime: number) => number, count: number): number[] {
	const primes: number[] = [];
	for (let number = 2; primes.length < count; number++) {
		if (primes.every((prime) => number % prime !== 0)) primes.push(number);
	}
	return primes.map((prime) => Math.floor((rootOf(prime) % 1) * 2 ** 32) | 0);
}

/** SHA-256 of bytes that come in parts. */
export class Sha256Stream {
	readonly #state = START.slice();
	readonly #words = new Int32Array(64);
	readonly #rest = new Uint8Array(BLOCK);
	readonly #view = new DataView(this.#rest.buffer);
	#kept = 0;
	#length = 0;

	update(bytes: Uint8Array): this {
		this.#length += bytes.length;
		let from = 0;
		if (this.#kept > 0) {
			from = Math.min(BLOCK - this.#kept, bytes.length);
			this.#rest.set(bytes.subarray(0, from), this.#kept);
			this.#kept += from;
			if (this.#kept < BLOCK) return this;
			this.#take(this.#view, 0);
			this.#kept = 0;
		}
		if (from + BLOCK <= bytes.length) {
			const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
			for (; from + BLOCK <= bytes.length; from += BLOCK) this.#take(view, from);
		}
		this.#rest.set(from === 0 ? bytes : bytes.subarray(from));
		this.#kept = bytes.length - from;
		return this;
	}

	/** 32 bytes. The stream begins again. */
	digest(): Uint8Array {
		const length = this.#length;
		this.#rest.fill(0, this.#kept);
		this.#rest[this.#kept] = 0x80;
		if (this.#kept >= BLOCK - 8) {
			this.#take(this.#view, 0);
			this.#rest.fill(0);
		}
		// In bits, which need more than 32 of them.
		this.#view.setUint32(BLOCK - 8, Math.floor(length / 2 ** 29));
		this.#view.setUint32(BLOCK - 4, length * 8);
		this.#take(this.#view, 0);
		const digest = new DataView(new ArrayBuffer(32));
		for (let at = 0; at < 8; at++) digest.setInt32(at * 4, this.#state[at] as number);
		this.#state.set(START);
		this.#kept = 0;
		this.#length = 0;
		return new Uint8Array(digest.buffer);
	}

	#take(view: DataView, from: number): void {
		const words = this.#words;
		for (let at = 0; at < 16; at++) words[at] = view.getInt32(from + at * 4);
		for (let at = 16; at < 64; at++) {
			const far = words[at - 15] as number;
			const near = words[at - 2] as number;
			const low = rotated(far, 7) ^ rotated(far, 18) ^ (far >>> 3);
			const high = rotated(near, 17) ^ rotated(near, 19) ^ (near >>> 10);
			words[at] = ((words[at - 16] as number) + low + (words[at - 7] as number) + high) | 0;
		}
		mix(this.#state, words);
	}
}

/** The 64 rounds. Plain variables of 32 bits, because this is where the time goes. */
function mix(state: Int32Array, words: Int32Array): void {
	let a = state[0] as number;
	let b = state[1] as number;
	let c = state[2] as number;
	let d = state[3] as number;
	let e = state[4] as number;
	let f = state[5] as number;
	let g = state[6] as number;
	let h = state[7] as number;
	for (let at = 0; at < 64; at++) {
		const turned = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
		const one = (h + turned + ((e & f) ^ (~e & g)) + (K[at] as number) + (words[at] as number)) | 0;
		const two = ((rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22)) + ((a & b) ^ (a & c) ^ (b & c))) | 0;
		h = g;
		g = f;
		f = e;
		e = (d + one) | 0;
		d = c;
		c = b;
		b = a;
		a = (one + two) | 0;
	}
	state[0] = ((state[0] as number) + a) | 0;
	state[1] = ((state[1] as number) + b) | 0;
	state[2] = ((state[2] as number) + c) | 0;
	state[3] = ((state[3] as number) + d) | 0;
	state[4] = ((state[4] as number) + e) | 0;
	state[5] = ((state[5] as number) + f) | 0;
	state[6] = ((state[6] as number) + g) | 0;
	state[7] = ((state[7] as number) + h) | 0;
}

const rotated = (word: number, by: number): number => (word >>> by) | (word << (32 - by));

const shared = new Sha256Stream();

/** SHA-256 of `parts`, joined. */
export function sha256(...parts: readonly Uint8Array[]): Uint8Array {
	for (const part of parts) shared.update(part);
	return shared.digest();
}
