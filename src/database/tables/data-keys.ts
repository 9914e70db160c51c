import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, createdAt, name, quotedNameList, time } from './columns.ts';

export const DATA_KEY_CLASSES = [
	'DOCUMENT',
	'COMMUNICATION',
	'BILLING',
	'NOTE',
	'RIGHTS',
	'JOB',
	'CHECKPOINT',
] as const;

/** Wrapped data keys: a series of versions per firm and class, of which one is ACTIVE. The platform's keys belong to no firm. */
export const dataKeys = pgTable(
	'data_keys',
	{
		firmId: uuid('firm_id').notNull(),
		class: text('class').notNull(),
		version: bigint('version', { mode: 'number' }).notNull(),
		state: text('state', { enum: ['ACTIVE', 'RETIRED', 'DISABLED', 'DESTROYED'] }).notNull(),
		wrapped: bytea('wrapped').notNull(),
		commitment: bytea('commitment').notNull(),
		keyId: text('key_id').notNull(),
		/** Whether the firm's own wrapping key wraps it. Such keys are cached for a shorter time and checked in between. */
		ownKey: boolean('own_key').notNull().default(false),
		/** Values for which sealing was reserved, at least as many as were sealed. */
		sealed: bigint('sealed', { mode: 'number' }).notNull().default(0),
		createdAt: createdAt(),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.class, t.version] }),
		uniqueIndex('data_keys_one_active').on(t.firmId, t.class).where(sql`state = 'ACTIVE'`),
		check('data_keys_version_positive', sql`${t.version} >= 1`),
		check('data_keys_state_known', sql`${t.state} in ('ACTIVE', 'RETIRED', 'DISABLED', 'DESTROYED')`),
		check('data_keys_class_known', sql`${t.class} in (${quotedNameList(DATA_KEY_CLASSES)})`),
		check('data_keys_commitment_size', sql`octet_length(${t.commitment}) = 32`),
		// The limit of src/keys.
		check('data_keys_wrapped_size', sql`octet_length(${t.wrapped}) <= 6144`),
		check('data_keys_key_id_size', sql`char_length(${t.keyId}) between 1 and 2048`),
		check('data_keys_sealed_range', sql`${t.sealed} between 0 and 9007199254740991`),
	],
);

/**
 * The minimum key version of new values. The database refuses values under older versions, so that once no old value is left, none can appear
 * again.
 */
export const keyFloors = pgTable(
	'key_floors',
	{
		firmId: uuid('firm_id').notNull(),
		class: text('class').notNull(),
		version: bigint('version', { mode: 'number' }).notNull(),
		setAt: time('set_at').notNull().default(sql`clock_timestamp()`),
		/** A transaction that began after the minimum was committed; null until one is recorded. */
		setIn: bigint('set_in', { mode: 'number' }),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.class] }),
		check('key_floors_class_known', sql`${t.class} in (${quotedNameList(DATA_KEY_CLASSES)})`),
	],
);

/**
 * Firms whose keys the key service has refused. The process that gets the refusal records it here, and every process that caches keys reads this
 * table several times a second.
 */
export const keyRefusals = pgTable(
	'key_refusals',
	{
		firmId: uuid('firm_id').notNull(),
		/** The reporting role, which it cannot choose: so no role waits for another role's open transaction. */
		reportedBy: name('reported_by').notNull().default(sql`current_user`),
		/** Changes with each refusal. */
		id: uuid('id').notNull(),
		refusedAt: time('refused_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [primaryKey({ columns: [t.firmId, t.reportedBy] }), index('key_refusals_refused').on(t.refusedAt)],
);

/**
 * HEALTHY: the key works. DEGRADED: the key service does not answer, or is overloaded. REVOKED: the key service refuses, and nothing of the firm
 * opens. RESTORED: the key works again, for the first minute.
 */
export const OWN_KEY_STATES = ['HEALTHY', 'DEGRADED', 'REVOKED', 'RESTORED'] as const;

/** The last known state of a firm's own wrapping key. Firms without an own key have no row. */
export const ownKeyStates = pgTable(
	'own_key_states',
	{
		firmId: uuid('firm_id').primaryKey(),
		state: text('state', { enum: OWN_KEY_STATES }).notNull(),
		since: time('since').notNull().default(sql`clock_timestamp()`),
		/** Time of the next check. A worker moves it before the check, so that only one worker checks. */
		nextAt: time('next_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		index('own_key_states_due').on(t.nextAt),
		check('own_key_states_known', sql`${t.state} in (${quotedNameList(OWN_KEY_STATES)})`),
	],
);
