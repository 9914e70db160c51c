import postgres from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { ERASABLE_TABLES } from '../../src/database/erased-tables.ts';
import { prepareDatabase } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { addRow } from './firm-owned-tables.ts';
import { codeOf, makeTwoFirms, type TwoFirms } from './two-firms.ts';

/** object_not_in_prerequisite_state: erasing and holding refuse while a type's table is unknown. */
const NOT_PREPARED = '55000';

describe.each(servers)('what secures erasure on $name', (server) => {
	let two: TwoFirms;
	let url: string;
	let client: string;
	let document: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		url = two.installation.env.FIRMSEAL_ADMIN_DATABASE_URL as string;
		client = await addRow(two.admin, 'clients', two.north);
		document = await addRow(two.admin, 'documents', two.north, { client_id: client });
	});
	afterAll(() => two?.close());
	afterEach(() => prepare());

	const prepare = () => prepareDatabase(url, []);
	const secure = (types: object | null) =>
		codeOf(
			two.admin.begin(async (tx) => {
				await tx`set local role firmseal_owner`;
				await tx`select secure_erasure(${types as never}::jsonb)`;
			}),
		);
	const rowsOf = (table: string, subject: string | null) =>
		codeOf(two.admin`select rows_of_subject(${table}, ${two.north.id}, ${subject})`);

	/** The result of erase_rows() for an approved job that erases `subject`, and what is left of the document. */
	async function erases(subject: string, held: string | null) {
		const [asker, agreed] = (
			await two.admin`select user_id from operators where 'APPROVER' = any (roles) order by 1`
		).map(({ user_id }) => user_id as string);
		const job = uuidv7();
		const mac = Buffer.alloc(36);
		await two.admin`
			insert into jobs (id, firm_id, kind, state, asked_on, asked_by, agreed_by, agreed_mac, asked_at, mac, subject, terms)
			values (${job}, ${two.north.id}, 'ERASE', 'RUNNING', 'cli', ${asker as string}, ${agreed as string}, ${mac}, now(), ${mac}, ${subject},
				'{"notBefore":"2020-01-01T00:00:00Z"}')`;
		if (held)
			await two.admin`
				insert into legal_holds (id, firm_id, subject, ticket, set_by, set_at, mac)
				values (${uuidv7()}, ${two.north.id}, ${held}, 'LIT-1', ${asker as string}, now(), ${mac})`;
		const answer = await two
			.maintain(
				{ firm: two.north.id, job },
				`select erase_rows('documents', 'id', array['${document}'::uuid])::int as gone`,
			)
			.then(
				([row]) => row?.gone,
				({ code }) => code,
			);
		await two.admin`delete from legal_holds`;
		await two.admin`delete from jobs where id = ${job}`;
		const left = (await two.admin`select 1 from documents where id = ${document}`).length;
		return { answer, left };
	}

	it('finds what is recorded as erased and is there by an index', async () => {
		const plans: string[] = [];
		const sql = postgres(url, { max: 1, onnotice: ({ message }) => plans.push(String(message)) });
		const takenBack = new Error('Taken back.');
		const explained = sql.begin(async (tx) => {
			await tx`insert into notes (firm_id, id, author_id, title, body)
				select firm_id, gen_random_uuid(), author_id, title, body from notes, generate_series(1, 3000) where id = ${two.north.note}`;
			await tx`insert into erasures (id, firm_id, subject, mac, erased_at, certificate)
				values (${uuidv7()}, ${two.north.id}, ${`Note.${two.north.note}`}, ${Buffer.alloc(36)}, now(), '{}')`;
			await tx`analyze notes, erasures`;
			await tx`load 'auto_explain'`;
			await tx`select set_config('auto_explain.log_min_duration', '0', true), set_config('auto_explain.log_nested_statements', 'on', true),
				set_config('auto_explain.log_level', 'notice', true)`;
			await tx`select * from erasures_left()`;
			throw takenBack;
		});
		await expect(explained).rejects.toBe(takenBack);
		await sql.end();
		const plan = plans.find((each) => each.includes('JOIN public.notes r'));
		// PostgreSQL evaluates a condition that is not leakproof only after the policies, so it cannot select rows by it.
		expect(plan).toMatch(/Index Cond: .*\bid = d\.of_row/);
	});

	it('is refused without types, and without one whose rows others name', async () => {
		expect(await secure(null)).toBe(NOT_PREPARED);
		expect(await secure({})).toBe(NOT_PREPARED);
		const { Document: _, ...others } = ERASABLE_TABLES;
		expect(await secure(others)).toBe(NOT_PREPARED);
		expect(await secure(ERASABLE_TABLES)).toBe('done');
		await two.admin.unsafe(`
			create table folders (firm_id uuid, id uuid, revision int, deleted_at timestamptz, primary key (firm_id, id));
			create table tabs (firm_id uuid, folder_id uuid, foreign key (firm_id, folder_id) references folders);
			alter table folders owner to firmseal_owner; alter table tabs owner to firmseal_owner`);
		await expect(prepare()).rejects.toThrow('other tables refer to rows of public.folders');
		await two.admin`drop table tabs, folders`;
	});

	it('knows no rows of what can’t be read, or is of no type', async () => {
		for (const subject of ['', 'Note', `Note.${'-'.repeat(36)}`, `Note.${client.toUpperCase()}`, `note.${client}`])
			expect([subject, await rowsOf('notes', subject)]).toEqual([subject, NOT_PREPARED]);
		for (const type of ['Firm', 'Notes', 'DocumentVersion'])
			expect([type, await rowsOf('notes', `${type}.${client}`)]).toEqual([type, NOT_PREPARED]);
		for (const subject of [null, `Note.${client}`, `Client.${client}`])
			expect([subject, await rowsOf('notes', subject)]).toEqual([subject, 'done']);
	});

	it('deletes nothing, held or not, while an administrator has taken a type’s trigger away', async () => {
		const [whole, part] = [`Client.${client}`, `Document.${document}`];
		expect(await erases(whole, part)).toEqual({ answer: 0, left: 1 });
		expect(await erases(part, whole)).toEqual({ answer: 0, left: 1 });
		for (const [table, subject, held] of [
			['documents', part, null],
			['documents', whole, part],
			['clients', part, whole],
		] as const) {
			await two.admin`drop trigger not_erased on ${two.admin(table)}`;
			expect([subject, held, await erases(subject, held)]).toEqual([subject, held, { answer: NOT_PREPARED, left: 1 }]);
			await prepare();
		}
		await two.admin`drop trigger not_erased on documents`;
		expect(await codeOf(two.admin`select from erasures_left()`)).toBe(NOT_PREPARED);
		// These refer to documents without a foreign key.
		for (const table of ['document_versions', 'stored_objects', 'download_tickets'])
			expect([table, await rowsOf(table, whole)]).toEqual([table, NOT_PREPARED]);
		await two.admin`drop policy owner_asks_of_erased on documents`;
		expect(await rowsOf('document_versions', whole)).toBe(NOT_PREPARED);
	});

	it('is made again where it differs, and only there', async () => {
		const made = async () => [
			...(await two.admin`
				select c.relname, t.oid, pg_get_triggerdef(t.oid), t.tgenabled, p.oid as policy, pg_get_expr(p.polqual, p.polrelid)
				from pg_class c join pg_trigger t on t.tgrelid = c.oid and t.tgname = 'not_erased'
				join pg_policy p on p.polrelid = c.oid and p.polname = 'owner_asks_of_erased' order by 1`),
		];
		const before = await made();
		expect(before.map(({ relname }) => relname)).toEqual(Object.values(ERASABLE_TABLES).sort());
		await prepare();
		expect(await made()).toEqual(before);
		const remade = (of: readonly Record<string, unknown>[]) => of.map(({ oid: _, policy: __, ...rest }) => rest);
		for (const damage of [
			'alter table notes disable trigger not_erased',
			'alter table notes enable trigger not_erased',
			`drop trigger not_erased on notes;
				create trigger not_erased before insert on notes for each row execute function refuse_erased_id('Client');
				alter table notes enable always trigger not_erased`,
			`drop trigger not_erased on notes;
				create trigger not_erased before insert on notes for each row when (false) execute function refuse_erased_id('Note');
				alter table notes enable always trigger not_erased`,
			`create trigger not_erased before insert on invoice_line_items for each row execute function refuse_erased_id('Note')`,
			'alter policy owner_asks_of_erased on notes using (false)',
			'drop policy owner_asks_of_erased on notes; create policy owner_asks_of_erased on notes for select using (true)',
		]) {
			await two.admin.unsafe(damage);
			await prepare();
			const now = await made();
			expect([damage, remade(now)]).toEqual([damage, remade(before)]);
		}
		const rows = await two.admin`
			select polroles::regrole[]::text as roles, polcmd from pg_policy where polname = 'owner_asks_of_erased'`;
		expect(new Set(rows.map(({ roles, polcmd }) => `${polcmd} ${roles}`))).toEqual(new Set(['r {firmseal_owner}']));
	});
});
