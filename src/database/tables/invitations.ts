import { sql } from 'drizzle-orm';
import { boolean, check, index, pgTable, text, uuid } from 'drizzle-orm/pg-core';
import { bytea, createdAt, time } from './columns.ts';
import { firms } from './firms.ts';
import { visibleLineCheck } from './visible-text-checks.ts';

/** Invitations of owners to a firm, until they are accepted, revoked or expired. The link itself is not stored. */
export const invitations = pgTable(
	'invitations',
	{
		id: uuid('id').primaryKey(),
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		/** SHA-256 of the secret in the link. */
		hash: bytea('hash').notNull().unique(),
		/** With the firm's RIGHTS key, the input from which the secret is derived. The worker derives it again to send it. */
		nonce: bytea('nonce').notNull(),
		email: text('email').notNull(),
		name: text('name').notNull(),
		role: text('role', { enum: ['OWNER', 'MEMBER', 'CLIENT'] }).notNull(),
		/** The client of a portal user. */
		clientId: uuid('client_id'),
		/** The inviting owner. The invitation ends when this person is no longer an owner. */
		invitedBy: uuid('invited_by').notNull(),
		/** Whether the webhook also gets the link, for the platform to deliver. */
		isSent: boolean('is_sent').notNull(),
		createdAt: createdAt(),
		expiresAt: time('expires_at').notNull(),
		/** Set when it was accepted or revoked. */
		endedAt: time('ended_at'),
		/** Over all columns except `ended_at`, under the firm's RIGHTS key: a row inserted by SQL gives no right. */
		mac: bytea('mac').notNull(),
	},
	(t) => [
		index('invitations_by_creation').on(t.firmId, t.createdAt, t.id),
		index('invitations_by_expiry').on(t.expiresAt),
		check(
			'invitations_sizes',
			sql`octet_length(${t.hash}) = 32 and octet_length(${t.nonce}) = 32 and octet_length(${t.mac}) = 36`,
		),
		check('invitations_text_size', sql`greatest(octet_length(${t.email}), octet_length(${t.name})) <= 2000`),
		check('invitations_text_shown', visibleLineCheck(sql`(${t.email} || ' ' || ${t.name})`)),
		check('invitations_role_known', sql`${t.role} in ('OWNER', 'MEMBER', 'CLIENT')`),
		check('invitations_client_is_of_portal', sql`(${t.role} = 'CLIENT') = (${t.clientId} is not null)`),
	],
);

/** The issuers and e-mail domains that a firm accepts. Every firm has a row. An empty list accepts all. */
export const firmSignIns = pgTable(
	'firm_sign_ins',
	{
		firmId: uuid('firm_id')
			.primaryKey()
			.references(() => firms.id),
		/** Token issuers whose accounts may join. */
		issuers: text('issuers').array().notNull(),
		/** Domains of e-mail addresses that may be invited. The issuer must confirm the address of the person who accepts. */
		domains: text('domains').array().notNull(),
		updatedAt: time('updated_at').notNull().default(sql`now()`),
		mac: bytea('mac').notNull(),
	},
	(t) => [
		check('firm_sign_ins_counts', sql`cardinality(${t.issuers}) <= 20 and cardinality(${t.domains}) <= 20`),
		check(
			'firm_sign_ins_sizes',
			sql`octet_length(array_to_string(${t.issuers}, ',')) <= 5200 and octet_length(array_to_string(${t.domains}, ',')) <= 5200`,
		),
		check('firm_sign_ins_mac_size', sql`octet_length(${t.mac}) = 36`),
	],
);
