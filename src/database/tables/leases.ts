import { sql } from 'drizzle-orm';
import {
	bigint,
	boolean,
	check,
	index,
	integer,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytea, createdAt, quotedNameList, time } from './columns.ts';
import { firms } from './firms.ts';
import { users } from './users.ts';
import { visibleLinesCheck } from './visible-text-checks.ts';

export const LEASE_STATES = [
	'REQUESTED',
	'APPROVED',
	'ACTIVATING',
	'ACTIVE',
	'EXPIRED',
	'REVOKED',
	'RELEASED',
	'EXHAUSTED',
	'DENIED',
	'CANCELLED',
	'LAPSED',
] as const;
export const LEASE_PURPOSES = ['CUSTOMER_SUPPORT', 'INCIDENT', 'LEGAL_PROCESS', 'SECURITY_REVIEW'] as const;
export const ACCESS_POLICIES = ['NEVER', 'APPROVE', 'NOTIFY'] as const;
const SIDES = ['FIRM', 'PLATFORM'] as const;
const DECISIONS = ['APPROVAL', 'DENIAL'] as const;
const CLASSES = ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'] as const;
const CLASS_ARRAY = sql.raw("array['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE']");

/**
 * Break-glass leases. The request never changes. The trigger `guard_lease` decides which role may make which move of the state
 * (drizzle/0008_leases.sql).
 */
export const leases = pgTable(
	'leases',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		requestedBy: uuid('requested_by')
			.notNull()
			.references(() => users.id),
		requestedAt: time('requested_at').notNull().default(sql`now()`),
		purpose: text('purpose', { enum: LEASE_PURPOSES }).notNull(),
		classes: text('classes', { enum: CLASSES }).array().notNull(),
		/** Null for every coordinate of the classes. */
		coordinates: text('coordinates').array(),
		/** Null for every record. */
		recordIds: uuid('record_ids').array(),
		/** Number of values that are not null, including repeats; null for no limit. */
		readBudget: integer('read_budget'),
		minutes: integer('minutes').notNull(),
		/** SHA-256 of the lease id and the text, so that the request can be checked without the text. */
		reasonHash: bytea('reason_hash').notNull(),
		ticketHash: bytea('ticket_hash').notNull(),
		/** SHA-256 of the canonical request, to which approvals are bound (src/access/lease-request.ts). */
		requestHash: bytea('request_hash').notNull(),
		/** By the server that received the request, under the platform's RIGHTS key. */
		requestMac: bytea('request_mac').notNull(),
		state: text('state', { enum: LEASE_STATES }).notNull().default('REQUESTED'),
		/** The person who moved it last; null for the program itself. */
		actedBy: uuid('acted_by'),
		activatedAt: time('activated_at'),
		expiresAt: time('expires_at'),
		/** By the broker, under the platform's RIGHTS key. Without it the lease opens nothing. */
		activationMac: bytea('activation_mac'),
		endedAt: time('ended_at'),
		/** When the broker confirmed that no grant is left. */
		clearedAt: time('cleared_at'),
		reviewedBy: uuid('reviewed_by').references(() => users.id),
		reviewedAt: time('reviewed_at'),
	},
	(t) => [
		index('leases_by_firm').on(t.firmId, t.requestedAt, t.id),
		index('leases_by_request').on(t.requestedAt, t.id),
		index('leases_open').on(t.state).where(sql`state in ('REQUESTED', 'APPROVED', 'ACTIVATING', 'ACTIVE')`),
		index('leases_uncleared').on(t.id).where(sql`cleared_at is null`),
		check('leases_purpose_known', sql`${t.purpose} in (${quotedNameList(LEASE_PURPOSES)})`),
		check('leases_state_known', sql`${t.state} in (${quotedNameList(LEASE_STATES)})`),
		check('leases_classes_known', sql`cardinality(${t.classes}) > 0 and ${t.classes} <@ ${CLASS_ARRAY}`),
		check('leases_coordinates_some', sql`cardinality(${t.coordinates}) between 1 and 128`),
		check('leases_records_some', sql`cardinality(${t.recordIds}) between 1 and 1000`),
		// Owners and the broker read these columns, which a login of the platform can write by SQL.
		check(
			'leases_coordinates_form',
			sql`octet_length(array_to_string(${t.coordinates}, ',')) <= 17000 and array_to_string(${t.coordinates}, ',') ~ '^([A-Za-z]{1,63}\\.[A-Za-z]{1,63}(,|$))*$' and array_position(${t.coordinates}, null) is null and array_ndims(${t.coordinates}) = 1`,
		),
		check('leases_records_form', sql`array_position(${t.recordIds}, null) is null and array_ndims(${t.recordIds}) = 1`),
		check('leases_budget_positive', sql`${t.readBudget} between 1 and 1000000`),
		check('leases_minutes_range', sql`${t.minutes} between 1 and 240`),
		check('leases_hash_size', sql`octet_length(${t.requestHash}) = 32 and octet_length(${t.requestMac}) = 36`),
		check('leases_words_hash_size', sql`octet_length(${t.reasonHash}) = 32 and octet_length(${t.ticketHash}) = 32`),
		check(
			'leases_activation_whole',
			sql`num_nonnulls(${t.activatedAt}, ${t.expiresAt}, ${t.activationMac}) in (0, 3) and octet_length(${t.activationMac}) = 36`,
		),
		check('leases_review_whole', sql`(${t.reviewedBy} is null) = (${t.reviewedAt} is null)`),
	],
);

