import { waitForTimeSlice } from '../clock/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';

/** Values that one request opens before other requests get the thread, about five milliseconds. */
const MAX_VALUES_PER_SLICE = 1_000;
/** Each 4 KiB of a value count as one more value. */
const BYTES_PER_COUNT = 4_096;

interface CachedValue {
	readonly sealed: Uint8Array;
	readonly value: unknown;
}

/** Stored instead of a value that did not open. */
export class OpenFailure {
	readonly error: unknown;

	constructor(error: unknown) {
		this.error = error;
	}
}

/**
 * The values that a request has opened, so that a document which repeats a value opens it once; and the request's time slices, so that a
 * request which opens many values does not block the thread.
 */
export class OpenedValues {
	readonly #opened = new Map<ContentField, Map<string, CachedValue>>();
	/** The party whose turn the request uses. */
	readonly #party: string;
	#left = MAX_VALUES_PER_SLICE;
	#waiting: (() => void)[] = [];

	constructor(party: string) {
		this.#party = party;
	}

	/** The value, a promise of it, or its OpenFailure. Undefined if the request has not opened it, or if the stored bytes differ. */
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

	clear(): void {
		this.#opened.clear();
	}

	/** Whether further values must wait for runInNextSlice(). */
	get isSliceSpent(): boolean {
		return this.#left <= 0;
	}

	spend(bytes: number): void {
		this.#left -= 1 + Math.floor(bytes / BYTES_PER_COUNT);
	}

	/** Runs `work` when it is the request's turn again. */
	runInNextSlice(work: () => unknown): Promise<unknown> {
		return new Promise((resolve) => {
			// The inner promise rejects with the error that `work` throws.
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
