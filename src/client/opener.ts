import type { CustodyState } from '../custody/index.ts';
import type { WriteKind } from './coordinate-types.ts';

/** Custody of a content class, by the verified key log. src/custody/FORMAT.md, section 5. */
export type CustodyOfClass = CustodyState;

/** The custody of each content class. */
export type CustodyOf = (contentClass: string) => CustodyOfClass;

/** The sealed value of one field. */
export interface SealedValue {
	/** The name of the field in the schema. */
	readonly name: string;
	/** Base64 of the envelope; null for SQL NULL. */
	readonly envelope: string | null;
}

/** A record of an answer. Everything in it but `type` and `requestedId` came from the service and is not verified. */
export interface RecordToOpen {
	/** The path of the object in the answer. */
	readonly path: readonly (string | number)[];
	readonly type: string;
	readonly id: string;
	readonly firm: string;
	/** The thread of a message; null for other types. */
	readonly thread: string | null;
	/** JSON. FORMAT.md, section 10. */
	readonly stamp: string;
	readonly fields: readonly SealedValue[];
	/** The id that the document asked for. A record with another id must be refused. null if the document named none. */
	readonly requestedId: string | null;
}

/** A value, or why it does not open, as a sentence without a value in it. */
export type OpenedValue =
	| { readonly name: string; readonly value: unknown }
	| { readonly name: string; readonly why: string };

export interface OpenedRecord {
	readonly fields: readonly OpenedValue[];
	/** True if the author's device is no longer active and the stamp was not seen before. FORMAT.md, section 10. */
	readonly isAuthorInactive: boolean;
}

/** The content of a row to write. Structured-cloneable. */
export interface RowToSeal {
	readonly type: string;
	readonly kind: WriteKind;
	readonly id: string;
	/** The revision that an update is based on; null for a create. */
	readonly expectedRevision: number | null;
	/** Values by field, null for SQL NULL. A create leaves out what is null, an update what does not change. */
	readonly values: Readonly<Record<string, unknown>>;
	/** The thread of a message; null for other types. */
	readonly thread: string | null;
	/**
	 * For an update: the row as it is. null for a create. null also for an update of a row that the service still seals (MOVING, BACK):
	 * then `values` has all columns that a client may write.
	 */
	readonly current: RecordToOpen | null;
}

/** What an input takes instead of its content arguments. */
export interface SealedContent {
	/** JSON. FORMAT.md, section 10. */
	readonly stamp: string;
	readonly fields: readonly SealedValue[];
}

/** The part of a client that holds keys. */
export interface Opener {
	/** Resolves once the key log is verified and keys can be used; waits for the person to unlock the device. Rejects if that fails. */
	ready(): Promise<void>;
	/**
	 * Resolves once the device may send content, and `custody` is that of the state by which this was decided. Called after `ready` before
	 * a mutation, which could otherwise send values as plain text that belong to the firm alone. Rejects if it may not.
	 */
	confirm(): Promise<void>;
	/** Called only after `ready`. */
	custody(contentClass: string): CustodyOfClass;
	/** Opens one answer. Gives one result for each record, in the same order. A value that does not open does not reject. */
	open(records: readonly RecordToOpen[]): Promise<readonly OpenedRecord[]>;
	/** Seals the rows of one mutation, in the same order. Rejects if one cannot be sealed. */
	seal(rows: readonly RowToSeal[]): Promise<readonly SealedContent[]>;
}
