import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, time } from './columns.ts';
import { jobs } from './jobs.ts';

/** The first bytes of an age file (src/jobs/escrow/FORMAT.md), without which no file is stored. */
const AGE = sql.raw(`'\\x${Buffer.from('age-encryption.org/v1\n').toString('hex')}'::bytea`);
const isAge = (column: unknown) => sql`substring(${column} from 1 for 22) = ${AGE}`;

const SIDES = ['FIRM', 'PLATFORM'] as const;

/** A job's escrow of a firm's data keys: the escrow file, and a share for each holder. Only people's own keys open them. */
export const escrowFiles = pgTable(
	'escrow_files',
	{
		jobId: uuid('job_id')
			.notNull()
			.references(() => jobs.id),
		/** 0 for the escrow file, otherwise the holder's position in the plan. */
		number: integer('number').notNull(),
		firmId: uuid('firm_id').notNull(),
		/** Null for the escrow file, as is `side`. */
		holder: text('holder'),
		side: text('side', { enum: SIDES }),
		file: bytea('file').notNull(),
		madeAt: time('made_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		primaryKey({ columns: [t.jobId, t.number] }),
		index('escrow_files_of_firm').on(t.firmId),
		check('escrow_files_number_range', sql`${t.number} between 0 and 32`),
		check('escrow_files_holder_form', sql`${t.holder} ~ '^[A-Za-z0-9._-]{1,64}$'`),
		check('escrow_files_side_known', sql`${t.side} in ('FIRM', 'PLATFORM')`),
		check('escrow_files_whose', sql`num_nulls(${t.holder}, ${t.side}) = case ${t.number} when 0 then 2 else 0 end`),
		check('escrow_files_sealed', isAge(t.file)),
		check('escrow_files_size', sql`octet_length(${t.file}) <= case ${t.number} when 0 then 67108864 else 4096 end`),
	],
);

/** The recipient key to which holders encrypt their shares. Only the memory of one worker holds its secret. */
export const recoverySessions = pgTable(
	'recovery_sessions',
	{
		jobId: uuid('job_id')
			.primaryKey()
			.references(() => jobs.id),
		firmId: uuid('firm_id').notNull(),
		/** Differs for each worker that begins a session. */
		session: uuid('session').notNull(),
		recipient: text('recipient').notNull(),
		/** Over the columns above, under the platform's RIGHTS key: a recipient inserted by SQL is shown to no one. */
		mac: bytea('mac').notNull(),
		begunAt: time('begun_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		check('recovery_sessions_recipient_form', sql`${t.recipient} ~ '^age1[a-z0-9]{58}$'`),
		check('recovery_sessions_mac_size', sql`octet_length(${t.mac}) = 36`),
	],
);

/** Files handed in to a recovery, and the worker's answers. */
export const recoveryFiles = pgTable(
	'recovery_files',
	{
		id: uuid('id').primaryKey(),
		jobId: uuid('job_id')
			.notNull()
			.references(() => jobs.id),
		firmId: uuid('firm_id').notNull(),
		/** The session to whose key a share is encrypted; null for the escrow file, which is for any session. */
		session: uuid('session'),
		/** Null after the answer, except for an accepted escrow file. */
		file: bytea('file'),
		handedAt: time('handed_at').notNull().default(sql`clock_timestamp()`),
		/** Null before the worker's answer. */
		answer: text('answer', { enum: ['TAKEN', 'REFUSED'] }),
		/** The reason of a refusal, as a sentence. */
		refusal: text('refusal'),
		/** Set for an accepted share, as are the next three. */
		holder: text('holder'),
		side: text('side', { enum: SIDES }),
		have: integer('have'),
		need: integer('need'),
	},
	(t) => [
		index('recovery_files_of_job').on(t.jobId),
		check('recovery_files_sealed', isAge(t.file)),
		check(
			'recovery_files_size',
			sql`octet_length(${t.file}) <= case when ${t.session} is null then 67108864 else 4096 end`,
		),
		check('recovery_files_answer_known', sql`${t.answer} in ('TAKEN', 'REFUSED')`),
		check('recovery_files_holder_form', sql`${t.holder} ~ '^[A-Za-z0-9._-]{1,64}$'`),
		check('recovery_files_side_known', sql`${t.side} in ('FIRM', 'PLATFORM')`),
		check('recovery_files_refusal_length', sql`length(${t.refusal}) <= 500`),
	],
);
