import type { KeyUse } from '../../audit/index.ts';
import type { MoveRow, Transaction } from '../../database/index.ts';

/**
 * What a row holds, compared: SAME in both forms, or why it is not. Of files: ABSENT, the one in the clear is not there any more, and the
 * encrypted one is whole; REMOVED, its version was, and only the clear one is left.
 */
export type RowState = 'SAME' | 'DIFFERENT' | 'UNOPENED' | 'PLAIN_ONLY' | 'SEALED_ONLY' | 'ABSENT' | 'REMOVED';

export type Counts = Readonly<Record<string, number>>;

/** A row that holds something in the clear. */
export type PlainRow = MoveRow & { readonly plain: Uint8Array };

export const hasPlain = (row: MoveRow): row is PlainRow => row.plain !== null;

/** Work that was done outside of any transaction, to be written in that of its page. */
export interface MovePage {
	/** Ids of rows that can't be done, and stay as they are. */
	readonly left: readonly string[];
	readonly findings: Counts;
	readonly keys: readonly KeyUse[];
	/** Answers the ids of the rows that are done. */
	write(tx: Transaction): Promise<readonly string[]>;
}

/** The one way of values and of files through the phases: what differs. */
export interface MoveStrategy {
	/** At most so many rows and bytes of them with one page. */
	readonly page: { readonly rows: number; readonly bytes: number };
	/** What VERIFY takes for whole. */
	readonly isWhole: (state: RowState) => boolean;
	/** What CLEAR may take away what is in the clear of. */
	readonly mayClear: (state: RowState) => boolean;
	/** Whether what is in the clear is looked for in the files of the table. */
	readonly isInTable: boolean;
	/** Seals what is only in the clear. */
	seal(rows: readonly PlainRow[]): Promise<MovePage>;
	/** Opens what is sealed, and compares it with what is in the clear; by row id. A row that is another meanwhile is left out. */
	compare(rows: readonly MoveRow[]): Promise<{
		readonly states: ReadonlyMap<string, RowState>;
		readonly keys: readonly KeyUse[];
	}>;
	/** Takes away what is in the clear of rows whose state allows it. `isAgain`: another worker may have been at it. */
	clear(rows: readonly PlainRow[], isAgain: boolean): Promise<Omit<MovePage, 'keys'>>;
}