/** The texts of a request, in a separate row that can be erased. The log has their hashes. */
export const leaseTexts = pgTable(
	'lease_texts',
	{
		leaseId: uuid('lease_id').primaryKey(),
		firmId: uuid('firm_id').notNull(),
		reason: text('reason').notNull(),
		ticket: text('ticket').notNull(),
	},
	(t) => [
		check('lease_texts_reason_size', sql`char_length(${t.reason}) between 30 and 2000`),
		check('lease_texts_reason_shown', visibleLinesCheck(t.reason)),
		check('lease_texts_ticket_form', sql`${t.ticket} ~ '^[A-Z][A-Z0-9]{0,15}-[0-9]{1,10}$'`),
	],
);

/**
 * How often a person may request a lease on one firm, or a job that every firm is notified of; and how many repeated notices (notice_folds_as())
 * of an hour stay separate. One row, which only the database's owner changes.
 */
export const requestLimits = pgTable(
	'request_limits',
	{
		id: integer('id').primaryKey().default(1),
		perHour: integer('per_hour').notNull().default(10),
		perDay: integer('per_day').notNull().default(40),
		noticesBeforeFolding: integer('notices_before_folding').notNull().default(3),
	},
	(t) => [
		check('request_limits_one', sql`${t.id} = 1`),
		check('request_limits_positive', sql`least(${t.perHour}, ${t.perDay}, ${t.noticesBeforeFolding}) > 0`),
	],
);

/** A person's approval of exactly one request. Only the firm's plane writes the firm's side. */
export const leaseApprovals = pgTable(
	'lease_approvals',
	{
		leaseId: uuid('lease_id')
			.notNull()
			.references(() => leases.id),
		firmId: uuid('firm_id').notNull(),
		side: text('side', { enum: SIDES }).notNull(),
		userId: uuid('user_id')
			.notNull()
			.references(() => users.id),
		requestHash: bytea('request_hash').notNull(),
		approvedAt: time('approved_at').notNull().default(sql`now()`),
		/** Under the RIGHTS key of the firm, or of the platform. */
		mac: bytea('mac').notNull(),
		/** SHA-256 of the lease id and the approver's reason, which the MAC covers; null without a reason. */
		reasonHash: bytea('reason_hash'),
	},
	(t) => [
		primaryKey({ columns: [t.leaseId, t.userId] }),
		check('lease_approvals_reason_hash_size', sql`octet_length(${t.reasonHash}) = 32`),
		check('lease_approvals_side_known', sql`${t.side} in (${quotedNameList(SIDES)})`),
		check('lease_approvals_hash_size', sql`octet_length(${t.requestHash}) = 32 and octet_length(${t.mac}) = 36`),
	],
);

