import { type Aead, type FieldKey, prepareFieldKey } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { deriveDocumentKey, deriveFieldKey, deriveFirmTag } from './derive-keys.ts';

/** One sealed column, by the names its values are bound to, and its content class. */
export interface SealedField {
	readonly class: string;
	readonly table: string;
	readonly column: string;
}

/** Which data key, and the call of the key service that opened it. */
export interface ClassKeyOrigin {
	readonly firm: string;
	readonly class: string;
	readonly version: number;
	/** The wrapping key's id. */
	readonly keyId: string;
	/** The key service's id of the call, for the audit entry. */
	readonly requestId: string;
}

/** The class that the files of documents are of. */
const FILES = 'DOCUMENT';

/** What is left of a data key once it has been unwrapped: the keys derived from it, as handles of the cipher. */
export interface ClassKey<Key> extends ClassKeyOrigin {
	/** Throws INTERNAL for a column that isn't of this class. */
	field(table: string, column: string): FieldKey<Key>;
	/** The key of the firm's files. Throws INTERNAL for a class other than DOCUMENT. */
	document(): Key;
}

/**
 * Derives and imports every key of a class; raw derived keys are overwritten here, `dataKey` by the caller.
 * Done for all columns, and the files, at once, so that nobody has a reason to keep the data key.
 */
export function deriveClassKey<Key>(
	aead: Aead<Key>,
	fields: readonly SealedField[],
	origin: ClassKeyOrigin,
	dataKey: Uint8Array,
): ClassKey<Key> {
	const firmTag = deriveFirmTag(origin.firm);
	const imported = (raw: Uint8Array): Key => {
		try {
			return aead.importKey(raw);
		} finally {
			raw.fill(0);
		}
	};
	const tables = new Map<string, Map<string, FieldKey<Key>>>();
	for (const field of fields) {
		if (field.class !== origin.class) continue;
		const place = { firm: origin.firm, class: field.class, table: field.table, column: field.column };
		const key = imported(deriveFieldKey(dataKey, place));
		const columns = tables.get(field.table) ?? new Map<string, FieldKey<Key>>();
		tables.set(
			field.table,
			columns.set(field.column, prepareFieldKey({ place, firmTag, version: origin.version, key })),
		);
	}
	const documentKey = origin.class === FILES ? { key: imported(deriveDocumentKey(dataKey, origin.firm)) } : null;
	return {
		...origin,
		field(table, column) {
			const key = tables.get(table)?.get(column);
			if (key) return key;
			throw new FirmsealError('INTERNAL', `No field of class ${origin.class} is bound to ${table}.${column}.`);
		},
		document() {
			if (documentKey) return documentKey.key;
			throw new FirmsealError('INTERNAL', `No file is of class ${origin.class}.`);
		},
	};
}
