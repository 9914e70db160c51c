import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
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
const CLASSES = "array['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE']";

/**
 * Break-glass leases: what an operator asks for, and how far it has come. No one changes what was asked; the states move as the
 * trigger `guard_lease` allows, each move by its own role (drizzle/0008_leases.sql).
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
		classes: text('classes', { enum: ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'] })
			.array()
			.notNull(),
		/** null: every coordinate of the classes. */
		coordinates: text('coordinates').array(),
		/** null: every record. */
		recordIds: uuid('record_ids').array(),
		/** Values that are not null, repeats included; null: no limit. */
		readBudget: integer('read_budget'),
		minutes: integer('minutes').notNull(),
		/** SHA-256 of the lease id and the words: part of the request, for anyone who checks it without seeing them. */
		reasonHash: bytea('reason_hash').notNull(),
		ticketHash: bytea('ticket_hash').notNull(),
		/** SHA-256 of the canonical request: what an approval is bound to (src/access/lease-request.ts). */
		requestHash: bytea('request_hash').notNull(),
		/** By the one who took the request, under the platform's RIGHTS key. */
		requestMac: bytea('request_mac').notNull(),
		state: text('state', { enum: LEASE_STATES }).notNull().default('REQUESTED'),
		/** Who moved it last; null: the program itself. */
		actedBy: uuid('acted_by'),
		activatedAt: time('activated_at'),
		expiresAt: time('expires_at'),
		/** By the broker, under the platform's RIGHTS key: without it the lease opens nothing. */
		activationMac: bytea('activation_mac'),
		endedAt: time('ended_at'),
		/** When the broker saw that no grant of it is left. */
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
		check('leases_classes_known', sql`cardinality(${t.classes}) > 0 and ${t.classes} <@ ${sql.raw(CLASSES)}`),
		check('leases_coordinates_some', sql`cardinality(${t.coordinates}) between 1 and 128`),
		check('leases_records_some', sql`cardinality(${t.recordIds}) between 1 and 1000`),
		// What a login of the platform writes by SQL is read by owners and by the broker.
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

/** What a request says in words. A row of its own, so that it can be erased; the log has its hash. */
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
 * How often a person may ask one firm for a lease, or for jobs that every firm is told of; and how many notices that repeat one another
 * (notice_folds_as()) are told one by one within an hour. One row, which the database's owner alone changes.
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

/** A person's yes to exactly one request. The firm's side is written by the firm's plane alone. */
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
	},
	(t) => [
		primaryKey({ columns: [t.leaseId, t.userId] }),
		check('lease_approvals_side_known', sql`${t.side} in (${quotedNameList(SIDES)})`),
		check('lease_approvals_hash_size', sql`octet_length(${t.requestHash}) = 32 and octet_length(${t.mac}) = 36`),
	],
);

/**
 * What the key service gave with a grant: until the grant is known everywhere in the service, its holder shows this. It is no secret,
 * and worth nothing to anybody else.
 */
