import type { Table } from 'drizzle-orm';
import type { Sealed } from '../database/sealed.ts';

/** A row, or a part of one, with its content as a client has given it. */
export interface GivenRow {
	/** A lower-case UUID: part of what the values are sealed to. */
	readonly id: string;
}

/** The same with what the sealed() columns hold; everything else as it was. */
export type SealedRow<T extends Table, Row extends GivenRow> = {
	[Name in keyof Row]: Name extends SealedNames<T> ? Sealed | null : Row[Name];
};

type SealedNames<T extends Table> = {
	[Name in keyof T['$inferSelect']]: NonNullable<T['$inferSelect'][Name]> extends Sealed ? Name : never;
}[keyof T['$inferSelect']];
