import { type Client, escapeIdentifier, escapeLiteral } from 'pg';
import { SetupError } from '../errors.ts';
import { limitConnections } from './connection-limits.ts';
import { canBecomeRoleSql, DATABASE_ROLES, type PlaneRole } from './role-names.ts';
import { limitTemporaryFiles } from './temporary-files.ts';

/** A login that `firmseal init` makes for a plane, with the user and password of the plane's URL. */
export interface PlaneLogin {
	readonly url: string;
	readonly role: PlaneRole;
}

/**
 * Makes the roles and a NOINHERIT login for each plane: outside a transaction that takes its role, a login has no privilege. All databases of
 * the server share the roles; each database has its own privileges. Idempotent.
 */
export async function createRoles(admin: Client, logins: readonly PlaneLogin[]): Promise<void> {
	for (const role of DATABASE_ROLES)
		await createUnlessExists(admin, `create role ${role} nologin noinherit nobypassrls`);
	for (const { url, role } of logins) {
		const { user, password } = userAndPasswordOf(url);
		const { rows: known } = await admin.query('select rolsuper from pg_roles where rolname = $1', [user]);
		if (known.length === 0) {
			const login = `create role ${escapeIdentifier(user)} login noinherit nobypassrls password ${escapeLiteral(password)}`;
			await createUnlessExists(admin, login);
		}
		if (known[0]?.rolsuper !== true) await grantOnce(admin, role, user);
	}
	if (logins.length > 0) {
		await limitConnections(admin);
		await limitTemporaryFiles(admin);
	}
	await grantOwnerToAdmin(admin);
	const { rows: database } = await admin.query("select format('%I', current_database()) as name");
	await admin.query(`
		revoke temporary, create on database ${database[0].name} from public;
		revoke create on schema public from public;
		grant create on database ${database[0].name} to firmseal_owner;
		grant create, usage on schema public to firmseal_owner;
	`);
}

/** Lets the administrator become the owner, who cannot sign in. */
export async function grantOwnerToAdmin(admin: Client): Promise<void> {
	const { rows } = await admin.query('select rolname, rolsuper from pg_roles where rolname = current_user');
	if (rows[0].rolsuper !== true) await grantOnce(admin, 'firmseal_owner', rows[0].rolname);
}

function userAndPasswordOf(url: string): { user: string; password: string } {
	const { username, password } = new URL(url);
	if (!username) throw new SetupError('A database URL has no user: write postgres://USER:PASSWORD@HOST/DATABASE.');
	return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/**
 * The preparation of another database of the server may make the same role or membership at the same time. The block is a savepoint, so that
 * the transaction can continue.
 */
const createUnlessExists = (admin: Client, statement: string): Promise<unknown> =>
	admin.query(
		`do ${escapeLiteral(`begin ${statement}; exception when duplicate_object or unique_violation then null; end`)}`,
	);

async function grantOnce(admin: Client, role: string, user: string): Promise<void> {
	const { rows } = await admin.query(`select ${canBecomeRoleSql('$1::name', '$2::name')} as yes`, [user, role]);
	if (rows[0].yes !== true)
		await createUnlessExists(admin, `grant ${escapeIdentifier(role)} to ${escapeIdentifier(user)}`);
}
