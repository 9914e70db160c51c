import type { ContentField, SourceFormat } from '../content/index.ts';

/** One field marked `@encrypted`. There is exactly one frozen object per coordinate, so identity is equality. */
export interface EncryptedField extends ContentField {
	readonly typeName: string;
	readonly fieldName: string;
}

/** The two names in a value's context (FORMAT.md "Field envelope"). They never change, even if SQL renames the column. */
interface Binding {
	readonly table: string;
	readonly column: string;
}

/** One column of ciphertext, as data: the database's side of a mark. */
export interface SealedColumn {
	readonly typeName: string;
	readonly fieldName: string;
	/** SQL names. */
	readonly table: string;
	readonly column: string;
	readonly bind: Binding;
	/** The plaintext column that it takes over, if any. `type`: its SQL type, null if there is no such column. */
	readonly from?: { readonly column: string; readonly format: SourceFormat; readonly type: string | null };
}

/** Every sealed() column of the database. */
export type SealedColumns = readonly SealedColumn[];

/** Content of drizzle/sealed.lock.json: the binding of each coordinate's values. */
export type SealedLock = Readonly<Record<string, Binding & { readonly class: string }>>;

/** The lock of these fields, sorted by coordinate. */
export function deriveLock(fields: Iterable<EncryptedField>): SealedLock {
	const entries = [...fields].map(
		({ coordinate, table, column, class: contentClass }) =>
			[coordinate, { table, column, class: contentClass }] as const,
	);
	return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}
