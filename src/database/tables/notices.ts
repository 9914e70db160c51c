import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, createdAt, quotedNameList, time } from './columns.ts';
import { OWN_KEY_STATES } from './data-keys.ts';
import { firms } from './firms.ts';
import { JOB_KINDS, JOB_STATES } from './jobs.ts';
import { users } from './users.ts';

export const NOTICE_KINDS = [
	'MEMBER_INVITED',
	'INVITATION_REVOKED',
	'SIGN_IN_CHANGED',
	'MEMBER_ADDED',
	'MEMBER_ROLE_CHANGED',
	'MEMBER_REMOVED',
	'OWNER_RECOVERY_REQUESTED',
	'OWNER_RECOVERY_APPROVED',
	'OWNER_RECOVERY_COMPLETED',
	'OWNER_RECOVERY_CANCELLED',
	'ACCESS_POLICY_CHANGED',
	'LEASE_REQUESTED',
	'LEASE_APPROVED',
	'LEASE_DENIED',
	'LEASE_ACTIVATED',
	'LEASE_READ',
	'LEASE_ENDED',
	'LEASE_REVIEWED',
	'JOB_REQUESTED',
	'JOB_ENDED',
	'KEY_STATE_CHANGED',
	'APPROVER_DISABLED',
] as const;

/** What owners and members are told, portal clients not. Written in the transaction of what it tells. */
export const notices = pgTable(
	'notices',
	{
		id: uuid('id').primaryKey(),
		/** No foreign key: the worker can lock a firm's row, and an owner who calls a recovery off must not wait for that. */
		firmId: uuid('firm_id').notNull(),
		kind: text('kind', { enum: NOTICE_KINDS }).notNull(),
		/** OWNERS, or EVERYBODY: members too. */
		audience: text('audience', { enum: ['OWNERS', 'EVERYBODY'] }).notNull(),
		/** null: the platform's people, whom a firm doesn't see. */
		actorId: uuid('actor_id').references(() => users.id),
		userId: uuid('user_id').references(() => users.id),
		role: text('role', { enum: ['OWNER', 'MEMBER', 'CLIENT'] }),
		/** Which invitation. */
		invitationId: uuid('invitation_id'),
		/** Which break-glass lease. */
		leaseId: uuid('lease_id'),
		/** Which job of maintenance, and of what kind. */
		jobId: uuid('job_id'),
		jobKind: text('job_kind', { enum: JOB_KINDS }),
		/** What it had come to when this was told. */
		jobState: text('job_state', { enum: JOB_STATES }),
		/** What has become of the key that the firm has brought. */
		keyState: text('key_state', { enum: OWN_KEY_STATES }),
		createdAt: createdAt(),
		/** A digest of what it repeats (notice_folds_as()), of 32 bytes; null: it is always a notice of its own. */
		foldsAs: bytea('folds_as'),
		/** How many more of the same this one stands for since, and when the last of them was. */
		repeats: integer('repeats').notNull().default(0),
		lastAt: time('last_at'),
	},
	(t) => [
		index('notices_by_creation').on(t.firmId, t.createdAt, t.id),
		index('notices_by_fold').on(t.firmId, t.kind, t.foldsAs, t.createdAt).where(sql`folds_as is not null`),
		check('notices_audience_known', sql`${t.audience} in ('OWNERS', 'EVERYBODY')`),
		check('notices_role_known', sql`${t.role} in ('OWNER', 'MEMBER', 'CLIENT')`),
		check(
			'notices_job_known',
			sql`${t.jobKind} in (${quotedNameList(JOB_KINDS)}) and ${t.jobState} in (${quotedNameList(JOB_STATES)})`,
		),
		check('notices_key_state_known', sql`${t.keyState} in (${quotedNameList(OWN_KEY_STATES)})`),
		check('notices_folds_as_size', sql`octet_length(${t.foldsAs}) = 32`),
		check('notices_kind_known', sql`${t.kind} in (${quotedNameList(NOTICE_KINDS)})`),
	],
);

/** The way of a firm that has lost its owners to a new one: who asked and who agreed. It goes on until it has an end. */
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
		/** When the firm's own plane found it approved; from then on the firm has 72 hours to object. */
		seenAt: time('seen_at'),
	},
	(t) => [
		check('owner_recoveries_approval_whole', sql`(${t.approvedBy} is null) = (${t.approvedAt} is null)`),
		check('owner_recoveries_seen_approved', sql`${t.seenAt} is null or ${t.approvedAt} is not null`),
	],
);

const OUTCOMES = ['COMPLETED', 'CANCELLED', 'WITHDRAWN'] as const;

/**
 * How a recovery ended: done, called off by an owner, or withdrawn by the platform or by a suspension. Rows of their own
 * without a foreign key, and an index in which only who makes the owner meets an owner who objects: no one else can hold
 * anything that the objection waits for.
 */
export const ownerRecoveryEnds = pgTable(
	'owner_recovery_ends',
	{
		recoveryId: uuid('recovery_id').notNull(),
		firmId: uuid('firm_id').notNull(),
		outcome: text('outcome', { enum: OUTCOMES }).notNull(),
		endedAt: time('ended_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		uniqueIndex('owner_recovery_ends_done_or_cancelled').on(t.recoveryId).where(sql`outcome <> 'WITHDRAWN'`),
		uniqueIndex('owner_recovery_ends_done_or_withdrawn').on(t.recoveryId).where(sql`outcome <> 'CANCELLED'`),
		check('owner_recovery_ends_outcome_known', sql`${t.outcome} in (${quotedNameList(OUTCOMES)})`),
	],
);
