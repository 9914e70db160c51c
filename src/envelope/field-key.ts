import { encodeContext } from './context.ts';
import { assertHeaderParts, encodeHeader, HEADER_LENGTH, isEnvelope } from './frame.ts';
import { isUuid, UUID_LENGTH, writeUuid } from './uuid.ts';

/** Where a field's values belong: the binding, not today's SQL names. */
export interface FieldPlace {
	/** Firm id, a lower-case UUID. */
	readonly firm: string;
	/** Content class. */
	readonly class: string;
	readonly table: string;
	readonly column: string;
}

export interface FieldKeyParts<Key> {
	readonly place: FieldPlace;
	/** First 4 bytes of SHA-256 of the firm id as text. */
	readonly firmTag: Uint8Array;
	/** Version of the data key, 1 to 2^32 - 1. */
	readonly version: number;
	/** The cipher's own handle of the 32-byte field key. */
	readonly key: Key;
}

/**
 * A field key with everything about its values that stays the same from row to row: the header, and the AAD up to the
 * row id. It keeps one AAD buffer and rewrites the row id in it, so that opening a page of rows builds none.
 */
export class FieldKey<Key> {
	readonly key: Key;
	readonly #aad: Uint8Array;
	readonly #row: number;

	constructor({ place, firmTag, version, key }: FieldKeyParts<Key>) {
		const header = encodeHeader(version, firmTag);
		const context = encodeContext([
			'firmseal/field/v1',
			place.firm,
			place.class,
			place.table,
			place.column,
			'0'.repeat(UUID_LENGTH),
		]);
		this.key = key;
		this.#aad = new Uint8Array(header.length + context.length);
		this.#aad.set(header);
		this.#aad.set(context, header.length);
		this.#row = this.#aad.length - UUID_LENGTH;
	}

	get header(): Uint8Array {
		return this.#aad.subarray(0, HEADER_LENGTH);
	}

	/** The AAD of one row, valid until the next call; null when `row` is not a lower-case UUID. */
	aadOf(row: string): Uint8Array | null {
		return writeUuid(this.#aad, this.#row, row) ? this.#aad : null;
	}

	/** Whether the envelope names this key's marker, suite, version and firm. */
	heads(envelope: Uint8Array): boolean {
		if (!isEnvelope(envelope)) return false;
		for (let index = 2; index < HEADER_LENGTH; index++) {
			if (envelope[index] !== this.#aad[index]) return false;
		}
		return true;
	}
}

/** Throws RangeError for a version or firm tag that cannot be, BAD_USER_INPUT for a name that is not Unicode. */
export function prepareFieldKey<Key>(parts: FieldKeyParts<Key>): FieldKey<Key> {
	const { place, firmTag, version } = parts;
	assertHeaderParts(version, firmTag);
	if (!isUuid(place.firm)) throw new RangeError('A firm id is a lower-case UUID.');
	return new FieldKey(parts);
}
