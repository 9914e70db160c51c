import type { SQL } from 'drizzle-orm';
import type { Transaction } from './plane.ts';

/** The only column of a statement's first row; undefined without a row. */
export async function selectValue(tx: Transaction, statement: SQL): Promise<unknown> {
	const {
		rows: [row],
	} = await tx.execute(statement);
	return row && Object.values(row)[0];
}

/** The same as a number; 0 for null or without a row. */
export const selectNumber = async (tx: Transaction, statement: SQL): Promise<number> =>
	Number((await selectValue(tx, statement)) ?? 0);

/** The same as a boolean; false for null or without a row. */
export const selectBoolean = async (tx: Transaction, statement: SQL): Promise<boolean> =>
	(await selectValue(tx, statement)) === true;

/** The first row; null if there is none. */
export const firstRow = async <Row>(rows: PromiseLike<readonly Row[]>): Promise<Row | null> => (await rows)[0] ?? null;

export const isOneRow = async (rows: PromiseLike<readonly unknown[]>): Promise<boolean> => (await rows).length === 1;
