import { sql } from 'drizzle-orm';
import { check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, time } from './columns.ts';
import { jobs } from './jobs.ts';

/** How an age file begins (src/jobs/escrow/FORMAT.md): what is not encrypted is not stored. */
const AGE = sql.raw(`'\\x${Buffer.from('age-encryption.org/v1\n').toString('hex')}'::bytea`);
const isAge = (column: unknown) => sql`substring(${column} from 1 for 22) = ${AGE}`;

const SIDES = ['FIRM', 'PLATFORM'] as const;

/** What a job has written of a firm's data keys: the escrow file, and a share for each holder. Ciphertext to people's own keys alone. */
export const escrowFiles = pgTable(
	'escrow_files',
	{
		jobId: uuid('job_id')
			.notNull()
			.references(() => jobs.id),
		/** 0: the escrow file; else the holder's place in the plan. */
		number: integer('number').notNull(),
		firmId: uuid('firm_id').notNull(),
		/** Name and side; null for the escrow file. */
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

/** Whom holders encrypt their shares to: a key that is in the memory of one worker, and goes with it. */
export const recoverySessions = pgTable(
	'recovery_sessions',
	{
		jobId: uuid('job_id')
			.primaryKey()
			.references(() => jobs.id),
		firmId: uuid('firm_id').notNull(),
		/** Another for each worker that begins one. */
		session: uuid('session').notNull(),
		recipient: text('recipient').notNull(),
		/** Of all that is above, under the platform's RIGHTS key: a recipient that was put in by SQL is shown to no one. */
		mac: bytea('mac').notNull(),
		begunAt: time('begun_at').notNull().default(sql`clock_timestamp()`),
	},
	(t) => [
		check('recovery_sessions_recipient_form', sql`${t.recipient} ~ '^age1[a-z0-9]{58}$'`),
		check('recovery_sessions_mac_size', sql`octet_length(${t.mac}) = 36`),
	],
);

/** What was handed in to a recovery, and what the worker says of it. */
export const recoveryFiles = pgTable(
	'recovery_files',
	{
		id: uuid('id').primaryKey(),
		jobId: uuid('job_id')
			.notNull()
			.references(() => jobs.id),
		firmId: uuid('firm_id').notNull(),
		/** To whose key a share is encrypted; null: it is the escrow file, which is for any session. */
		session: uuid('session'),
		/** null: a share that was looked at. */
		file: bytea('file'),
		handedAt: time('handed_at').notNull().default(sql`clock_timestamp()`),
		/** null: no one has looked at it yet. */
		answer: text('answer', { enum: ['TAKEN', 'REFUSED'] }),
		/** Why it was refused: a sentence of ours. */
		refusal: text('refusal'),
		/** Of a share that was taken. */
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
