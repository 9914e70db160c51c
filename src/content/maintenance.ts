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

/** A stored value, by the names that it is bound to. */
export interface StoredValue {
	readonly field: SealedField;
	/** Row id. */
	readonly row: string;
	readonly sealed: Uint8Array;
}

/** A text that is to be stored. */
export interface NewText extends Pick<StoredValue, 'field' | 'row'> {
	readonly text: string;
}

/** What became of a value: resealed, or null for one that does not open, which is left as it is. */
export type Resealed = Uint8Array | null;

export interface ResealedPage {
	/** In the order of the values. */
	readonly values: readonly Resealed[];
	/** The data keys that opened and sealed them, for the log. */
	readonly keys: readonly KeyUse[];
}

/**
 * Content for the jobs of maintenance. What is opened here is sealed again in the same stretch and never answered, except where a file lies.
 * Each function refuses a capability that wasn't issued for the firm and class.
 */
export interface Maintenance extends PlaintextMaintenance, FileMaintenance {
	/**
	 * Seals values of one row or many under the ACTIVE version of their key, byte for byte the same payload.
	 * @throws FirmsealError INTERNAL without the right; KeyUnavailableError if a key can't be had: nothing was sealed.
	 */
	reseal(capability: MaintenanceCapability, values: readonly StoredValue[]): Promise<ResealedPage>;
	/**
	 * The name of a file's object: the one thing that is answered in the clear, because the store needs it.
	 * @throws FirmsealError CIPHERTEXT_INVALID, KEY_UNAVAILABLE; INTERNAL without the right.
	 */
	locateFile(capability: MaintenanceCapability, location: StoredValue): Promise<string>;
	/** The same, not answered but sealed to another row: what a deletion list has of it. @throws as locateFile() */
	sealLocationFor(
		capability: MaintenanceCapability,
		location: StoredValue,
		place: Pick<StoredValue, 'field' | 'row'>,
	): Promise<Uint8Array>;
	/** Seals what rows say of a file from now on, such as where its object lies; in their order. @throws as reseal() */
	sealTexts(capability: MaintenanceCapability, texts: readonly NewText[]): Promise<readonly Uint8Array[]>;
}

export interface MaintenanceParts<Key> {
	/** Of the job alone: they come with it and go with it. */
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
			// All of them, so that what is sealed is never more than was counted.
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