/**
 * Reasons of approvals and denials, in separate rows that can be erased. The log has their hashes. The trigger `stamp_lease_decision_text` accepts a
 * reason only in the transaction of its decision.
 */
export const leaseDecisionTexts = pgTable(
	'lease_decision_texts',
	{
		id: uuid('id').primaryKey().default(sql`gen_random_uuid()`),
		leaseId: uuid('lease_id').notNull(),
		firmId: uuid('firm_id').notNull(),
		userId: uuid('user_id').notNull(),
		decision: text('decision', { enum: DECISIONS }).notNull(),
		reason: text('reason').notNull(),
	},
	(t) => [
		uniqueIndex('lease_decision_texts_by_decision').on(t.leaseId, t.userId, t.decision),
		check('lease_decision_texts_decision_known', sql`${t.decision} in (${quotedNameList(DECISIONS)})`),
		check('lease_decision_texts_reason_size', sql`char_length(${t.reason}) between 1 and 2000`),
		check('lease_decision_texts_reason_shown', visibleLinesCheck(t.reason)),
	],
);

/**
 * Tokens of the key service's grants. Until the whole service knows a grant, the grantee must present the token. It is not secret, and useless to
 * others.
 */
export const leaseGrantTokens = pgTable(
	'lease_grant_tokens',
	{
		leaseId: uuid('lease_id')
			.notNull()
			.references(() => leases.id),
		class: text('class', { enum: CLASSES }).notNull(),
		token: text('token').notNull(),
		createdAt: createdAt(),
	},
	(t) => [
		primaryKey({ columns: [t.leaseId, t.class] }),
		check('lease_grant_tokens_class_known', sql`${t.class} = any (${CLASS_ARRAY})`),
		check('lease_grant_tokens_size', sql`char_length(${t.token}) between 1 and 8192`),
	],
);

/**
 * End marks, which are committed before the lease is touched: from then on no use of the lease can begin. No foreign key, so that ending a lease
 * does not wait for a lock.
 */
