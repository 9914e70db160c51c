import { sql } from 'drizzle-orm';
import { check, foreignKey, index, pgTable, primaryKey, text, unique, uniqueIndex, uuid } from 'drizzle-orm/pg-core';
import { foldedAddress } from './address.ts';
import { clients } from './clients.ts';
import { bytea, createdAt, foreignKeyInFirm, time } from './columns.ts';
import { firms } from './firms.ts';
import { visibleLineCheck } from './visible-text-checks.ts';

/**
 * An account: who a token's (issuer, subject) is, in one firm or at the platform. What it may do is in memberships or operators. Who was
 * removed from a firm and joins another has another account there, so that neither firm sees anything of the other's.
 */
export const users = pgTable(
	'users',
	{
		id: uuid('id').primaryKey(),
		/** The natural person; two accounts of one person share it. */
		personId: uuid('person_id').notNull(),
		issuer: text('issuer').notNull(),
		subject: text('subject').notNull(),
		email: text('email').notNull(),
		name: text('name').notNull(),
		createdAt: createdAt(),
		disabledAt: time('disabled_at'),
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
 * Where an identity is now: in one firm, or at the platform, where it is for ever. Triggers on memberships and operators keep these rows;
 * no role reads or locks them.
 */
export const seats = pgTable(
	'seats',
	{
		userId: uuid('user_id').primaryKey(),
		issuer: text('issuer').notNull(),
		subject: text('subject').notNull(),
		/** null: the platform. */
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

/** An account belongs to one firm; the row stays when the member leaves, because authors keep their names. */
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
		/** The client whom a portal user is of. One without sees nothing. */
		clientId: uuid('client_id'),
		createdAt: createdAt(),
		removedAt: time('removed_at'),
		/** Of the row and of the account's identity, under the firm's RIGHTS key (src/access/statements.ts); without it, no right. */
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

/** Never deleted: a person who is or was an operator cannot become a member. */
export const operators = pgTable(
	'operators',
	{
		userId: uuid('user_id').primaryKey(),
		roles: text('roles', { enum: ['OPERATOR', 'APPROVER', 'AUDITOR'] })
			.array()
			.notNull(),
		createdAt: createdAt(),
		disabledAt: time('disabled_at'),
		/** Persons by whose word the account has its role: who asked, and by whose word they had theirs then. None: `init` named it. */
		introducedBy: uuid('introduced_by').array().notNull().default([]),
		/** Since when it has it; null: from before this was recorded. */
		introducedAt: time('introduced_at'),
		/** The same, under the platform's RIGHTS key. */
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
