import { waitForTimeSlice } from '../clock/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';

/** What one request opens before others have the thread: values, and each 4 KiB of one as another. Some five milliseconds. */
const MAX_VALUES_PER_SLICE = 1_000;
const BYTES_OF_ONE = 4_096;

interface CachedValue {
	readonly sealed: Uint8Array;
	readonly value: unknown;
}

/** In the place of a value that did not open: why. */
export class OpenFailure {
	readonly error: unknown;

	constructor(error: unknown) {
		this.error = error;
	}
}

/**
 * What a request has opened, so that a document which names one value again and again has it opened once; and its turns, so
 * that one which has very many opened does not keep the thread to itself.
 */
export class OpenedValues {
	readonly #opened = new Map<ContentField, Map<string, CachedValue>>();
	/** Whose turns it takes. */
	readonly #party: string;
	#left = MAX_VALUES_PER_SLICE;
	#waiting: (() => void)[] = [];

	constructor(party: string) {
		this.#party = party;
	}

	/** The value, the promise of it, or why it did not open, if it was asked for as it is stored now; undefined: it was not. */
	find(field: ContentField, row: ContentRow, sealed: Uint8Array): unknown {
		const known = this.#opened.get(field)?.get(row.id);
		return known && isSame(known.sealed, sealed) ? known.value : undefined;
	}

	set(field: ContentField, row: ContentRow, sealed: Uint8Array, value: unknown): void {
		const opened: CachedValue = { sealed, value };
		const ofField = this.#opened.get(field);
		if (ofField) ofField.set(row.id, opened);
		else this.#opened.set(field, new Map([[row.id, opened]]));
	}

	/** The request is answered. */
	clear(): void {
		this.#opened.clear();
	}

	/** Whether anything more has to wait: runInNextSlice(). */
	get isSliceSpent(): boolean {
		return this.#left <= 0;
	}

	spend(bytes: number): void {
		this.#left -= 1 + Math.floor(bytes / BYTES_OF_ONE);
	}

	/** Does `work` when it is the request's turn again. */
	runInNextSlice(work: () => unknown): Promise<unknown> {
		return new Promise((resolve) => {
			// What it throws is what the promise within is rejected with.
			const goOnWith = () => resolve(new Promise((settle) => settle(work())));
			if (this.#waiting.push(goOnWith) === 1) void this.#goOn();
		});
	}

	async #goOn(): Promise<void> {
		while (this.#waiting.length > 0) {
			await waitForTimeSlice(this.#party);
			this.#left = MAX_VALUES_PER_SLICE;
			let done = 0;
			while (done < this.#waiting.length && !this.isSliceSpent) this.#waiting[done++]?.();
			this.#waiting = this.#waiting.slice(done);
		}
	}
}

const isSame = (a: Uint8Array, b: Uint8Array) => a === b || (a.length === b.length && Buffer.compare(a, b) === 0);
