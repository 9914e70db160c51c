import type { MaintenanceCapability } from '../access/index.ts';
import type { KeyUse } from '../audit/index.ts';
import { type Aead, decodeValue, encodeValue, openPayload, sealPayload } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ContentField } from './content-field.ts';
import {
	assertMayMaintain,
	isUnopenable,
	keyVersionOrNull,
	loadOpeningKeys,
	type MaintenanceKeys,
	usesOf,
} from './maintenance-keys.ts';
import { looksSealed, type PlaintextCodec } from './plaintext-codec.ts';

/** A value that is in the clear still, by the names that its envelope is to be bound to. */
export interface PlaintextValue {
	readonly field: ContentField;
	/** Row id. */
	readonly row: string;
	/** As its column has it: text in UTF-8, or what another program has sealed. */
	readonly plaintext: Uint8Array;
}

/** The same beside its envelope. */
export interface SealedWithPlaintext extends PlaintextValue {
	readonly sealed: Uint8Array;
}

/** LOOKS_SEALED: it is ciphertext already. INVALID: it is no value of its field's type, or sealed under no key of ours. */
export type SealRejection = 'LOOKS_SEALED' | 'INVALID';

export type SealedComparison = 'SAME' | 'DIFFERENT' | 'UNOPENED';

/** What maintenance does with values in the clear: seals them, and compares. Nothing of them is answered. */
export interface PlaintextMaintenance {
	/**
	 * Seals values of one class, in their order; what can't be sealed is left, with the reason.
	 * @throws FirmsealError INTERNAL without the right; KeyUnavailableError if a key can't be had: nothing was sealed.
	 */
	sealPlaintext(
		capability: MaintenanceCapability,
		values: readonly PlaintextValue[],
	): Promise<{ readonly values: readonly (Uint8Array | SealRejection)[]; readonly keys: readonly KeyUse[] }>;
	/** Opens each envelope and compares it with what is in the clear. @throws as sealPlaintext() */
	compare(
		capability: MaintenanceCapability,
		values: readonly SealedWithPlaintext[],
	): Promise<{ readonly outcomes: readonly SealedComparison[]; readonly keys: readonly KeyUse[] }>;
	/**
	 * How many of the values are found in the clear in the bytes that are read, such as a table's files. A value shorter than
	 * SHORTEST_NEEDLE bytes is not looked for. @throws as sealPlaintext()
	 */
	countFoundIn(
		capability: MaintenanceCapability,
		values: readonly Omit<SealedWithPlaintext, 'plaintext'>[],
		pieces: AsyncIterable<Uint8Array>,
	): Promise<number>;
}

/** Bytes of text by which a value is told from any other by chance; so many of its beginning are looked for, at most. */
const SHORTEST_NEEDLE = 16;
const LONGEST_NEEDLE = 64;

interface PlaintextMaintenanceParts<Key> {
	readonly keys: MaintenanceKeys<Key>;
	readonly aead: Aead<Key>;
	readonly plaintext: PlaintextCodec;
}

export const createPlaintextMaintenance = <Key>(parts: PlaintextMaintenanceParts<Key>): PlaintextMaintenance => ({
	sealPlaintext: (capability, values) => sealPlaintext(parts, capability, values),
	compare: (capability, values) => compare(parts, capability, values),
	countFoundIn: (capability, values, pieces) => countFoundIn(parts, capability, values, pieces),
});

async function sealPlaintext<Key>(
	{ keys, aead, plaintext }: PlaintextMaintenanceParts<Key>,
	capability: MaintenanceCapability,
	values: readonly PlaintextValue[],
): ReturnType<PlaintextMaintenance['sealPlaintext']> {
	for (const { field } of values) assertMayMaintain(capability, field);
	const { firm, class: of } = capability;
	if (of === null || values.length === 0) return { values: [], keys: [] };
	const key = await keys.sealing(firm, of, values.length);
	const sealed = values.map((value) => {
		const { field, row } = value;
		if (looksSealed(field, firm, value.plaintext)) return 'LOOKS_SEALED';
		const payload = payloadOf(plaintext, value, field.pad);
		if (payload === null) return 'INVALID';
		try {
			return sealPayload(aead, key.field(field.table, field.column), row, payload);
		} finally {
			payload.fill(0);
		}
	});
	return { values: sealed, keys: usesOf([key]) };
}

