import type { Sql } from 'postgres';
import { membershipStatement, operatorStatement, policyStatement, type Statement } from '../../src/access/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import type { LazyAdminContext } from './admin-context.ts';

interface ProofContext {
	readonly office: LazyAdminContext;
	/** A connection as the superuser. */
	readonly admin: Sql;
}

/**
 * Sets valid MACs on the present values of rows that a test has made by SQL, as if the program had made them. An attacker with only
 * SQL can't do this.
 */
export interface Proofs {
	member(userId: string): Promise<void>;
	operator(userId: string): Promise<void>;
	policy(firm: string): Promise<void>;
}

export function proofsOf({ office, admin }: ProofContext): Proofs {
	const prove = (firm: string, statement: Statement) => office.use(({ rights }) => rights.prove(firm, statement));
	return {
		async member(userId) {
			const [row] = await admin`
				select m.*, m.removed_at is null as active, u.person_id, u.issuer, u.subject
				from memberships m join users u on u.id = m.user_id where m.user_id = ${userId}`;
			if (!row) throw new Error('no such member');
			const mac = await prove(
				row.firm_id,
				membershipStatement({
					user: userId,
					person: row.person_id,
					issuer: row.issuer,
					subject: row.subject,
					firm: row.firm_id,
					role: row.role,
					client: row.client_id,
					active: row.active,
				}),
			);
			await admin`update memberships set mac = ${Buffer.from(mac)} where user_id = ${userId}`;
		},
		async operator(userId) {
			const [row] = await admin`
				select o.*, o.disabled_at is null as active, u.person_id, u.issuer, u.subject
				from operators o join users u on u.id = o.user_id where o.user_id = ${userId}`;
			if (!row) throw new Error('no such operator');
			const mac = await prove(
				PLATFORM_FIRM_ID,
				operatorStatement({
					user: userId,
					person: row.person_id,
					issuer: row.issuer,
					subject: row.subject,
					roles: row.roles,
					active: row.active,
					introducedBy: row.introduced_by,
					introducedAt: row.introduced_at,
				}),
			);
			await admin`update operators set mac = ${Buffer.from(mac)} where user_id = ${userId}`;
		},
		async policy(firm) {
			const [row] = await admin`select policy, approvers from access_policies where firm_id = ${firm}`;
			if (!row) throw new Error('no such firm');
			const mac = await prove(firm, policyStatement({ firm, policy: row.policy, approvers: row.approvers }));
			await admin`update access_policies set mac = ${Buffer.from(mac)} where firm_id = ${firm}`;
		},
	};
}