export const leaseGrantTokens = pgTable(
	'lease_grant_tokens',
	{
		leaseId: uuid('lease_id')
			.notNull()
			.references(() => leases.id),
		class: text('class', { enum: ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'] }).notNull(),
		token: text('token').notNull(),
		createdAt: createdAt(),
	},
	(t) => [
		primaryKey({ columns: [t.leaseId, t.class] }),
		check('lease_grant_tokens_class_known', sql`${t.class} = any (${sql.raw(CLASSES)})`),
		check('lease_grant_tokens_size', sql`char_length(${t.token}) between 1 and 8192`),
	],
);

/**
 * The end mark: committed before the lease is touched, so that anyone who begins to use it from then on is refused. Without a foreign
 * key: ending waits for no one's lock.
 */
export const leaseEnds = pgTable(
	'lease_ends',
	{
		/** Of the mark, not of the lease: in a unique key on that, one login's open transaction would hold up everybody's mark. */
		id: uuid('id').primaryKey().default(sql`gen_random_uuid()`),
		leaseId: uuid('lease_id').notNull(),
		firmId: uuid('firm_id').notNull(),
		endedAt: time('ended_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [index('lease_ends_by_lease').on(t.leaseId, t.endedAt)],
);

/** Every move of every lease, written by the trigger `tell_lease`; append only. */
export const leaseEvents = pgTable(
	'lease_events',
	{
		id: uuid('id').primaryKey(),
		leaseId: uuid('lease_id').notNull(),
		firmId: uuid('firm_id').notNull(),
		/** null: the request. */
		fromState: text('from_state', { enum: LEASE_STATES }),
		toState: text('to_state', { enum: LEASE_STATES }).notNull(),
		actedBy: uuid('acted_by'),
		at: time('at').notNull(),
	},
	(t) => [index('lease_events_by_lease').on(t.leaseId, t.at, t.id)],
);

/**
 * What has been read under a lease. A row of its own, which tell_lease() makes with the lease (drizzle/0008_leases.sql): the one who uses
 * the lease holds the lease's row shared.
 */
export const leaseBudgets = pgTable(
	'lease_budgets',
	{
		leaseId: uuid('lease_id').primaryKey(),
		firmId: uuid('firm_id').notNull(),
		/** What was taken; it only rises, and nothing gives it back. */
		used: bigint('used', { mode: 'number' }).notNull().default(0),
		budget: integer('budget'),
		/** When something was last taken from it. */
		usedAt: time('used_at'),
		/** When someone who is still being sent what was taken has last said so. */
		keptAt: time('kept_at'),
		/** Where there is a budget: read batches that were taken and are not answered yet, with those of requests that have died so. */
		unanswered: integer('unanswered').notNull().default(0),
	},
	(t) => [
		check('lease_budgets_unanswered', sql`${t.unanswered} >= 0`),
		check('lease_budgets_not_exceeded', sql`${t.used} >= 0 and (${t.budget} is null or ${t.used} <= ${t.budget})`),
	],
);

/** What a firm has to say to leases on it. Every firm has a row: without one, nothing is approved. */
export const accessPolicies = pgTable(
	'access_policies',
	{
		firmId: uuid('firm_id')
			.primaryKey()
			.references(() => firms.id),
		policy: text('policy', { enum: ACCESS_POLICIES }).notNull().default('APPROVE'),
		/** Persons of the platform who must agree. */
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
 * The greatest times that each plane has seen. Below the latest of the newest generation by more than two seconds, no lease is activated or
 * used; a reset begins a generation.
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

/** Who wants the mark to be taken back to the database's clock: two persons, within an hour. */
export const clockResets = pgTable(
	'clock_resets',
	{
		userId: uuid('user_id')
			.primaryKey()
			.references(() => users.id),
		/** By the clock of the machine that the request came from, since the database's clock is in doubt. */
		askedAt: time('asked_at').notNull(),
		mac: bytea('mac').notNull(),
	},
	(t) => [check('clock_resets_mac_size', sql`octet_length(${t.mac}) = 36`)],
);

/**
 * How far the sending of a notice or an alert to the webhook has come. The trigger `queue` makes the row with what it tells, once the row
 * of the nil UUID says that there is a webhook; what has no row is not to be sent.
 */
export const webhookDeliveries = pgTable(
	'webhook_deliveries',
	{
		/** Of the notice or the alert; of an invitation whose notice is counted in another. */
		messageId: uuid('message_id').primaryKey(),
		attempts: integer('attempts').notNull().default(0),
		nextAt: time('next_at').notNull(),
		/** Of a job, of which every firm may be told at once: sent when nothing else is due. */
		afterOthers: boolean('after_others').notNull().default(false),
		/** The firm whose plane has told it; null: the database has. */
		toldBy: uuid('told_by'),
		/** Of what is due, the earliest turn is sent first: of what one firm's plane tells, each is a minute after the one before. */
		turnAt: time('turn_at').notNull().default(sql`clock_timestamp()`),
		deliveredAt: time('delivered_at'),
		/** What the last attempt came to: an HTTP status, or a word such as TIMEOUT. */
		outcome: text('outcome'),
	},
	(t) => [
		index('webhook_deliveries_due').on(t.afterOthers, t.turnAt, t.nextAt).where(sql`delivered_at is null`),
		index('webhook_deliveries_by_teller').on(t.toldBy, t.turnAt).where(sql`delivered_at is null`),
		check('webhook_deliveries_outcome_form', sql`${t.outcome} ~ '^[A-Z0-9_]{1,32}$'`),
	],
);
