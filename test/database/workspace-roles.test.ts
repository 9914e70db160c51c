import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import {
	addRow,
	type Column,
	columnsOf,
	FIRM_OWNED,
	HIDDEN_FROM_PORTAL,
	type Named,
	type Role,
	runAs,
	sealedOf,
	valuesOf,
} from './firm-owned-tables.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** Rows shared with north's client, by table. */
type Shared = Readonly<Record<string, string>>;

describe.each(servers)('the tables of the workspace on $name', (server) => {
	let two: TwoFirms;
	let shared: Shared;
	/** North's client, whose portal this is. */
	let client: string;
	/** A row of each firm that is not shared, by table. */
	const north: Record<string, string> = {};
	const harbour: Record<string, string> = {};
	const columns: Record<string, Column[]> = {};
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		for (const table of FIRM_OWNED) {
			columns[table] = await columnsOf(two.admin, table);
			north[table] = await addRow(two.admin, table, two.north);
			harbour[table] = await addRow(two.admin, table, two.harbour);
		}
		const [row] =
			await two.admin`select client_id from memberships where firm_id = ${two.north.id} and role = 'CLIENT'`;
		client = row?.client_id;
		shared = await shareRows();
	});
	afterAll(() => two?.close());

	async function shareRows(): Promise<Shared> {
		const add = (table: string, given: object = {}) => addRow(two.admin, table, two.north, { ...given });
		const [documents, threads, invoices] = [
			await add('documents'),
			await add('threads'),
			await add('invoices', { status: 'ISSUED' }),
		];
		const draft = await add('invoices');
		for (const [column, id] of [
			['document_id', documents],
			['thread_id', threads],
			['invoice_id', invoices],
			['invoice_id', draft],
		] as const)
			await two.admin`insert into shares ${two.admin({ id: crypto.randomUUID(), firm_id: two.north.id, client_id: client, author_id: two.north.author, [column]: id })}`;
		await add('invoice_line_items', { invoice_id: draft });
		return {
			clients: client,
			documents,
			threads,
			invoices,
			document_versions: await add('document_versions', { document_id: documents }),
			messages: await add('messages', { thread_id: threads }),
			invoice_line_items: await add('invoice_line_items', { invoice_id: invoices }),
		};
	}

	const run = (role: Role, named: Named, statement: string) => runAs(two, role, named, statement);
	const attempt = (role: Role, named: Named, statement: string) => codeOf(run(role, named, statement));
	const idsSeen = async (role: Role, named: Named, table: string): Promise<string[]> =>
		(await run(role, named, `select id from ${table}`)).map(({ id }: { id: string }) => id);
	const inNorth = (): Named => ({ firm: two.north.id });
	const inPortal = (): Named => ({ firm: two.north.id, client });
	const insertOf = (values: Record<string, unknown>, table: string) => async (role: Role, named: Named) =>
		codeOf(runAs(two, role, named, (tx) => tx`insert into ${tx(table)} ${tx(values)}`));

	it('are those of the catalogue, each with forced row policies', async () => {
		const found = await two.admin`
			select c.relname as name, c.relrowsecurity and c.relforcerowsecurity as forced from pg_class c
			where c.relnamespace = 'public'::regnamespace and c.relkind = 'r' and 4 = (
				select count(*) from pg_attribute a where a.attrelid = c.oid and a.attname in ('firm_id', 'id', 'revision', 'deleted_at'))`;
		expect(found.map(({ name }) => name).sort()).toEqual([...FIRM_OWNED].sort());
		for (const { name, forced } of found) expect([name, forced]).toEqual([name, true]);
	});

	describe.each(FIRM_OWNED)('%s', (table) => {
		it('show the firm plane the rows of the firm that is named, and none if no firm is named', async () => {
			const seen = await run('firm', inNorth(), `select distinct firm_id from ${table}`);
			expect([...seen]).toEqual([{ firm_id: two.north.id }]);
			expect(await idsSeen('firm', inNorth(), table)).toContain(north[table]);
			expect(await idsSeen('firm', inNorth(), table)).not.toContain(harbour[table]);
			expect(await idsSeen('firm', {}, table)).toEqual([]);
		});

		it('cannot be written in another firm', async () => {
			const update = await run(
				'firm',
				inNorth(),
				`update ${table} set revision = 9, deleted_at = now() where id = '${harbour[table]}'`,
			);
			expect(update.count).toBe(0);
			const insert = insertOf(await valuesOf(two.admin, table, two.harbour), table);
			expect(await insert('firm', inNorth())).toBe(NO_PRIVILEGE);
			expect(await insert('firm', {})).toBe(NO_PRIVILEGE);
			expect(await insert('firm', { firm: two.harbour.id })).toBe('done');
		});

		it('cannot refer to a row or person of another firm', async () => {
			for (const { name, refersTo } of columns[table] ?? []) {
				if (!refersTo) continue;
				const foreign = refersTo === 'memberships' ? two.harbour.author : harbour[refersTo];
				// A comment is about one row only.
				const others = table === 'comments' && name !== 'author_id' ? { note_id: null } : {};
				const values = await valuesOf(two.admin, table, two.north, { ...others, [name]: foreign });
				expect([name, await insertOf(values, table)('firm', inNorth())]).toEqual([name, '23503']);
			}
		});

		it('let the firm plane change content and state, and not what identifies rows, their parents and authors', async () => {
			for (const { name, refersTo } of columns[table] ?? []) {
				const isFixed = ['firm_id', 'id', 'created_at'].includes(name) || (refersTo !== null && name !== 'client_id');
				const outcome = await attempt(
					'firm',
					inNorth(),
					`update ${table} set ${name} = ${name} where id = '${north[table]}'`,
				);
				expect([name, outcome]).toEqual([name, isFixed ? NO_PRIVILEGE : 'done']);
			}
			for (const statement of [`delete from ${table}`, `truncate ${table}`, `truncate ${table} cascade`])
				expect([statement, await attempt('firm', inNorth(), statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it('show the portal what is shared with its client, and nothing unless both are named', async () => {
			if (HIDDEN_FROM_PORTAL.includes(table)) {
				for (const named of [inPortal(), inNorth(), {}])
					expect(await attempt('portal', named, `select 1 from ${table}`)).toBe(NO_PRIVILEGE);
				return;
			}
			const hint = `Clients may see no row of ${table}? Add it to HIDDEN_FROM_PORTAL of firm-owned-tables.ts. Else share one in shareRows.`;
			expect(Object.keys(shared), hint).toContain(table);
			expect(await idsSeen('portal', inPortal(), table)).toEqual([shared[table]]);
			const [row] = await run('portal', inPortal(), `select * from ${table}`);
			for (const column of sealedOf(columns[table] ?? []))
				expect([column, row[column]]).toEqual([column, expect.any(Buffer)]);
			const [other] =
				await two.admin`select client_id from memberships where firm_id = ${two.harbour.id} and role = 'CLIENT'`;
			const elsewhere: readonly Named[] = [
				{},
				inNorth(),
				{ client },
				{ firm: two.harbour.id, client },
				{ firm: two.north.id, client: other?.client_id },
				{ firm: two.north.id, client: north.clients ?? null },
			];
			for (const named of elsewhere) {
				const seen = await idsSeen('portal', named, table);
				// A client sees itself.
				expect([named, seen.filter((id) => id !== named.client)]).toEqual([named, []]);
			}
		});

		it('let the portal change nothing of them except a parent’s time and a document’s file', async () => {
			const file = ['revision', 'updated_at', 'byte_size', 'bucket', 'object_key', 'sha256'];
			const moves =
				{ threads: ['updated_at'], documents: [...file, 'version_id', 'status'], document_versions: file }[table] ?? [];
			for (const { name } of columns[table] ?? []) {
				const outcome = await attempt('portal', inPortal(), `update ${table} set ${name} = ${name}`);
				expect([name, outcome]).toEqual([name, moves.includes(name) ? 'done' : NO_PRIVILEGE]);
			}
			expect(await attempt('portal', inPortal(), `delete from ${table}`)).toBe(NO_PRIVILEGE);
			if (moves.length === 0) return;
			const update = await run('portal', inPortal(), `update ${table} set updated_at = now()`);
			expect(update.count).toBe(1);
		});

		it('accept from the portal additions to shared parents, and nothing else', async () => {
			const into: Record<string, [column: string, parent: string]> = {
				messages: ['thread_id', 'threads'],
				document_versions: ['document_id', 'documents'],
			};
			const [column, parent] = into[table] ?? [];
			if (!column || !parent) {
				const insert = insertOf(await valuesOf(two.admin, table, two.north), table);
				return expect(await insert('portal', inPortal())).toBe(NO_PRIVILEGE);
			}
			const insertInto = async (firm: typeof two.north, id: string | undefined, named: Named) =>
				insertOf(await valuesOf(two.admin, table, firm, { [column]: id }), table)('portal', named);
			expect(await insertInto(two.north, shared[parent], inPortal())).toBe('done');
			expect(await insertInto(two.north, north[parent], inPortal())).toBe(NO_PRIVILEGE);
			expect(await insertInto(two.north, harbour[parent], inPortal())).toBe(NO_PRIVILEGE);
			expect(await insertInto(two.harbour, harbour[parent], inPortal())).toBe(NO_PRIVILEGE);
			expect(await insertInto(two.harbour, shared[parent], inPortal())).toBe(NO_PRIVILEGE);
			expect(await insertInto(two.north, shared[parent], inNorth())).toBe(NO_PRIVILEGE);
			await two.admin`delete from ${two.admin(table)} where ${two.admin(column)} = ${shared[parent] ?? ''} and id <> ${shared[table] ?? ''}`;
		});

		it('show the operator the metadata of every firm, and no sealed column', async () => {
			// A stamp has the hashes of sealed values.
			const stamps = (columns[table] ?? []).map(({ name }) => name).filter((name) => name === 'stamp');
			const sealed = [...sealedOf(columns[table] ?? []), ...stamps];
			const metadata = (columns[table] ?? []).map(({ name }) => name).filter((name) => !sealed.includes(name));
			const rows = await run('operator', {}, `select ${metadata.map((name) => `"${name}"`).join(', ')} from ${table}`);
			const firms = rows.map(({ firm_id }: { firm_id: string }) => firm_id);
			expect(new Set(firms)).toEqual(new Set([two.north.id, two.harbour.id]));
			for (const column of sealed)
				for (const statement of [
					`select ${column} from ${table}`,
					`select id from ${table} where ${column} is null`,
					`select id from ${table} order by ${column}`,
					`select count(${column}) from ${table}`,
					`select octet_length(${column}) from ${table}`,
					`copy ${table} (${column}) to stdout`,
				])
					expect([statement, await attempt('operator', {}, statement)]).toEqual([statement, NO_PRIVILEGE]);
			if (sealed.length > 0)
				for (const statement of [
					`select * from ${table}`,
					`table ${table}`,
					`select t from ${table} t`,
					`select to_jsonb(t) from ${table} t`,
				])
					expect([statement, await attempt('operator', {}, statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it('accept nothing from the operator', async () => {
			for (const { name } of columns[table] ?? [])
				expect(await attempt('operator', {}, `update ${table} set ${name} = ${name}`), name).toBe(NO_PRIVILEGE);
			const insert = insertOf(await valuesOf(two.admin, table, two.north), table);
			for (const named of [{}, inNorth()]) expect(await insert('operator', named)).toBe(NO_PRIVILEGE);
			for (const statement of [`delete from ${table}`, `truncate ${table}`, `select id from ${table} for share`])
				expect([statement, await attempt('operator', {}, statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it('are inaccessible to the worker', async () => {
			for (const statement of [
				`select 1 from ${table}`,
				`select count(*) from ${table}`,
				`insert into ${table} default values`,
				`update ${table} set revision = 1`,
				`delete from ${table}`,
				`truncate ${table}`,
			])
				for (const named of [{}, inNorth()])
					expect([statement, await attempt('worker', named, statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it('show their owner no row, whatever firm it names', async () => {
			const seen = two.admin.begin(async (tx) => {
				await tx`select set_config('firmseal.firm', ${two.north.id}, true), set_config('firmseal.client', ${client}, true)`;
				await tx`set local role firmseal_owner`;
				const rows = await tx.unsafe(`select id from ${table}`);
				const update = await tx.unsafe(`update ${table} set revision = revision`);
				const removal = await tx.unsafe(`delete from ${table}`);
				return [rows.length, update.count, removal.count];
			});
			expect(await seen).toEqual([0, 0, 0]);
		});
	});

	it('and the tables of keys, log and operators give the portal no privilege on any column', async () => {
		for (const table of [...HIDDEN_FROM_PORTAL, 'data_keys', 'audit_entries', 'operators'])
			for (const privilege of ['select', 'insert', 'update', 'references']) {
				const [row] =
					await two.admin`select has_any_column_privilege('firmseal_portal', ${table}, ${privilege}) as yes`;
				expect([table, privilege, row?.yes]).toEqual([table, privilege, false]);
			}
	});
});
