import type { Sql } from 'postgres';
import { SetupError } from '../errors.ts';
import type { PlaneRole } from './plane.ts';

/** A login that `firmseal init` makes for a plane: the user and password of that plane's URL. */
export interface PlaneLogin {
	readonly url: string;
	readonly role: PlaneRole;
}

/** duplicate_object, unique_violation */
const ALREADY_MADE = new Set(['42710', '23505']);

const ROLES = ['firmseal_owner', 'firmseal_firm', 'firmseal_operator', 'firmseal_worker'] as const;

/**
 * Makes the roles and a NOINHERIT login for each plane: outside a transaction that takes its role, a login has no privilege
 * at all. Roles are the cluster's, shared by its databases; privileges are each database's own. Idempotent.
 */
export async function makeRoles(admin: Sql, logins: readonly PlaneLogin[]): Promise<void> {
	for (const role of ROLES) await makeUnlessMade(admin, `create role ${role} nologin noinherit nobypassrls`);
	for (const { url, role } of logins) {
		const { user, password } = signInOf(url);
		const [known] = await admin`select rolsuper from pg_roles where rolname = ${user}`;
		if (!known) await makeUnlessMade(admin, await createLogin(admin, user, password));
		if (!known?.rolsuper) await grantOnce(admin, role, user);
	}
	const [self] = await admin`select current_user as name, rolsuper from pg_roles where rolname = current_user`;
	if (!self?.rolsuper) await grantOnce(admin, 'firmseal_owner', self?.name);
	const [database] = await admin`select format('%I', current_database()) as name`;
	await admin.unsafe(`
		revoke temporary, create on database ${database?.name} from public;
		revoke create on schema public from public;
		grant create on database ${database?.name} to firmseal_owner;
		grant create, usage on schema public to firmseal_owner;
	`);
}

function signInOf(url: string): { user: string; password: string } {
	const { username, password } = new URL(url);
	if (!username) throw new SetupError('A database URL names no user: write postgres://USER:PASSWORD@HOST/DATABASE.');
	return { user: decodeURIComponent(username), password: decodeURIComponent(password) };
}

async function createLogin(admin: Sql, user: string, password: string): Promise<string> {
	const [statement] = await admin`select format('create role %I login noinherit nobypassrls password %L', ${user}::text, ${password}::text) as text`;
	return statement?.text;
}

/** Another database of the cluster may make the same role or membership at the same moment. */
async function makeUnlessMade(admin: Sql, statement: string): Promise<void> {
	try {
		await admin.unsafe(statement);
	} catch (error) {
		if (!ALREADY_MADE.has((error as { code?: string }).code ?? '')) throw error;
	}
}

async function grantOnce(admin: Sql, role: string, user: string): Promise<void> {
	// From 16 on, who made a role is a member that may grant it, and may not yet become it.
	const [member] = await admin`select pg_has_role(${user}::name, ${role}::name,
		case when current_setting('server_version_num')::int >= 160000 then 'set' else 'member' end) as yes`;
	if (member?.yes) return;
	const [statement] = await admin`select format('grant %I to %I', ${role}::text, ${user}::text) as text`;
	await makeUnlessMade(admin, statement?.text);
}