async function compare<Key>(
	parts: PlaintextMaintenanceParts<Key>,
	capability: MaintenanceCapability,
	values: readonly SealedWithPlaintext[],
): ReturnType<PlaintextMaintenance['compare']> {
	const { results, keys } = await openEach(parts, capability, values, (value, payload): SealedComparison => {
		const held = payload && openOrNull(() => encode(value.field, decodeValue(value.field.valueType, payload)));
		if (!held) return 'UNOPENED';
		const clear = payloadOf(parts.plaintext, value, 0);
		const isSame = clear !== null && Buffer.compare(held, clear) === 0;
		held.fill(0);
		clear?.fill(0);
		return isSame ? 'SAME' : 'DIFFERENT';
	});
	return { outcomes: results, keys };
}

async function countFoundIn<Key>(
	parts: PlaintextMaintenanceParts<Key>,
	capability: MaintenanceCapability,
	values: readonly Omit<SealedWithPlaintext, 'plaintext'>[],
	pieces: AsyncIterable<Uint8Array>,
): Promise<number> {
	const { results } = await openEach(parts, capability, values, ({ field }, payload) => {
		if (!payload) return null;
		const text = openOrNull(() =>
			Buffer.from(parts.plaintext.encode({ ...field, movedFrom: 'text' }, decodeValue(field.valueType, payload))),
		);
		return text && text.length >= SHORTEST_NEEDLE ? text.subarray(0, LONGEST_NEEDLE) : null;
	});
	const needles = results.filter((needle) => needle !== null);
	const found = new Set<Buffer>();
	let tail = Buffer.alloc(0);
	for await (const piece of pieces) {
		// What lies across two pieces is found in the next.
		const bytes = Buffer.concat([tail, piece]);
		for (const needle of needles) if (!found.has(needle) && bytes.includes(needle)) found.add(needle);
		tail = bytes.subarray(Math.max(0, bytes.length - LONGEST_NEEDLE));
	}
	for (const needle of needles) needle.fill(0);
	return found.size;
}

/** Opens values of one class. `use` is given each payload, or null if it does not open; the payload is overwritten afterwards. */
async function openEach<Key, Value extends Omit<SealedWithPlaintext, 'plaintext'>, T>(
	{ keys, aead }: PlaintextMaintenanceParts<Key>,
	capability: MaintenanceCapability,
	values: readonly Value[],
	use: (value: Value, payload: Uint8Array | null) => T,
): Promise<{ readonly results: readonly T[]; readonly keys: readonly KeyUse[] }> {
	for (const { field } of values) assertMayMaintain(capability, field);
	const { firm, class: of } = capability;
	const opening = of === null ? new Map<number, never>() : await loadOpeningKeys(keys, firm, of, values);
	const results = values.map((value) => {
		const { field, row, sealed } = value;
		const key = opening.get(keyVersionOrNull(sealed) ?? 0);
		const payload = key ? openOrNull(() => openPayload(aead, key.field(field.table, field.column), row, sealed)) : null;
		try {
			return use(value, payload);
		} finally {
			payload?.fill(0);
		}
	});
	return { results, keys: usesOf([...opening.values()]) };
}

/**
 * The payload of what is in the clear; null for what is no value of the type.
 * @throws FirmsealError KEY_UNAVAILABLE without a key of the program that sealed it
 */
function payloadOf(codec: PlaintextCodec, { field, plaintext }: PlaintextValue, pad: number): Uint8Array | null {
	try {
		return encode(field, codec.decode(field, plaintext), pad);
	} catch (error) {
		const isOfValue = error instanceof FirmsealError && error.code !== 'INTERNAL' && error.code !== 'KEY_UNAVAILABLE';
		if (isOfValue) return null;
		throw error;
	}
}

const encode = (field: ContentField, value: unknown, pad = 0) => encodeValue(field.valueType, value, pad);

/** null for what does not open. */
function openOrNull<T>(open: () => T): T | null {
	try {
		return open();
	} catch (error) {
		if (isUnopenable(error)) return null;
		throw error;
	}
}
