import type { MaintenanceCapability } from '../access/index.ts';
import type { KeyUse } from '../audit/index.ts';
import {
	type Aead,
	type ChunkAead,
	encodeValue,
	openPayload,
	openValue,
	readKeyVersion,
	sealPayload,
} from '../envelope/index.ts';
import type { ClassKey, DataKeys, SealedField } from '../keys/index.ts';
import { FILE_CLASS } from './file-content.ts';
import { createFileMaintenance, type FileMaintenance } from './file-maintenance.ts';
import {
	assertMayMaintain,
	isUnopenable,
	keyVersionOrNull,
	loadOpeningKeys,
	maintenanceKeys,
	usesOf,
} from './maintenance-keys.ts';
import type { PlaintextCodec } from './plaintext-codec.ts';
import { createPlaintextMaintenance, type PlaintextMaintenance } from './plaintext-maintenance.ts';

/** A stored value, with the names that it is bound to. */
export interface StoredValue {
	readonly field: SealedField;
	/** Row id. */
	readonly row: string;
	readonly sealed: Uint8Array;
}

/** A text to store. */
export interface NewText extends Pick<StoredValue, 'field' | 'row'> {
	readonly text: string;
}

/** The resealed value, or null for a value that does not open, which stays unchanged. */
export type Resealed = Uint8Array | null;

export interface ResealedPage {
	/** In the order of the values. */
	readonly values: readonly Resealed[];
	/** The data keys that opened and sealed the values, for the log. */
	readonly keys: readonly KeyUse[];
}

/**
 * Content for jobs. A value that is opened here is sealed again at once and never returned, except the location of a file. Each function
 * refuses a capability that was not issued for the firm and class.
 */
export interface Maintenance extends PlaintextMaintenance, FileMaintenance {
	/**
	 * Seals values of one or more rows under the ACTIVE version of their key. The payload stays the same, byte for byte.
	 * @throws FirmsealError INTERNAL without the right; KeyUnavailableError if a key is unavailable: then no value was sealed.
	 */
	reseal(capability: MaintenanceCapability, values: readonly StoredValue[]): Promise<ResealedPage>;
	/**
	 * The name of a file's object: the only plaintext that maintenance returns, because the store needs it.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	locateFile(capability: MaintenanceCapability, location: StoredValue): Promise<string>;
	/** The name of a file's object, sealed for another row such as one of a deletion list. @throws as locateFile() */
	sealLocationFor(
		capability: MaintenanceCapability,
		location: StoredValue,
		place: Pick<StoredValue, 'field' | 'row'>,
	): Promise<Uint8Array>;
	/** Seals new texts about a file, such as the location of its object, in order. @throws as reseal() */
	sealTexts(capability: MaintenanceCapability, texts: readonly NewText[]): Promise<readonly Uint8Array[]>;
}

export interface MaintenanceParts<Key> {
	/** Keys of this job only. */
	readonly dataKeys: DataKeys<Key>;
	readonly aead: Aead<Key> & ChunkAead<Key>;
	readonly plaintext: PlaintextCodec;
}

export function createMaintenance<Key>({ dataKeys, aead, plaintext }: MaintenanceParts<Key>): Maintenance {
	const keys = maintenanceKeys(dataKeys);
	const { opening, sealing } = keys;
	async function locate({ firm }: MaintenanceCapability, { field, row, sealed }: StoredValue): Promise<string> {
		const key = await opening(firm, field.class, readKeyVersion(sealed));
		return openValue(aead, key.field(field.table, field.column), row, 'String', sealed) as string;
	}
	return {
		...createPlaintextMaintenance({ keys, aead, plaintext }),
		...createFileMaintenance({ keys, aead }),

		async reseal(capability, values) {
			for (const { field } of values) assertMayMaintain(capability, field);
			const [first] = values;
			if (!first || capability.class === null) return { values: [], keys: [] };
			const { firm, class: of } = capability;
			const opened = await loadOpeningKeys(keys, firm, of, values);
			// Counts all values, so that the job never seals more than it counted.
			const key = await sealing(firm, of, values.length);
			return {
				values: values.map((value) => resealOne(aead, opened, key, value)),
				keys: usesOf([...opened.values(), key]),
			};
		},

		async locateFile(capability, location) {
			assertMayMaintain(capability, location.field);
			return locate(capability, location);
		},

		async sealLocationFor(capability, location, { field, row }) {
			assertMayMaintain(capability, location.field);
			assertMayMaintain(capability, field);
			const name = await locate(capability, location);
			const key = await sealing(capability.firm, field.class, 1);
			return sealPayload(aead, key.field(field.table, field.column), row, encodeValue('String', name, 0));
		},

		async sealTexts(capability, texts) {
			for (const { field } of texts) assertMayMaintain(capability, field);
			const key = await sealing(capability.firm, FILE_CLASS, texts.length);
			return texts.map(({ field, row, text }) =>
				sealPayload(aead, key.field(field.table, field.column), row, encodeValue('String', text, 0)),
			);
		},
	};
}

function resealOne<Key>(
	aead: Aead<Key>,
	opening: ReadonlyMap<number, ClassKey<Key>>,
	sealing: ClassKey<Key>,
	{ field: { table, column }, row, sealed }: StoredValue,
): Resealed {
	const key = opening.get(keyVersionOrNull(sealed) ?? 0);
	if (!key) return null;
	let payload: Uint8Array;
	try {
		payload = openPayload(aead, key.field(table, column), row, sealed);
	} catch (error) {
		if (isUnopenable(error)) return null;
		throw error;
	}
	try {
		return sealPayload(aead, sealing.field(table, column), row, payload);
	} finally {
		payload.fill(0);
	}
}
