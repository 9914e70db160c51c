import { sql } from 'drizzle-orm';
import { check, pgTable, text } from 'drizzle-orm/pg-core';
import { quotedNameList, time } from './columns.ts';

/**
 * Phases of the move of a plaintext column into a sealed one (src/jobs/migrate/README.md). Without a row the move has not begun, and writes stay
 * plaintext.
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
		/** The installation's count of plaintext-only writes at the verification. Another such write makes the verification invalid. */
		plaintextOnlyWrites: text('plaintext_only_writes'),
		/** When the table's files were rewritten without the plaintext. */
		rewrittenAt: time('rewritten_at'),
		/** Report as JSON with sorted keys. Its hash is in the log. */
		report: text('report'),
	},
	(t) => [check('column_moves_phase_known', sql`${t.phase} in (${quotedNameList(MOVE_PHASES)})`)],
);
