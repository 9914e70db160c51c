import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { addRow, columnsOf, FIRM_OWNED, runAs, sealedOf, valuesOf } from './firm-owned-tables.ts';
import { codeOf, envelopeOf, makeTwoFirms, NOT_IN_SHAPE, type TwoFirms } from './two-firms.ts';

const PLAIN = Buffer.from('A sentence that is long enough for an envelope, and is none.');

describe.each(servers)('the sealed columns of the workspace on $name', (server) => {
	let two: TwoFirms;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());

	describe.each(FIRM_OWNED)('%s', (table) => {
		let columns: string[];
		let id: string;
		let theirs: string;
		beforeAll(async () => {
			columns = sealedOf(await columnsOf(two.admin, table));
			id = await addRow(two.admin, table, two.north);
			theirs = await addRow(two.admin, table, two.harbour);
		});

		const update = (changes: object) =>
			codeOf(two.admin`update ${two.admin(table)} set ${two.admin(changes as never)} where id = ${id}`);
		const insert = async (changes: object) => {
			const values = { ...(await valuesOf(two.admin, table, two.north)), ...changes };
			return codeOf(
				runAs(two, 'firm', { firm: two.north.id }, (tx) => tx`insert into ${tx(table)} ${tx(values as never)}`),
			);
		};

		it('each accept an envelope of the firm, and null, and no plaintext, from any role', async () => {
			for (const column of columns) {
				expect([column, await update({ [column]: envelopeOf(two.north.id) })]).toEqual([column, 'done']);
				expect([column, await insert({ [column]: null })]).toEqual([column, 'done']);
				for (const value of [PLAIN, Buffer.alloc(0), envelopeOf(two.north.id).subarray(0, 38)]) {
					expect([column, await update({ [column]: value })]).toEqual([column, NOT_IN_SHAPE]);
					expect([column, await insert({ [column]: value })]).toEqual([column, NOT_IN_SHAPE]);
				}
			}
		});

		it('accept no envelope of another firm, forged or copied', async () => {
			for (const column of columns) {
				expect([column, await update({ [column]: envelopeOf(two.harbour.id) })]).toEqual([column, NOT_IN_SHAPE]);
				expect([column, await insert({ [column]: envelopeOf(two.harbour.id) })]).toEqual([column, NOT_IN_SHAPE]);
				const copy = two.admin.unsafe(
					`update ${table} set ${column} = (select ${column} from ${table} where id = $1) where id = $2`,
					[theirs, id],
				);
				expect([column, await codeOf(copy)]).toEqual([column, NOT_IN_SHAPE]);
			}
		});

		it('are all empty in a tombstone, whatever else is cleared', async () => {
			const deleted = { deleted_at: new Date() };
			const emptied = Object.fromEntries(columns.map((column) => [column, null]));
			for (const column of columns) {
				await two.admin`update ${two.admin(table)} set ${two.admin({ [column]: envelopeOf(two.north.id) })} where id = ${id}`;
				const { [column]: _, ...others } = emptied;
				expect([column, await update({ ...deleted, ...others })]).toEqual([column, NOT_IN_SHAPE]);
			}
			expect(await update({ ...deleted, ...emptied })).toBe('done');
			for (const column of columns)
				expect([column, await update({ [column]: envelopeOf(two.north.id) })]).toEqual([column, NOT_IN_SHAPE]);
		});

		it('belong to a table whose primary key has the name that detects a repeated create', async () => {
			const keys =
				await two.admin`select conname as name from pg_constraint where conrelid = ${table}::regclass and contype = 'p'`;
			expect([...keys]).toEqual([{ name: `${table}_firm_id_id_pk` }]);
		});

		it('belong to a table in which an id is unique across all firms', async () => {
			const values = await valuesOf(two.admin, table, two.harbour, { id });
			const outcome = codeOf(
				runAs(two, 'firm', { firm: two.harbour.id }, (tx) => tx`insert into ${tx(table)} ${tx(values as never)}`),
			);
			expect(await outcome).toBe('23505');
		});
	});
});
