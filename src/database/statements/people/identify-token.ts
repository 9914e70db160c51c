import { sql } from 'drizzle-orm';
import type { Transaction } from '../../plane.ts';
import { operators } from '../../tables/index.ts';

/** The account of a token's (issuer, subject) and its rights, by identify() of drizzle/0006_people.sql. */
export interface TokenIdentity {
	readonly userId: string;
	readonly personId: string;
	readonly userDisabled: boolean;
	readonly firmId: string | null;
	readonly firmStatus: string | null;
	readonly firmRole: 'OWNER' | 'MEMBER' | 'CLIENT' | null;
	/** The client of a portal user. */
	readonly clientId: string | null;
	readonly removed: boolean;
	readonly membershipMac: Uint8Array | null;
	readonly operatorRoles: readonly ('OPERATOR' | 'APPROVER' | 'AUDITOR')[] | null;
	readonly operatorDisabled: boolean;
	readonly operatorMac: Uint8Array | null;
	readonly introducedBy: readonly string[] | null;
	readonly introducedAt: Date | null;
	/** Sessions that began before this moment have ended, in this account and in former ones of the same identity. */
	readonly sessionsEndedAt: Date | null;
	/** Of the firm's classes; a class without an item is in PLATFORM custody. */
	readonly custody: readonly StoredCustody[] | null;
}

/** In whose custody a class is, by an entry of the firm's key log. */
export interface StoredCustody {
	readonly class: string;
	readonly custody: 'PLATFORM' | 'MOVING' | 'FIRM' | 'BACK';
	readonly seq: number;
	/** Hexadecimal. */
	readonly mac: string;
}

export async function identifyToken(tx: Transaction, issuer: string, subject: string): Promise<TokenIdentity | null> {
	const {
		rows: [row],
	} = await tx.execute(sql`
		select user_id as "userId", person_id as "personId", user_disabled as "userDisabled",
			firm_id as "firmId", firm_status as "firmStatus", firm_role as "firmRole", client_id as "clientId", removed,
			membership_mac as "membershipMac",
			operator_roles as "operatorRoles", operator_disabled as "operatorDisabled", operator_mac as "operatorMac",
			operator_introduced_by as "introducedBy", operator_introduced_at as "introducedAt",
			sessions_ended_at as "sessionsEndedAt", custody
		from public.identify(${issuer}, ${subject})`);
	if (!row) return null;
	return {
		...(row as unknown as TokenIdentity),
		introducedAt: timeOf(row.introducedAt),
		sessionsEndedAt: timeOf(row.sessionsEndedAt),
	};
}

const timeOf = (value: unknown): Date | null =>
	value === null ? null : (operators.introducedAt.mapFromDriverValue(value) as Date);
