import type { Sql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import type { TestServer } from '../support/servers.ts';
import { codeOf, makeTwoFirms, type Side, type TwoFirms } from './two-firms.ts';

/** The login that may become each role. */
const LOGIN_OF = {
	firm: 'firm',
	portal: 'firm',
	operator: 'operator',
	break_glass: 'operator',
	broker: 'broker',
	worker: 'worker',
	log: 'worker',
	signer: 'worker',
} as const satisfies Record<string, Side>;

/** Without the owner, as whom no one can sign in. */
export type Role = keyof typeof LOGIN_OF;
export const ROLES = Object.keys(LOGIN_OF) as Role[];
export const LOGINS = ['firm', 'operator', 'broker', 'worker'] as const satisfies readonly Side[];

/** 32 bytes, as SQL. */
export const HASH = `decode(repeat('11', 32), 'hex')`;

/** A database with a provable log: trees of two firms and of no firm, the root tree and all other tables of the log. */
export interface AuditLog extends Pick<TwoFirms, 'admin' | 'close'> {
	/** Ids of firms. */
	readonly north: string;
	readonly harbour: string;
	/** Runs a statement as a login, without a role. */
	login(side: Side): Sql;
	/** Runs a statement as this role, in a transaction that names the firm. */
	run(
		role: Role,
		statement: string,
		firm?: string,
	): Promise<readonly Record<string, unknown>[] & { readonly count: number }>;
	/** The SQLSTATE of the refusal, or `done`. */
	attempt(role: Role, statement: string, firm?: string): Promise<string>;
	/** The same, and rolls it back. */
	tried(role: Role, statement: string, firm?: string): Promise<string>;
	/** The same for the superuser. */
	triedByAdmin(...statements: string[]): Promise<string>;
}

export async function makeAuditLog(server: TestServer): Promise<AuditLog> {
	const two = await makeTwoFirms(server);
	const { admin } = two;
	const [north, harbour] = [two.north.id, two.harbour.id];
	const signedIn = new Map<Side, Sql>(LOGINS.map((side) => [side, two.installation.signIn(side)]));
	const login = (side: Side) => signedIn.get(side) as Sql;
	await fill(admin, [north, harbour, PLATFORM_FIRM_ID]);

	const run: AuditLog['run'] = (role, statement, firm = '') =>
		login(LOGIN_OF[role]).begin(async (tx) => {
			await tx`select set_config('role', ${`firmseal_${role}`}, true), set_config('firmseal.firm', ${firm}, true)`;
			return tx.unsafe(statement);
		}) as never;
	return {
		admin,
		north,
		harbour,
		login,
		run,
		attempt: (role, statement, firm) => codeOf(run(role, statement, firm)),
		tried: (role, statement, firm = '') =>
			codeOf(
				login(LOGIN_OF[role]).begin(async (tx) => {
					await tx`select set_config('role', ${`firmseal_${role}`}, true), set_config('firmseal.firm', ${firm}, true)`;
					await tx.unsafe(statement);
					throw new Error('done');
				}),
			),
		triedByAdmin: (...statements) =>
			codeOf(
				admin.begin(async (tx) => {
					for (const statement of statements) await tx.unsafe(statement);
					throw new Error('done');
				}),
			),
		close: two.close,
	};
}

/** One leaf in each tree, with a checkpoint in the root tree; and a heartbeat, which belongs to no tree. */
async function fill(admin: Sql, trees: readonly string[]): Promise<void> {
	for (const [index, tree] of trees.entries())
		await admin.unsafe(`insert into audit_leaves (tree, index, entry_id, hashes) values ('${tree}', 0, '${uuidv7()}', ${HASH});
			insert into audit_trees (tree, size, signed) values ('${tree}', 1, 1);
			insert into audit_root_leaves (index, kind, tree, size, leaf, hashes)
				values (${index}, 'CHECKPOINT', '${tree}', 1, 'checkpoint ${index}', ${HASH});
			insert into data_keys (firm_id, class, version, state, wrapped, commitment, key_id)
				values ('${tree}', 'CHECKPOINT', 1, 'ACTIVE', '\\x00', ${HASH}, 'k')`);
	await admin.unsafe(`insert into audit_root_leaves (index, kind, leaf, hashes) values (3, 'HEARTBEAT', 'heartbeat', ${HASH});
		insert into audit_root_checkpoints (size, note) values (4, 'signed');
		insert into audit_gaps (role, boot, first, last) values ('firmseal_firm', '${uuidv7()}', 2, 3);
		insert into audit_boots (role, boot, last) values ('firmseal_firm', '${uuidv7()}', 4);
		insert into audit_anchors (number, size, sha256) values (1, 4, ${HASH})`);
}
