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

/** Notices to owners and members, but not to portal users. A notice is inserted in the transaction of its event. */
export const notices = pgTable(
	'notices',
	{
		id: uuid('id').primaryKey(),
		/** No foreign key, because the worker can lock a firm's row, and an owner who cancels a recovery must not wait for that. */
		firmId: uuid('firm_id').notNull(),
		kind: text('kind', { enum: NOTICE_KINDS }).notNull(),
		/** EVERYBODY: owners and members. */
		audience: text('audience', { enum: ['OWNERS', 'EVERYBODY'] }).notNull(),
		/** Null for the platform's people, whom a firm does not see. */
		actorId: uuid('actor_id').references(() => users.id),
		userId: uuid('user_id').references(() => users.id),
		role: text('role', { enum: ['OWNER', 'MEMBER', 'CLIENT'] }),
		invitationId: uuid('invitation_id'),
		leaseId: uuid('lease_id'),
		jobId: uuid('job_id'),
		jobKind: text('job_kind', { enum: JOB_KINDS }),
		/** The job's state at the time of the notice. */
		jobState: text('job_state', { enum: JOB_STATES }),
		/** The new state of the firm's own key. */
		keyState: text('key_state', { enum: OWN_KEY_STATES }),
		createdAt: createdAt(),
		/** A digest (32 bytes) that repeated notices share (notice_folds_as()); null if the notice always stays separate. */
		foldsAs: bytea('folds_as'),
		/** Number of repetitions that this notice counts, and the time of the last one. */
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

/** Recoveries of firms that have lost their owners. A recovery is open until it has a row in owner_recovery_ends. */
export const ownerRecoveries = pgTable(
	'owner_recoveries',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		/** The future owner. */
		userId: uuid('user_id')
			.notNull()
			.references(() => users.id),
		requestedBy: uuid('requested_by')
			.notNull()
			.references(() => users.id),
		requestedAt: time('requested_at').notNull().default(sql`now()`),
		approvedBy: uuid('approved_by').references(() => users.id),
		approvedAt: time('approved_at'),
		/** When the firm's own plane saw the approval. From then on the firm has 72 hours to object. */
		seenAt: time('seen_at'),
	},
	(t) => [
		check('owner_recoveries_approval_whole', sql`(${t.approvedBy} is null) = (${t.approvedAt} is null)`),
		check('owner_recoveries_seen_approved', sql`${t.seenAt} is null or ${t.approvedAt} is not null`),
	],
);

const OUTCOMES = ['COMPLETED', 'CANCELLED', 'WITHDRAWN'] as const;

/**
 * Ends of recoveries: completed, cancelled by an owner, or withdrawn by the platform or by a suspension. Separate rows without a foreign key, and
 * two partial indexes: an owner's objection can wait only for the transaction that completes the recovery, and for no other.
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
