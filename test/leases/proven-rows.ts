import {
	type FirmPolicy,
	type FirmRole,
	membershipStatement,
	type OperatorRole,
	operatorStatement,
	policyStatement,
} from '../../src/access/index.ts';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { unguarded } from './forgeries.ts';
import type { LeaseStage } from './stage.ts';

/** Changes rows that give rights, with valid proofs, as Firmseal's functions do. */
export function provenRows(stage: LeaseStage) {
	const { installation, firm, prove } = stage;
	const { admin } = installation;
	const hex = (mac: Uint8Array) => Buffer.from(mac).toString('hex');

	async function identityOf(user: string) {
		const [row] = await admin`select person_id, issuer, subject from users where id = ${user}`;
		if (!row) throw new Error('no such account');
		return { user, person: row.person_id as string, issuer: row.issuer as string, subject: row.subject as string };
	}

	async function setOperator(user: string, roles: readonly OperatorRole[], active: boolean): Promise<void> {
		const [row] = await admin`select introduced_by, introduced_at from operators where user_id = ${user}`;
		const introduced = { introducedBy: row?.introduced_by, introducedAt: row?.introduced_at };
		const mac = await prove(
			PLATFORM_FIRM_ID,
			operatorStatement({ ...(await identityOf(user)), roles, active, ...introduced }),
		);
		const disabled = active ? 'null' : 'now()';
		const set = `roles = string_to_array($2, ','), disabled_at = ${disabled}, mac = decode($3, 'hex')`;
		await unguarded(stage, 'operators', `update operators set ${set} where user_id = $1`, [
			user,
			roles.join(),
			hex(mac),
		]);
	}

	return {
		setOperator,
		async setPerson(user: string, person: string): Promise<void> {
			await unguarded(stage, 'users', 'update users set person_id = $2 where id = $1', [user, person]);
			await setOperator(user, ['APPROVER'], true);
		},
		/** Pretends that an approver was introduced now by these persons; without persons: long ago, by `init`. */
		async setIntroduced(user: string, by: readonly string[]): Promise<void> {
			const set = `introduced_by = string_to_array($2, ',')::uuid[], introduced_at = now() - $3::interval`;
			const values = [user, by.join(), by.length > 0 ? '0 days' : '60 days'];
			await unguarded(stage, 'operators', `update operators set ${set} where user_id = $1`, values);
			await setOperator(user, ['APPROVER'], true);
		},
		async setMember(user: string, role: FirmRole, active: boolean): Promise<void> {
			const statement = { ...(await identityOf(user)), firm: firm.id, role, client: null, active };
			const mac = await prove(firm.id, membershipStatement(statement));
			const set = `role = $2, removed_at = ${active ? 'null' : 'now()'}, mac = decode($3, 'hex')`;
			await unguarded(stage, 'memberships', `update memberships set ${set} where user_id = $1`, [user, role, hex(mac)]);
		},
		async setPolicy(policy: FirmPolicy, approvers: number): Promise<void> {
			const mac = await prove(firm.id, policyStatement({ firm: firm.id, policy, approvers }));
			const set = `policy = $2, approvers = $3::int, mac = decode($4, 'hex')`;
			await unguarded(stage, 'access_policies', `update access_policies set ${set} where firm_id = $1`, [
				firm.id,
				policy,
				String(approvers),
				hex(mac),
			]);
		},
	};
}
