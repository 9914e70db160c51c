import { randomBytes } from 'node:crypto';
import { getTableName } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ERASABLE_TABLES, ERASED_TABLES } from '../../src/database/erased-tables.ts';
import { countErasureRows, eraseNextPage } from '../../src/database/index.ts';
import { workspaceType } from '../../src/firms/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { servers } from '../support/both-servers.ts';
import { addRow, FIRM_OWNED } from './firm-owned-tables.ts';
import { codeOf, makeTwoFirms, type TwoFirms } from './two-firms.ts';

/** Tables with rows of firms from which the erasure of a firm deletes no row by ERASED_TABLES, and why. */
const STAYS: Readonly<Record<string, string>> = {
	alerts: 'ids, counts and times of what was suspicious',
	audit_entries: 'the log holds ids and no content, and proves the erasure',
	data_keys: 'the destroyed keys’ numbers stay; the keys go in a step of their own (eraseKeys)',
	erasure_objects: 'what the erasure itself has yet to delete',
	erasures: 'the erasure',
	escrow_files: 'go with the keys (eraseEscrows)',
	events: 'ids and kinds of the last minutes',
	firm_custody: 'class names',
	jobs: 'ids, kinds and times, of this erasure too',
	key_floors: 'numbers of destroyed keys',
	key_log_checkpoints: 'sizes, hashes and signatures',
	key_log_entries: 'ids, public keys, and hashes of names whose random bytes go (key_log_names)',
	key_log_wishes: 'a time',
	key_refusals: 'reports to each process that the keys are gone',
	lease_approvals: 'who decided, and when; the texts go (lease_texts, lease_decision_texts)',
	lease_budgets: 'counts',
	lease_ends: 'who ended a lease, and when',
	lease_events: 'the steps of a lease, as ids and times',
	leases: 'ids, classes and times; the texts go (lease_texts)',
	legal_holds: 'ids, and who set and released a hold',
	notices: 'ids, kinds and times',
	own_key_states: 'the state of the firm’s wrapping key',
	owner_recoveries: 'ids and times',
	owner_recovery_ends: 'ids and times',
	recovery_files: 'go with the keys (eraseEscrows)',
	recovery_sessions: 'go with the keys (eraseEscrows)',
	seats: 'go with memberships, by their trigger',
};

/** Content tables that no erasure names, because each row is erased with a row of another table. */
const PARTS: Readonly<Record<string, string>> = { document_versions: 'documents', invoice_line_items: 'invoices' };

const HOW_TO_ADD = 'src/database/erased-tables.ts';
const erased = ERASED_TABLES.map(({ table }) => table);
const types = Object.entries(ERASABLE_TABLES);
const goesWithOf = (table: string) => ERASED_TABLES.find((each) => each.table === table)?.goesWith ?? [];