export const leaseEnds = pgTable(
	'lease_ends',
	{
		/** The mark's own id. With a unique key on the lease, an open transaction of one login could block all other marks. */
		id: uuid('id').primaryKey().default(sql`gen_random_uuid()`),
		leaseId: uuid('lease_id').notNull(),
		firmId: uuid('firm_id').notNull(),
		endedAt: time('ended_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [index('lease_ends_by_lease').on(t.leaseId, t.endedAt)],
);

/** Every move of every lease, written by the trigger `record_lease_move`. Append-only. */
export const leaseEvents = pgTable(
	'lease_events',
	{
		id: uuid('id').primaryKey(),
		leaseId: uuid('lease_id').notNull(),
		firmId: uuid('firm_id').notNull(),
		/** Null for the request. */
		fromState: text('from_state', { enum: LEASE_STATES }),
		toState: text('to_state', { enum: LEASE_STATES }).notNull(),
		actedBy: uuid('acted_by'),
		at: time('at').notNull(),
		/** Whose plane made the move; null for the program itself. */
		side: text('side', { enum: SIDES }),
	},
	(t) => [
		index('lease_events_by_lease').on(t.leaseId, t.at, t.id),
		check('lease_events_side_known', sql`${t.side} in (${quotedNameList(SIDES)})`),
	],
);

/**
 * The read budget of a lease. A separate row, which record_lease_move() inserts with the lease (drizzle/0008_leases.sql), because a user of the lease
 * holds a shared lock on the lease's own row.
 */
export const leaseBudgets = pgTable(
	'lease_budgets',
	{
		leaseId: uuid('lease_id').primaryKey(),
		firmId: uuid('firm_id').notNull(),
		/** Never falls. */
		used: bigint('used', { mode: 'number' }).notNull().default(0),
		budget: integer('budget'),
		/** Time of the last read batch. */
		usedAt: time('used_at'),
		/** Last heartbeat of a request that is still sending values. */
		keptAt: time('kept_at'),
		/** With a budget: read batches that are not answered yet, including those of requests that died. */
		unanswered: integer('unanswered').notNull().default(0),
	},
	(t) => [
		check('lease_budgets_unanswered', sql`${t.unanswered} >= 0`),
		check('lease_budgets_not_exceeded', sql`${t.used} >= 0 and (${t.budget} is null or ${t.used} <= ${t.budget})`),
	],
);

/** A firm's policy for leases. Every firm has a row; without one no lease is approved. */
export const accessPolicies = pgTable(
	'access_policies',
	{
		firmId: uuid('firm_id')
			.primaryKey()
			.references(() => firms.id),
		policy: text('policy', { enum: ACCESS_POLICIES }).notNull().default('APPROVE'),
		/** Number of the platform's people who must approve. */
		approvers: integer('approvers').notNull().default(1),
		/** Under the firm's RIGHTS key. */
		mac: bytea('mac'),
		updatedAt: time('updated_at').notNull().default(sql`now()`),
	},
	(t) => [
		check('access_policies_policy_known', sql`${t.policy} in (${quotedNameList(ACCESS_POLICIES)})`),
		check('access_policies_approvers_range', sql`${t.approvers} between 1 and 5`),
		check('access_policies_mac_size', sql`octet_length(${t.mac}) = 36`),
	],
);

/**
 * The greatest time that each plane has seen. If the clock is more than two seconds behind the greatest time of the newest generation, no lease is
 * activated or used. A reset begins a new generation.
 */
export const clockHighWaterMarks = pgTable(
	'clock_high_water_marks',
	{
		generation: integer('generation').notNull(),
		plane: text('plane').notNull(),
		at: time('at').notNull(),
	},
	(t) => [primaryKey({ name: 'clock_high_water_marks_pkey', columns: [t.generation, t.plane] })],
);

/** Requests to reset the high-water mark to the database's clock. Two persons must request it within an hour. */
export const clockResets = pgTable(
	'clock_resets',
	{
		userId: uuid('user_id')
			.primaryKey()
			.references(() => users.id),
		/** By the clock of the requesting machine, because the database's clock is in doubt. */
		askedAt: time('asked_at').notNull(),
		mac: bytea('mac').notNull(),
	},
	(t) => [check('clock_resets_mac_size', sql`octet_length(${t.mac}) = 36`)],
);

/**
 * The delivery of notices and alerts to the webhook. The trigger `queue` inserts a row with each message once the row of the nil UUID exists, which
 * says that there is a webhook. A message without a row is not sent.
 */
export const webhookDeliveries = pgTable(
	'webhook_deliveries',
	{
		/** Id of the notice or the alert, or of an invitation whose notice is counted in another one. */
		messageId: uuid('message_id').primaryKey(),
		attempts: integer('attempts').notNull().default(0),
		nextAt: time('next_at').notNull(),
		/** Whether the message is about a job, which may concern every firm at once: sent when nothing else is due. */
		afterOthers: boolean('after_others').notNull().default(false),
		/** The firm whose plane reported the message; null for the database itself. */
		reportedBy: uuid('reported_by'),
		/** Due messages are sent in this order. Turns of one firm's plane are a minute apart. */
		turnAt: time('turn_at').notNull().default(sql`clock_timestamp()`),
		deliveredAt: time('delivered_at'),
		/** Outcome of the last attempt: an HTTP status, or a word such as TIMEOUT. */
		outcome: text('outcome'),
	},
	(t) => [
		index('webhook_deliveries_due').on(t.afterOthers, t.turnAt, t.nextAt).where(sql`delivered_at is null`),
		index('webhook_deliveries_by_reporter').on(t.reportedBy, t.turnAt).where(sql`delivered_at is null`),
		check('webhook_deliveries_outcome_form', sql`${t.outcome} ~ '^[A-Z0-9_]{1,32}$'`),
	],
);
