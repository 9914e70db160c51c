import { sql } from 'drizzle-orm';
import { check, pgTable, text } from 'drizzle-orm/pg-core';
import { quotedNameList, time } from './columns.ts';

/**
 * How far a column of plaintext is on its way into a sealed one (src/jobs/migrate/README.md). No row: it has not begun, and what is
 * written is plaintext, as it was.
 */
export const MOVE_PHASES = ['EXPANDED', 'VERIFIED', 'CUTOVER', 'CONTRACTING', 'CONTRACTED', 'ROLLED_BACK'] as const;

export const columnMoves = pgTable(
	'column_moves',
	{
		/** `Type.field` */
		coordinate: text('coordinate').primaryKey(),
		/** SQL names. */
		table: text('table_name').notNull(),
		from: text('from_column').notNull(),
		to: text('to_column').notNull(),
		phase: text('phase', { enum: MOVE_PHASES }).notNull(),
		movedAt: time('moved_at').notNull().default(sql`clock_timestamp()`),
		/** Writes without ciphertext that the installation had counted when it was verified: one more, and it is not verified any more. */
		plaintextOnlyWrites: text('plaintext_only_writes'),
		/** When the table's files were rewritten, without what was in the clear. */
		rewrittenAt: time('rewritten_at'),
		/** What was found and done, as JSON in the order of its keys; its hash is in the log. */
		report: text('report'),
	},
	(t) => [check('column_moves_phase_known', sql`${t.phase} in (${quotedNameList(MOVE_PHASES)})`)],
);
