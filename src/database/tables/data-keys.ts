import { sql } from 'drizzle-orm';
import { bigint, boolean, check, index, pgTable, primaryKey, text, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { bytea, createdAt, name, quotedNameList, time } from './columns.ts';

/** Of content, and of what Firmseal proves, lists and signs by itself. */
export const DATA_KEY_CLASSES = [
	'DOCUMENT',
	'COMMUNICATION',
	'BILLING',
	'NOTE',
	'RIGHTS',
	'JOB',
	'CHECKPOINT',
] as const;

/** Wrapped data keys: one series of versions per firm and class, one of them ACTIVE. The platform's RIGHTS key is of no firm. */
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
		/** Wrapped under a key that the firm has brought: what is at hand of it is kept for less time, and asked about in between. */
		ownKey: boolean('own_key').notNull().default(false),
		/** Values for which sealing was reserved: never less than the values sealed. */
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
		// As src/keys takes them of a keyring.
		check('data_keys_wrapped_size', sql`octet_length(${t.wrapped}) <= 6144`),
		check('data_keys_key_id_size', sql`char_length(${t.keyId}) between 1 and 2048`),
		check('data_keys_sealed_range', sql`${t.sealed} between 0 and 9007199254740991`),
	],
);

/**
 * The lowest version of a data key that values may be written under: the database refuses what comes later under an older one, so that
 * of a count of zero nothing can be left behind.
 */
export const keyFloors = pgTable(
	'key_floors',
	{
		firmId: uuid('firm_id').notNull(),
		class: text('class').notNull(),
		version: bigint('version', { mode: 'number' }).notNull(),
		setAt: time('set_at').notNull().default(sql`clock_timestamp()`),
		/** A transaction that began after the floor had been committed; null: none was noted yet. */
		setIn: bigint('set_in', { mode: 'number' }),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.class] }),
		check('key_floors_class_known', sql`${t.class} in (${quotedNameList(DATA_KEY_CLASSES)})`),
	],
);

/**
 * Firms of whose keys the key service has said no. Anyone who hears it writes it here, and every process that keeps keys at hand reads it
 * several times a second.
 */
export const keyRefusals = pgTable(
	'key_refusals',
	{
		firmId: uuid('firm_id').notNull(),
		/** The role that tells it, which no role can choose: none waits for what another's open transaction has told. */
		toldBy: name('told_by').notNull().default(sql`current_user`),
		/** Another at each refusal. */
		id: uuid('id').notNull(),
		refusedAt: time('refused_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [primaryKey({ columns: [t.firmId, t.toldBy] }), index('key_refusals_refused').on(t.refusedAt)],
);

/**
 * HEALTHY: it opens. DEGRADED: the key service gives no answer, or has too much to do. REVOKED: it refuses, and nothing of the firm opens.
 * RESTORED: it opens again after that, for the first minute.
 */
export const OWN_KEY_STATES = ['HEALTHY', 'DEGRADED', 'REVOKED', 'RESTORED'] as const;

/** What the worker last saw of the key that a firm has brought: no row for a firm whose key was made here. */
export const ownKeyStates = pgTable(
	'own_key_states',
	{
		firmId: uuid('firm_id').primaryKey(),
		state: text('state', { enum: OWN_KEY_STATES }).notNull(),
		since: time('since').notNull().default(sql`clock_timestamp()`),
		/** Anyone who looks next moves it on first: so one worker looks, and not all. */
		nextAt: time('next_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		index('own_key_states_due').on(t.nextAt),
		check('own_key_states_known', sql`${t.state} in (${quotedNameList(OWN_KEY_STATES)})`),
	],
);
