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

/** A plaintext value, with the names that its envelope will be bound to. */
export interface PlaintextValue {
	readonly field: ContentField;
	/** Row id. */
	readonly row: string;
	/** The bytes of the column: UTF-8 text, or a value that another program has sealed. */
	readonly plaintext: Uint8Array;
}

/** A plaintext value and its envelope. */
export interface SealedWithPlaintext extends PlaintextValue {
	readonly sealed: Uint8Array;
}

/** LOOKS_SEALED: it is already ciphertext. INVALID: it is not of its field's type, or no given key opens it. */
export type SealRejection = 'LOOKS_SEALED' | 'INVALID';

export type SealedComparison = 'SAME' | 'DIFFERENT' | 'UNOPENED';

/** Seals and compares plaintext values for jobs. Never returns plaintext. */
export interface PlaintextMaintenance {
	/**
	 * Seals values of one class, in order. Returns the reason instead for a value that cannot be sealed.
	 * @throws FirmsealError INTERNAL without the right; KeyUnavailableError if a key is unavailable: then no value was sealed.
	 */
	sealPlaintext(
		capability: MaintenanceCapability,
		values: readonly PlaintextValue[],
	): Promise<{ readonly values: readonly (Uint8Array | SealRejection)[]; readonly keys: readonly KeyUse[] }>;
	/** Opens each envelope and compares it with the plaintext. @throws as sealPlaintext() */
	compare(
		capability: MaintenanceCapability,
		values: readonly SealedWithPlaintext[],
	): Promise<{ readonly outcomes: readonly SealedComparison[]; readonly keys: readonly KeyUse[] }>;
	/**
	 * How many of the values occur as plaintext in the given bytes, such as the files of a table. Does not look for values shorter than
	 * MIN_NEEDLE_BYTES. @throws as sealPlaintext()
	 */
	countFoundIn(
		capability: MaintenanceCapability,
		values: readonly Omit<SealedWithPlaintext, 'plaintext'>[],
		pieces: AsyncIterable<Uint8Array>,
	): Promise<number>;
}

/** A shorter text could occur by chance. */
const MIN_NEEDLE_BYTES = 16;
/** Only this many bytes from the start of a value are searched for. */
const MAX_NEEDLE_BYTES = 64;

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
		return text && text.length >= MIN_NEEDLE_BYTES ? text.subarray(0, MAX_NEEDLE_BYTES) : null;
	});
	const needles = results.filter((needle) => needle !== null);
	const found = new Set<Buffer>();
	let tail = Buffer.alloc(0);
	for await (const piece of pieces) {
		// The tail of the previous piece finds a value that lies across two pieces.
		const bytes = Buffer.concat([tail, piece]);
		for (const needle of needles) if (!found.has(needle) && bytes.includes(needle)) found.add(needle);
		tail = bytes.subarray(Math.max(0, bytes.length - MAX_NEEDLE_BYTES));
	}
	for (const needle of needles) needle.fill(0);
	return found.size;
}

/** Opens values of one class. Passes each payload to `use`, or null if it does not open, and overwrites the payload afterwards. */
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
 * The payload of a plaintext value. Null if it is not of the field's type.
 * @throws FirmsealError KEY_UNAVAILABLE without a key of the program that sealed the value.
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

/** Null if the value does not open. */
function openOrNull<T>(open: () => T): T | null {
	try {
		return open();
	} catch (error) {
		if (isUnopenable(error)) return null;
		throw error;
	}
}
