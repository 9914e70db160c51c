import { type SQLWrapper, sql } from 'drizzle-orm';
import { boolean, check, index, integer, pgTable, primaryKey, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, quotedNameList, time } from './columns.ts';
import { firms } from './firms.ts';
import { visibleLineCheck } from './visible-text-checks.ts';

const ofFirm = () =>
	uuid('firm_id')
		.notNull()
		.references(() => firms.id);
const now = (column: string) => time(column).notNull().default(sql`clock_timestamp()`);
const isHash = (column: SQLWrapper) => sql`${column} ~ '^[0-9a-f]{64}$'`;
const isClass = (column: SQLWrapper) => sql`${column} ~ '^[A-Z][A-Z0-9_]{0,31}$'`;
/** 32 bytes in base64. */
const is32Bytes = (column: SQLWrapper) => sql`${column} ~ '^[A-Za-z0-9+/]{43}=$'`;
/** Canonical JSON without characters that need an escape outside ASCII. */
const isPrintable = (column: SQLWrapper, most: number) =>
	sql`octet_length(${column}) between 2 and ${sql.raw(String(most))} and ${column} collate "C" !~ '[^ -~]'`;

/** The entries of firms' key logs (src/custody/FORMAT.md, section 4). Append-only; a trigger makes each follow the one before. */
export const keyLogEntries = pgTable(
	'key_log_entries',
	{
		firmId: ofFirm(),
		/** 0, 1, 2 …: the leaf index. */
		seq: integer('seq').notNull(),
		/** The entry's canonical JSON. */
		leaf: text('leaf').notNull(),
		/** SHA-256 of the leaf's text, in hex. The trigger sets it, and the columns below. */
		hash: text('hash').notNull().default(''),
		/** RFC 6962 hashes of the leaf and of each complete subtree that ends with it, lowest first; 32 bytes each. */
		hashes: bytea('hashes').notNull().default(sql`''::bytea`),
		/** Class and version of a `key.generate`. */
		keyClass: text('key_class'),
		keyVersion: integer('key_version'),
		appendedAt: now('appended_at'),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.seq] }),
		index('key_log_entries_by_version').on(t.firmId, t.keyClass, t.keyVersion).where(sql`${t.keyClass} is not null`),
		check('key_log_entries_seq_range', sql`${t.seq} >= 0`),
		check('key_log_entries_leaf_form', isPrintable(t.leaf, 65_536)),
		check('key_log_entries_hash_form', isHash(t.hash)),
		check(
			'key_log_entries_hashes_size',
			sql`octet_length(${t.hashes}) between 32 and 1024 and octet_length(${t.hashes}) % 32 = 0`,
		),
		check('key_log_entries_key_form', sql`${isClass(t.keyClass)} and ${t.keyVersion} >= 1`),
		check('key_log_entries_key_whole', sql`num_nonnulls(${t.keyClass}, ${t.keyVersion}) in (0, 2)`),
	],
);

/** The newest signed checkpoint of each key log. Only the signer writes it. */
export const keyLogCheckpoints = pgTable(
	'key_log_checkpoints',
	{
		firmId: uuid('firm_id').primaryKey(),
		size: integer('size').notNull(),
		note: text('note').notNull(),
		signedAt: now('signed_at'),
	},
	(t) => [
		check('key_log_checkpoints_size_range', sql`${t.size} >= 1`),
		check('key_log_checkpoints_note_size', sql`octet_length(${t.note}) between 1 and 4096`),
	],
);

/**
 * When a firm's client last asked for a fresh checkpoint. A table of its own, so that the signer never waits for a lock of the firm's plane.
 */
export const keyLogWishes = pgTable('key_log_wishes', {
	firmId: uuid('firm_id').primaryKey(),
	wantedAt: now('wanted_at'),
});

/** Names of people beside the key log, which commits to them by their hash. An erasure deletes them. */
export const keyLogNames = pgTable(
	'key_log_names',
	{
		firmId: ofFirm(),
		person: uuid('person').notNull(),
		nameHash: text('name_hash').notNull(),
		salt: bytea('salt').notNull(),
		name: text('name').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.person, t.nameHash] }),
		check('key_log_names_hash_form', isHash(t.nameHash)),
		check('key_log_names_salt_size', sql`octet_length(${t.salt}) = 16`),
		check('key_log_names_name_size', sql`char_length(${t.name}) between 1 and 200`),
		check('key_log_names_name_shown', visibleLineCheck(t.name)),
	],
);

/** Data keys of firms, each wrapped by one device for another (src/custody/FORMAT.md, section 3). Never changed. */
export const custodyWraps = pgTable(
	'custody_wraps',
	{
		firmId: ofFirm(),
		class: text('class').notNull(),
		version: integer('version').notNull(),
		/** Device ids. */
		recipient: text('recipient').notNull(),
		wrapper: text('wrapper').notNull(),
		/** The wrap's canonical JSON. */
		wrap: text('wrap').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.class, t.version, t.recipient, t.wrapper] }),
		check('custody_wraps_class_form', isClass(t.class)),
		check('custody_wraps_version_positive', sql`${t.version} >= 1`),
		check('custody_wraps_devices_form', sql`${isHash(t.recipient)} and ${isHash(t.wrapper)}`),
		check('custody_wraps_wrap_form', isPrintable(t.wrap, 2048)),
	],
);

