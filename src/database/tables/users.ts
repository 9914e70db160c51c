import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { clients } from './clients.ts';
import { bytea, createdAt, foldedAddress, foreignKeyInFirm, time } from './columns.ts';
import { firms } from './firms.ts';
import { visibleLineCheck } from './visible-text-checks.ts';

/**
 * Accounts. An account is a token's (issuer, subject) in one firm or at the platform; its rights are in memberships or operators. A person who is
 * removed from a firm and joins another one gets a new account there, so that neither firm sees the other's data.
 */
export const users = pgTable(
	'users',
	{
		id: uuid('id').primaryKey(),
		/** The natural person. All accounts of a person share it. */
		personId: uuid('person_id').notNull(),
		issuer: text('issuer').notNull(),
		subject: text('subject').notNull(),
		email: text('email').notNull(),
		name: text('name').notNull(),
		createdAt: createdAt(),
		disabledAt: time('disabled_at'),
		/** Sessions that began before this moment have ended; null if the person never ended all. */
		sessionsEndedAt: time('sessions_ended_at'),
	},
	(t) => [
		index('users_by_identity').on(t.issuer, t.subject),
		index('users_by_email').on(foldedAddress(t.email)),
		check(
			'users_text_size',
			sql`greatest(octet_length(${t.issuer}), octet_length(${t.subject}), octet_length(${t.email}), octet_length(${t.name})) <= 2000`,
		),
		check('users_text_shown', visibleLineCheck(sql`(${t.email} || ' ' || ${t.name})`)),
	],
);

/**
 * The current account of each identity, in one firm or, permanently, at the platform. Triggers on memberships and operators write these rows. No
 * role can read or lock them.
 */
export const seats = pgTable(
	'seats',
	{
		userId: uuid('user_id').primaryKey(),
		issuer: text('issuer').notNull(),
		subject: text('subject').notNull(),
		/** Null for the platform. */
		firmId: uuid('firm_id'),
		email: text('email').notNull(),
	},
	(t) => [
		unique('seats_identity').on(t.issuer, t.subject),
		uniqueIndex('seats_email').on(
			sql`coalesce(${t.firmId}, '00000000-0000-0000-0000-000000000000')`,
			foldedAddress(t.email),
		),
	],
);

/** An account belongs to one firm. The row stays when the member leaves, so that authors keep their names. */
export const memberships = pgTable(
	'memberships',
	{
		firmId: uuid('firm_id')
			.notNull()
			.references(() => firms.id),
		userId: uuid('user_id')
			.notNull()
			.unique()
			.references(() => users.id),
		role: text('role', { enum: ['OWNER', 'MEMBER', 'CLIENT'] }).notNull(),
		/** The client of a portal user. A portal user without a client sees nothing. */
		clientId: uuid('client_id'),
		createdAt: createdAt(),
		removedAt: time('removed_at'),
		/** Over the row and the account's identity, under the firm's RIGHTS key (src/access/statements.ts). Without it the row gives no right. */
		mac: bytea('mac'),
	},
	(t) => [
		primaryKey({ columns: [t.firmId, t.userId] }),
		foreignKeyInFirm(t, t.clientId, clients),
		index('memberships_by_creation').on(t.firmId, t.createdAt, t.userId),
		index('memberships_of_client').on(t.firmId, t.clientId, t.createdAt, t.userId),
		check('memberships_client_is_of_portal', sql`${t.role} = 'CLIENT' or ${t.clientId} is null`),
		check('memberships_mac_size', sql`octet_length(${t.mac}) = 36`),
		check('memberships_role_known', sql`${t.role} in ('OWNER', 'MEMBER', 'CLIENT')`),
	],
);

/** Rows are never deleted: a person who is or was an operator cannot become a member. */
export const operators = pgTable(
	'operators',
	{
		userId: uuid('user_id').primaryKey(),
		roles: text('roles', { enum: ['OPERATOR', 'APPROVER', 'AUDITOR'] })
			.array()
			.notNull(),
		createdAt: createdAt(),
		disabledAt: time('disabled_at'),
		/** The persons who gave the account its role: the requester and those who had introduced the requester. Empty if `init` named the account. */
		introducedBy: uuid('introduced_by').array().notNull().default([]),
		/** When the account got its role; null if that was before the column existed. */
		introducedAt: time('introduced_at'),
		/** As for memberships, under the platform's RIGHTS key. */
		mac: bytea('mac'),
	},
	(t) => [
		foreignKey({ columns: [t.userId], foreignColumns: [users.id] }),
		check('operators_mac_size', sql`octet_length(${t.mac}) = 36`),
		check('operators_introduced_by_count', sql`cardinality(${t.introducedBy}) <= 1000`),
		check(
			'operators_roles_known',
			sql`cardinality(${t.roles}) > 0 and ${t.roles} <@ array['OPERATOR', 'APPROVER', 'AUDITOR']`,
		),
	],
);
