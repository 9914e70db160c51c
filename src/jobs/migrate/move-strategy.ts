import type { KeyUse } from '../../audit/index.ts';
import type { MoveRow, Transaction } from '../../database/index.ts';

/**
 * The result of comparing a row: SAME in both forms, or why not. For files: ABSENT if the plaintext object is gone and the encrypted one is
 * whole; REMOVED if the version was removed and only the plaintext object is left.
 */
export type RowState = 'SAME' | 'DIFFERENT' | 'UNOPENED' | 'PLAIN_ONLY' | 'SEALED_ONLY' | 'ABSENT' | 'REMOVED';

export type Counts = Readonly<Record<string, number>>;

export type PlainRow = MoveRow & { readonly plain: Uint8Array };

export const hasPlain = (row: MoveRow): row is PlainRow => row.plain !== null;

/** Work that was done outside any transaction. The page's transaction writes it. */
export interface MovePage {
	/** Ids of rows that failed and stay unchanged. */
	readonly left: readonly string[];
	readonly findings: Counts;
	readonly keys: readonly KeyUse[];
	/** Returns the ids of the rows that are done. */
	write(tx: Transaction): Promise<readonly string[]>;
}

/** What differs between values and files when they move through the phases. */
export interface MoveStrategy {
	/** Most rows, and bytes, of one page. */
	readonly page: { readonly rows: number; readonly bytes: number };
	/** True for the states that VERIFY accepts. */
	readonly isWhole: (state: RowState) => boolean;
	/** True for the states whose plaintext CLEAR may remove. */
	readonly mayClear: (state: RowState) => boolean;
	/** True if the table's files are searched for plaintext. */
	readonly isInTable: boolean;
	seal(rows: readonly PlainRow[]): Promise<MovePage>;
	/** Opens the sealed form of rows and compares it with the plaintext; by row id. A row that was changed meanwhile is left out. */
	compare(rows: readonly MoveRow[]): Promise<{
		readonly states: ReadonlyMap<string, RowState>;
		readonly keys: readonly KeyUse[];
	}>;
	/** Removes the plaintext of rows whose state allows it. `isAgain`: another worker may have begun this page before. */
	clear(rows: readonly PlainRow[], isAgain: boolean): Promise<Omit<MovePage, 'keys'>>;
}
