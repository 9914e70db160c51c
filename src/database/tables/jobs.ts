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

/** WAITING: for a second person, of the platform or of the firm. QUEUED: for a worker. The last three never change. */
export const JOB_STATES = ['WAITING', 'QUEUED', 'RUNNING', 'DONE', 'FAILED', 'CANCELLED'] as const;

/** What the worker does to a firm's keys and content: asked for, proven, told to the firm, and done page by page. */
export const jobs = pgTable(
	'jobs',
	{
		id: uuid('id').primaryKey(),
		/** No foreign key: the platform has keys too, and a firm's jobs are still on record when the firm is no more. */
		firmId: uuid('firm_id').notNull(),
		kind: text('kind', { enum: JOB_KINDS }).notNull(),
		/** Class of the data keys; null: the firm's wrapping key. */
		class: text('class'),
		/** Which version of the data key, where the kind is about one. */
		version: bigint('version', { mode: 'number' }),
		/** What it is about beside a class, where the kind says so: a coordinate, or a record's id. */
		subject: text('subject'),
		/** The rest of what was asked for, a text of the kind's own. */
		terms: text('terms'),
		/** Rows a second at most, by all workers together; null: as the database keeps up. */
		rate: integer('rate'),
		state: text('state', { enum: JOB_STATES }).notNull(),
		askedOn: text('asked_on', { enum: ['firm', 'cli', 'worker'] }).notNull(),
		/** Who asked, a user; null: the one who runs commands on the installation, or the program itself. */
		askedBy: uuid('asked_by'),
		askedAt: time('asked_at').notNull(),
		/** Of all that is above, but for rate and state: a job that was put in by SQL is not done. */
		mac: bytea('mac').notNull(),
		/** The second person, where one is needed, with a proof of their own. */
		agreedBy: uuid('agreed_by'),
		agreedMac: bytea('agreed_mac'),
		/** By the database's clock. */
		agreedAt: time('agreed_at'),
		/** The transaction that asked for it, or agreed to it: in that one nothing is done by it, of which no one knows yet. */
		wantedIn: thisTransaction('wanted_in'),
		/** How far it is: which step, and the row after which its next page begins. */
		step: integer('step').notNull().default(0),
		after: uuid('after'),
		/** How often it has begun again, because something came in meanwhile. */
		round: integer('round').notNull().default(0),
		/** Values to be done, as they were counted last; null: not counted yet. */
		total: bigint('total', { mode: 'number' }),
		done: bigint('done', { mode: 'number' }).notNull().default(0),
		/** Values that did not open, and stay as they are. */
		failed: bigint('failed', { mode: 'number' }).notNull().default(0),
		/** What it has counted besides, of its kind's own: names and numbers, which are added. */
		findings: jsonb('findings').$type<Readonly<Record<string, number>>>(),
		/** Why it failed, or why it does not get on now. */
		trouble: text('trouble'),
		nextAt: time('next_at').notNull().default(sql`clock_timestamp()`),
		startedAt: time('started_at'),
		endedAt: time('ended_at'),
	},
	(t) => [
		// The same job is never done twice at a time.
		uniqueIndex('jobs_one_open')
			.on(
				t.firmId,
				t.kind,
				sql`coalesce(${t.class}, '')`,
				sql`coalesce(${t.version}, 0)`,
				sql`coalesce(${t.subject}, '')`,
			)
			.where(sql`state in ('WAITING', 'QUEUED', 'RUNNING')`),
		// A firm's plane has asked for one rotation of a class at a time, whatever versions it makes meanwhile.
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
		// What the API says of it is a GraphQL Int.
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

/** Pages of jobs that someone works on. A page whose worker is gone is taken over with another claim. */
export const jobPages = pgTable(
	'job_pages',
	{
		jobId: uuid('job_id')
			.notNull()
			.references(() => jobs.id),
		step: integer('step').notNull(),
		/** Rows after this one; null: from the first on. */
		after: uuid('after'),
		/** Up to and with this one; null: to the last. */
		upto: uuid('upto'),
		/** Another one whenever someone takes the page: with an old one nothing is written. */
		claim: uuid('claim').notNull(),
		claimedAt: time('claimed_at').notNull().default(sql`clock_timestamp()`),
		number: integer('number').notNull(),
	},
	(t) => [primaryKey({ columns: [t.jobId, t.number] })],
);
