import { sql } from 'drizzle-orm';
import { check, index, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { createdAt, time } from './columns.ts';
import { firms } from './firms.ts';
import { users } from './users.ts';

export const NOTICE_KINDS = [
	'MEMBER_ADDED',
	'MEMBER_ROLE_CHANGED',
	'MEMBER_REMOVED',
	'OWNER_RECOVERY_REQUESTED',
	'OWNER_RECOVERY_APPROVED',
	'OWNER_RECOVERY_COMPLETED',
	'OWNER_RECOVERY_CANCELLED',
] as const;

/** What a firm's people are told. Written in the transaction of what it tells; never changed. */
export const notices = pgTable(
	'notices',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		kind: text('kind', { enum: NOTICE_KINDS }).notNull(),
		/** OWNERS, or EVERYBODY who is of the firm. */
		audience: text('audience', { enum: ['OWNERS', 'EVERYBODY'] }).notNull(),
		/** null: the platform's people, whom a firm doesn't see. */
		actorId: uuid('actor_id').references(() => users.id),
		userId: uuid('user_id').references(() => users.id),
		role: text('role', { enum: ['OWNER', 'MEMBER', 'CLIENT'] }),
		createdAt: createdAt(),
	},
	(t) => [
		index('notices_by_creation').on(t.firmId, t.createdAt, t.id),
		check('notices_audience_known', sql`${t.audience} in ('OWNERS', 'EVERYBODY')`),
		check('notices_role_known', sql`${t.role} in ('OWNER', 'MEMBER', 'CLIENT')`),
		check('notices_kind_known', sql`${t.kind} in (${sql.raw(NOTICE_KINDS.map((kind) => `'${kind}'`).join(', '))})`),
	],
);

/** The way of a firm that has lost its owners to a new one: who asked, who agreed, and how it ended. One at a time. */
export const ownerRecoveries = pgTable(
	'owner_recoveries',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		/** Who is to be the owner. */
		userId: uuid('user_id')
			.notNull()
			.references(() => users.id),
		requestedBy: uuid('requested_by')
			.notNull()
			.references(() => users.id),
		requestedAt: time('requested_at').notNull().default(sql`now()`),
		approvedBy: uuid('approved_by').references(() => users.id),
		approvedAt: time('approved_at'),
		endedAt: time('ended_at'),
		outcome: text('outcome', { enum: ['COMPLETED', 'CANCELLED'] }),
	},
	(t) => [
		uniqueIndex('owner_recoveries_one_open').on(t.firmId).where(sql`ended_at is null`),
		check('owner_recoveries_approval_whole', sql`(${t.approvedBy} is null) = (${t.approvedAt} is null)`),
		check('owner_recoveries_end_whole', sql`(${t.endedAt} is null) = (${t.outcome} is null)`),
		check('owner_recoveries_outcome_known', sql`${t.outcome} in ('COMPLETED', 'CANCELLED')`),
	],
);
