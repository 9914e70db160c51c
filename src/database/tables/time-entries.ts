import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, uuid } from 'drizzle-orm/pg-core';
import { sealed, sealedChecks, stamp } from '../sealed.ts';
import { clients } from './clients.ts';
import { firmOwned, foreignKeyInFirm, foreignKeyToMember, time, uniqueByFirmAndId } from './columns.ts';
import { memberships } from './users.ts';

export const timeEntries = pgTable(
	'time_entries',
	{
		...firmOwned(),
		authorId: uuid('author_id').notNull(),
		clientId: uuid('client_id'),
		minutes: integer('minutes').notNull(),
		startedAt: time('started_at').notNull(),
		description: sealed('description'),
		stamp: stamp(),
	},
	(t) => [
		...uniqueByFirmAndId(t),
		foreignKeyToMember(t, t.authorId, memberships),
		foreignKeyInFirm(t, t.clientId, clients),
		index('time_entries_by_start').on(t.firmId, t.startedAt, t.id),
		index('time_entries_by_creation').on(t.firmId, t.createdAt, t.id),
		check('time_entries_minutes_range', sql`${t.minutes} between 1 and 1440`),
		...sealedChecks('time_entries', t),
	],
);
