import type { TransactionSql } from 'postgres';
import { codeOf } from '../database/two-firms.ts';
import type { LOGINS } from '../support/installation.ts';
import type { LeaseStage } from './stage.ts';

type Login = keyof typeof LOGINS;
type Holder = Pick<LeaseStage, 'installation'>;

/** Runs `meanwhile` while the transaction of a login stays open after `work`. */
export async function withOpenTransaction<T>(
	{ installation }: Holder,
	login: Login,
	work: (tx: TransactionSql) => Promise<unknown>,
	meanwhile: () => Promise<T>,
): Promise<T> {
	const begun = Promise.withResolvers<void>();
	const over = Promise.withResolvers<void>();
	const held = installation.signIn(login).begin(async (tx) => {
		await tx.unsafe(`set local role firmseal_${login}; set local idle_in_transaction_session_timeout = 0`);
		await work(tx);
		begun.resolve();
		await over.promise;
	});
	held.catch((error: Error) => begun.reject(error));
	await begun.promise;
	try {
		return await meanwhile();
	} finally {
		over.resolve();
		await held;
	}
}

/** Runs a statement as a login, in its plane's role, for a firm unless that is ''. Returns the error code, or `done`. */
export const codeBySql = ({ installation }: Holder, login: Login, firm: string, statement: string): Promise<string> =>
	codeOf(
		installation.signIn(login).begin(async (tx) => {
			await tx.unsafe(`set local role firmseal_${login}; set local firmseal.firm = '${firm}'`);
			return tx.unsafe(statement);
		}),
	);

/** Makes requests for leases by SQL, in an operator's name, with chosen ids. */
export const askBySql = (
	tx: TransactionSql,
	{ ids, firm, requester }: { readonly ids: readonly string[]; readonly firm: string; readonly requester: string },
) => tx`
	insert into leases (id, firm_id, requested_by, purpose, classes, minutes, reason_hash, ticket_hash, request_hash, request_mac)
	select id, ${firm}, ${requester}, 'INCIDENT', '{NOTE}', 30, sha256('x'), sha256('x'), sha256('x'), decode(repeat('00', 36), 'hex')
	from unnest(${ids as string[]}::uuid[]) id`;

/** Moves leases from one state to the next. */
export async function moveAllBySql(tx: TransactionSql, ids: readonly string[], ...states: string[]): Promise<void> {
	for (const state of states) await tx`update leases set state = ${state} where id = any (${ids as string[]})`;
}

/** The roles that each login may take, its own first. */
export const ROLES_OF: Readonly<Record<Login, readonly string[]>> = {
	firm: ['none', 'firmseal_firm', 'firmseal_portal'],
	operator: ['none', 'firmseal_operator', 'firmseal_break_glass'],
	worker: ['none', 'firmseal_worker', 'firmseal_maintenance', 'firmseal_log', 'firmseal_signer'],
	broker: ['none', 'firmseal_broker'],
};

/** Lock modes, strongest first. Only the last, which INSERT takes, blocks no reader or writer. */
const MODES = [
	'access exclusive',
	'exclusive',
	'share row exclusive',
	'share',
	'share update exclusive',
	'row exclusive',
];

/**
 * Takes every lock that PostgreSQL grants a login in any of its roles, until its transaction ends, and returns what it took: tables in each mode, every
 * row that it may lock except those of `but`, and what `claims` adds. Skips locks that another session holds.
 */
export async function takeAllLocks(
	tx: TransactionSql,
	login: Login,
	{ firm, but, claims }: { readonly firm: string; readonly but: readonly string[]; readonly claims: readonly string[] },
): Promise<string[]> {
	await tx`select set_config('held.taken', '', true), set_config('firmseal.firm', ${firm}, true)`;
	for (const role of ROLES_OF[login]) {
		await tx.unsafe(`set local role ${role}`);
		await tx.unsafe(`do $held$
			declare
				statement text;
				refused boolean;
			begin
				for statement in
					select format('lock table public.%I in %s mode nowait', c.relname, m) from pg_class c, unnest('{${MODES}}'::text[]) m
					where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
					union all
					select format('select from public.%I for update skip locked', c.relname) from pg_class c
					where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and c.relname <> all ('{${but}}')
					union all
					select unnest(array[${claims.map((claim) => `'select ${claim.replaceAll("'", "''")}'`)}])
				loop
					refused := false;
					begin
						execute statement;
					exception when insufficient_privilege or lock_not_available then refused := true;
					end;
					if not refused then
						perform set_config('held.taken', concat_ws(E'\\n', nullif(current_setting('held.taken'), ''), statement), true);
					end if;
				end loop;
			end $held$`);
	}
	const [row] = await tx`select current_setting('held.taken') as taken`;
	return [...new Set<string>(row?.taken.split('\n'))];
}
