import { sql } from 'drizzle-orm';
import type { Client } from 'pg';
import { type DatabaseCheck, databaseCheck } from './inspect/compare-catalogue.ts';
import type { Plane } from './plane.ts';
import { DATABASE_ROLES, PLANE_ROLES, quotedSqlList } from './role-names.ts';

/**
 * PostgreSQL locks a table before it checks whether the session may put a trigger or a rule on it, and lets a role drop every policy that is
 * for that role alone. Everyone else waits behind a session that waits for such a lock. So every statement of a plane's login that changes the
 * schema is refused before PostgreSQL locks anything. The administrator, the owner's members and the owner's functions may change the schema.
 */
const REFUSAL = `
begin
	if (select rolsuper from pg_roles where rolname = session_user) or pg_has_role(session_user, 'firmseal_owner', 'member')
		or current_user = 'firmseal_owner' then
		return;
	end if;
	if exists (select from pg_roles where rolname in (${quotedSqlList(PLANE_ROLES)}) and pg_has_role(session_user, oid, 'member')) then
		raise exception 'a login of Firmseal cannot change the schema' using errcode = 'insufficient_privilege';
	end if;
end`;

/** The event trigger is enabled, covers every statement, and calls the function with this text, which none of our roles owns. */
const GUARDS = `
	select from pg_event_trigger e join pg_proc p on p.oid = e.evtfoid
	where e.evtname = 'firmseal_guard' and e.evtevent = 'ddl_command_start' and e.evtenabled in ('O', 'A') and e.evttags is null
		and p.prosrc = $refusal$${REFUSAL}$refusal$ and pg_get_userbyid(p.proowner) not in (${quotedSqlList(DATABASE_ROLES)})`;

/**
 * Makes the event trigger. The administrator owns its function, in a separate schema: the function runs with the rights of the session that makes
 * the statement, so its owner could act as a superuser. Only a superuser may make an event trigger; if the server offers none, `doctor` reports it.
 */
export async function guardSchema(admin: Client): Promise<void> {
	await admin.query(`
		do $guard$
		begin
			create schema if not exists firmseal_guard;
			create or replace function firmseal_guard.refuse_statement() returns event_trigger
				language plpgsql set search_path = pg_catalog, pg_temp as $refusal$${REFUSAL}$refusal$;
			if not exists (${GUARDS}) then
				drop event trigger if exists firmseal_guard;
				create event trigger firmseal_guard on ddl_command_start execute function firmseal_guard.refuse_statement();
			end if;
		exception when insufficient_privilege then null;
		end $guard$`);
}

export async function inspectGuard(plane: Plane): Promise<DatabaseCheck> {
	const ok = await plane.read(null, async (tx) => {
		const { rows } = await tx.execute(sql.raw(GUARDS));
		return rows.length > 0;
	});
	return databaseCheck(
		'no login can make a statement that changes the schema',
		ok
			? null
			: 'PostgreSQL refuses such a statement only after it has waited for a lock, with everyone else behind it: run `firmseal init` with the URL of a superuser in FIRMSEAL_ADMIN_DATABASE_URL. On a managed service without event triggers, any login can block a table for the others until an administrator ends its session: monitor lock waits.',
	);
}