describe.each(servers)('erasure on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	it('of a firm deletes the rows of each table that has any, or leaves them for a reason', async () => {
		const rows = await two.admin`
			select c.relname as name from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attname = 'firm_id'
			where c.relkind = 'r' and c.relnamespace = 'public'::regnamespace order by 1`;
		const there = rows.map(({ name }) => name as string);
		const forgotten = there.filter((name) => !erased.includes(name) && !Object.hasOwn(STAYS, name));
		expect(
			forgotten,
			`The erasure of a firm leaves the rows of these tables, and certifies that none are left: add each to ERASED_TABLES of ${HOW_TO_ADD}, or to STAYS here with the reason.`,
		).toEqual([]);
		expect([...erased, ...Object.keys(STAYS)].sort(), 'Name each table once, and none that is not there.').toEqual(
			there,
		);
	});

	it('of a record is possible for each type of content that is no part of another', () => {
		const named = types.map(([, table]) => table as string);
		expect(
			FIRM_OWNED.filter((table) => !named.includes(table) && !Object.hasOwn(PARTS, table)),
			`No record of these tables can be erased by itself, or held: add its type to ERASABLE_TABLES of ${HOW_TO_ADD}, or the table to PARTS here.`,
		).toEqual([]);
		expect(types.map(([type]) => [type, getTableName(workspaceType(type).table)])).toEqual(types);
		for (const [table, whole] of Object.entries(PARTS))
			expect([table, goesWithOf(table).map((each) => each.table)]).toEqual([table, [whole]]);
	});

	it('deletes rows before those that they refer to', async () => {
		const rows = await two.admin`
			select distinct c.relname as child, p.relname as parent from pg_constraint k
			join pg_class c on c.oid = k.conrelid join pg_class p on p.oid = k.confrelid
			where k.contype = 'f' and c.relname = any (${erased}) and p.relname = any (${erased})`;
		expect(rows.length).toBeGreaterThan(20);
		expect(rows.filter(({ child, parent }) => erased.indexOf(child) >= erased.indexOf(parent))).toEqual([]);
	});

	it('is let by SQL to delete from each of its tables, and no session adds to one of an erased firm', async () => {
		for (const policy of ['owner_erases', 'not_erased']) {
			const rows = await two.admin`select tablename from pg_policies where policyname = ${policy}`;
			const tables = rows.map(({ tablename }) => tablename);
			expect(
				erased.filter((table) => !tables.includes(table)),
				`Add the policy ${policy} to these tables by a migration, or the tables to secure_erasure().`,
			).toEqual([]);
		}
	});

	it.each(types)('of a %s concerns the same rows in SQL as in the program', async (type, whole) => {
		const reaches = (table: string): boolean =>
			table === whole || goesWithOf(table).some((each) => reaches(each.table));
		const subject = `${type}.${uuidv7()}`;
		for (const table of erased.filter(reaches)) {
			const [row] = await two.admin`select rows_of_subject(${table}, ${two.north.id}, ${subject}) as named`;
			const by = goesWithOf(table).filter((each) => reaches(each.table));
			const columns = table === whole ? ['id'] : by.map(({ column }) => column);
			for (const column of columns)
				expect(
					row?.named,
					`erase_rows() would delete no row of ${table} by ${column}: rows_of_subject() follows columns that are named after a type of ERASABLE_TABLES, as note_id.`,
				).toMatch(new RegExp(`(^| )${column} (=|IN) `));
		}
	});

	it('of a client counts and deletes what names its id after its row is gone', async () => {
		const { id: firm, author } = two.north;
		const [id, job] = [uuidv7(), uuidv7()];
		const [subject, mac] = [`Client.${id}`, Buffer.alloc(36)];
		await two.admin`insert into erasures (id, firm_id, subject, mac) values (${uuidv7()}, ${firm}, ${subject}, ${mac})`;
		await two.admin`
			insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac, subject, terms)
			values (${job}, ${firm}, 'ERASE', 'RUNNING', 'worker', now(), ${mac}, ${subject}, '{"notBefore":"2020-01-01T00:00:00Z"}')`;
		await two.admin`
			insert into invitations (id, firm_id, hash, nonce, email, name, role, client_id, invited_by, is_sent, expires_at, mac)
			values (${uuidv7()}, ${firm}, ${randomBytes(32)}, ${randomBytes(32)}, 'late@x.example', 'Late', 'CLIENT', ${id}, ${author}, false,
				now() + interval '1 day', ${mac})`;
		const plane = openPlaneOf(two.installation.database, 'firmseal_maintenance', 1);
		const erasing = { firm, type: 'Client', id } as const;
		const count = () => plane.forJob(job).read(firm, (tx) => countErasureRows(tx, erasing, { whole: true }));
		expect(await count()).toEqual({ invitations: 1 });
		expect(await plane.forJob(job).write(firm, (tx) => eraseNextPage(tx, erasing, 10))).toMatchObject({
			table: 'invitations',
			count: 1,
		});
		expect(await count()).toEqual({});
		await plane.close();
		await two.admin`delete from jobs where id = ${job}`;
		await two.admin`delete from erasures where subject = ${subject}`;
	});

	it.each(types)('of a %s keeps its id taken, and shows if the row is there again', async (type, table) => {
		const id = await addRow(two.admin, table, two.north);
		const [row] = await two.admin`select * from ${two.admin(table)} where id = ${id}`;
		const erasure = uuidv7();
		const left = async () =>
			[...(await two.admin`select open from erasures_left() where id = ${erasure}`)].map(({ open }) => open);
		const subject = `${type}.${id}`;
		await two.admin`
			insert into erasures (id, firm_id, subject, mac, erased_at, certificate)
			values (${erasure}, ${two.north.id}, ${subject}, ${Buffer.alloc(36)}, now(), '{}')`;
		expect(await left()).toEqual([true]);
		await two.admin`delete from ${two.admin(table)} where id = ${id}`;
		expect(await left()).toEqual([]);
		expect(await codeOf(two.admin`insert into ${two.admin(table)} ${two.admin({ ...row } as never)}`)).toBe('23505');
		await two.admin`delete from erasures where id = ${erasure}`;
		expect(await codeOf(two.admin`insert into ${two.admin(table)} ${two.admin({ ...row } as never)}`)).toBe('done');
	});
});