/** Shares of RECOVERY devices, each sealed to one device of a holder (src/custody/FORMAT.md, section 11). Never changed. */
export const recoveryShares = pgTable(
	'recovery_shares',
	{
		firmId: ofFirm(),
		/** Whose RECOVERY device it is. */
		person: uuid('person').notNull(),
		device: text('device').notNull(),
		recipient: text('recipient').notNull(),
		share: text('share').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.person, t.device, t.recipient] }),
		check('recovery_shares_devices_form', sql`${isHash(t.device)} and ${isHash(t.recipient)}`),
		check('recovery_shares_share_form', isPrintable(t.share, 2048)),
	],
);

export const DEVICE_REQUEST_ENDS = ['ADDED', 'REFUSED', 'RELEASED'] as const;

/**
 * Devices that want to join, or to get a share (src/custody/FORMAT.md, section 11), each for 15 minutes. A trigger lets a row take commitment,
 * challenge, reveal and end only in this order, each once.
 */
export const deviceRequests = pgTable(
	'device_requests',
	{
		firmId: ofFirm(),
		id: uuid('id').notNull(),
		person: uuid('person').notNull(),
		commitment: text('commitment').notNull(),
		challenge: text('challenge'),
		/** Of the log of the device that challenges. */
		genesis: text('genesis'),
		head: text('head'),
		/** Whose device challenges. */
		answeredBy: uuid('answered_by'),
		reveal: text('reveal'),
		/** The device statement's canonical JSON. */
		statement: text('statement'),
		createdAt: now('created_at'),
		ended: text('ended', { enum: DEVICE_REQUEST_ENDS }),
		/** Id of the holder's device that released a share, and the share in base64, sealed to the new device. */
		releasedBy: text('released_by'),
		share: text('share'),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.id] }),
		index('device_requests_by_creation').on(t.firmId, t.createdAt),
		check(
			'device_requests_hashes_form',
			sql`${isHash(t.commitment)} and ${isHash(t.genesis)} and ${isHash(t.head)} and ${isHash(t.releasedBy)}`,
		),
		check('device_requests_random_form', sql`${is32Bytes(t.challenge)} and ${is32Bytes(t.reveal)}`),
		check('device_requests_statement_form', isPrintable(t.statement, 2048)),
		check(
			'device_requests_challenge_whole',
			sql`num_nonnulls(${t.challenge}, ${t.genesis}, ${t.head}, ${t.answeredBy}) in (0, 4)`,
		),
		check('device_requests_reveal_whole', sql`num_nonnulls(${t.reveal}, ${t.statement}) in (0, 2)`),
		check('device_requests_in_order', sql`${t.reveal} is null or ${t.challenge} is not null`),
		check('device_requests_ended_known', sql`${t.ended} in (${quotedNameList(DEVICE_REQUEST_ENDS)})`),
		check('device_requests_share_form', isPrintable(t.share, 2048)),
		check(
			'device_requests_release_whole',
			sql`num_nonnulls(${t.releasedBy}, ${t.share}) = case when ${t.ended} = 'RELEASED' then 2 else 0 end`,
		),
	],
);

/**
 * What an owner proposes to the others (src/custody/FORMAT.md, section 6), for seven days, and the signature of one who agrees. It is opaque
 * to the service: the devices check it.
 */
export const ownerProposals = pgTable(
	'owner_proposals',
	{
		firmId: ofFirm(),
		id: uuid('id').notNull(),
		person: uuid('person').notNull(),
		/** Kind and body of the entry, as it will stand in the key log. */
		kind: text('kind').notNull(),
		body: text('body').notNull(),
		/** The second signature's canonical JSON. A later one replaces it, because an agreement ends with other entries. */
		agreement: text('agreement'),
		createdAt: now('created_at'),
		isEnded: boolean('is_ended').notNull().default(false),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.id] }),
		index('owner_proposals_by_creation').on(t.firmId, t.createdAt),
		check('owner_proposals_kind_form', sql`${t.kind} ~ '^[a-z]{1,20}[.][a-z]{1,20}$'`),
		check('owner_proposals_body_form', isPrintable(t.body, 8192)),
		check('owner_proposals_agreement_form', isPrintable(t.agreement, 1024)),
	],
);

export const CUSTODIES = ['PLATFORM', 'MOVING', 'FIRM', 'BACK'] as const;

/** The custody of each content class of a firm, as its key log says. A class without a row is in PLATFORM custody. */
export const firmCustody = pgTable(
	'firm_custody',
	{
		firmId: ofFirm(),
		class: text('class').notNull(),
		custody: text('custody', { enum: CUSTODIES }).notNull(),
		/** The `custody.set` that says so. */
		seq: integer('seq').notNull(),
		/** Over all columns, under the firm's RIGHTS key. */
		mac: bytea('mac').notNull(),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.class] }),
		check('firm_custody_class_form', isClass(t.class)),
		check('firm_custody_known', sql`${t.custody} in (${quotedNameList(CUSTODIES)})`),
		check('firm_custody_seq_range', sql`${t.seq} >= 0`),
		check('firm_custody_mac_size', sql`octet_length(${t.mac}) = 36`),
	],
);
