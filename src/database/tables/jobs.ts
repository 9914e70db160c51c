import { sql } from 'drizzle-orm';
import {
	bigint,
	check,
	index,
	integer,
	jsonb,
	pgTable,
	primaryKey,
	text,
	uniqueIndex,
	uuid,
} from 'drizzle-orm/pg-core';
import { bytea, quotedNameList, thisTransaction, time } from './columns.ts';
import { DATA_KEY_CLASSES } from './data-keys.ts';

export const JOB_KINDS = [
	'ROTATE',
	'REWRAP',
	'REENCRYPT',
	'DISABLE',
	'ENABLE',
	'DESTROY',
	'MOVE',
	'BACKFILL',
	'VERIFY',
	'CONTRACT',
	'CLEAR',
	'BRING',
	'GIVE_BACK',
	'ERASE',
	'ESCROW',
	'RECOVER',
	'DRILL',
	'APPOINT',
	'ADD_OPERATOR',
] as const;

/** WAITING: for the approval of a second person of the platform or the firm. QUEUED: for a worker. The last three are final. */
export const JOB_STATES = ['WAITING', 'QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;

/** The worker's jobs on a firm's keys and content. A job is requested, proven, announced to the firm, and done page by page. */
export const jobs = pgTable(
	'jobs',
	{
		id: uuid('id').primaryKey(),
		/** No foreign key, because the platform has keys too, and because a firm's jobs stay on record after the firm. */
		firmId: uuid('firm_id').notNull(),
		kind: text('kind', { enum: JOB_KINDS }).notNull(),
		/** Class of the data keys; null for the firm's wrapping key. */
		class: text('class'),
		/** Version of the data key, for kinds that have one. */
		version: bigint('version', { mode: 'number' }),
		/** A coordinate or a record's id, for kinds that have one. */
		subject: text('subject'),
		/** Further terms of the request, in a format of the kind. */
		terms: text('terms'),
		/** Maximum rows a second, for all workers together; null for no limit. */
		rate: integer('rate'),
		state: text('state', { enum: JOB_STATES }).notNull(),
		askedOn: text('asked_on', { enum: ['firm', 'cli', 'worker'] }).notNull(),
		/** The requesting user; null for a command on the installation, or for the program itself. */
		askedBy: uuid('asked_by'),
		askedAt: time('asked_at').notNull(),
		/** Over the columns above except rate and state: a job inserted by SQL is not done. */
		mac: bytea('mac').notNull(),
		/** The second person, if one is needed, with a separate proof. */
		agreedBy: uuid('agreed_by'),
		agreedMac: bytea('agreed_mac'),
		/** By the database's clock. */
		agreedAt: time('agreed_at'),
		/** The transaction of the request or the approval, in which the job may do nothing, because no one can have seen it. */
		wantedIn: thisTransaction('wanted_in'),
		/** Progress: the step, and the row after which the next page begins. */
		step: integer('step').notNull().default(0),
		after: uuid('after'),
		/** How often the job has started again because new values appeared. */
		round: integer('round').notNull().default(0),
		/** Number of values by the last count; null before it. */
		total: bigint('total', { mode: 'number' }),
		done: bigint('done', { mode: 'number' }).notNull().default(0),
		/** Values that did not open and stay unchanged. */
		failed: bigint('failed', { mode: 'number' }).notNull().default(0),
		/** Further counts of the kind, by name. */
		findings: jsonb('findings').$type<Readonly<Record<string, number>>>(),
		/** Why the job failed, or makes no progress now. */
		trouble: text('trouble'),
		nextAt: time('next_at').notNull().default(sql`clock_timestamp()`),
		startedAt: time('started_at'),
		endedAt: time('ended_at'),
	},
	(t) => [
		uniqueIndex('jobs_one_open')
			.on(
				t.firmId,
				t.kind,
				sql`coalesce(${t.class}, '')`,
				sql`coalesce(${t.version}, 0)`,
				sql`coalesce(${t.subject}, '')`,
			)
			.where(sql`state in ('WAITING', 'QUEUED', 'RUNNING')`),
		// A firm's plane can request one rotation of a class at a time, whatever its version.
		uniqueIndex('jobs_one_asked_by_firm')
			.on(t.firmId, t.kind, t.class)
			.where(sql`asked_on = 'firm' and state in ('WAITING', 'QUEUED', 'RUNNING')`),
		index('jobs_open').on(t.nextAt).where(sql`state in ('QUEUED', 'RUNNING')`),
		index('jobs_by_firm').on(t.firmId, t.id),
		check('jobs_class_known', sql`${t.class} in (${quotedNameList(DATA_KEY_CLASSES)})`),
		check('jobs_kind_known', sql`${t.kind} in (${quotedNameList(JOB_KINDS)})`),
		check('jobs_state_known', sql`${t.state} in (${quotedNameList(JOB_STATES)})`),
		check('jobs_asked_on_known', sql`${t.askedOn} in ('firm', 'cli', 'worker')`),
		check('jobs_rate_range', sql`${t.rate} between 1 and 1000000`),
		// A GraphQL Int.
		check('jobs_version_range', sql`${t.version} between 1 and 2147483647`),
		check('jobs_subject_form', sql`${t.subject} ~ '^[A-Za-z0-9_.-]{1,200}$'`),
		check('jobs_terms_length', sql`octet_length(${t.terms}) between 1 and 65536`),
		check('jobs_counts', sql`least(${t.total}, ${t.done}, ${t.failed}, ${t.step}, ${t.round}) >= 0`),
		check('jobs_trouble_form', sql`${t.trouble} ~ '^[A-Z0-9_]{1,40}$'`),
		check('jobs_mac_sizes', sql`octet_length(${t.mac}) = 36 and octet_length(${t.agreedMac}) = 36`),
		check('jobs_findings_size', sql`octet_length(${t.findings}::text) <= 65536`),
		check('jobs_agreement_whole', sql`(${t.agreedBy} is null) = (${t.agreedMac} is null)`),
		check('jobs_ended', sql`(${t.state} in ('DONE', 'FAILED', 'CANCELLED')) = (${t.endedAt} is not null)`),
	],
);

/** Pages of jobs that workers have. Another worker takes over the page of a dead worker, with a new claim. */
export const jobPages = pgTable(
	'job_pages',
	{
		jobId: uuid('job_id')
			.notNull()
			.references(() => jobs.id),
		step: integer('step').notNull(),
		/** Exclusive start; null for the first row. */
		after: uuid('after'),
		/** Inclusive end; null for the last row. */
		upto: uuid('upto'),
		/** Changes whenever a worker takes the page. A worker with an old claim can write nothing. */
		claim: uuid('claim').notNull(),
		claimedAt: time('claimed_at').notNull().default(sql`clock_timestamp()`),
		number: integer('number').notNull(),
	},
	(t) => [primaryKey({ columns: [t.jobId, t.number] })],
);
