import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { documentsBySql } from './documents-by-sql.ts';
import { addRow, type Named } from './firm-owned-tables.ts';
import { codeOf, envelopeOf, NO_PRIVILEGE } from './two-firms.ts';

describe.each(servers)('objects, tickets and files in SQL on $name', (server) => {
	const { at, inNorth, inPortal, attempt, change, others, object, ticket } = documentsBySql(server);

	describe('in both tables', () => {
		const TABLES = ['stored_objects', 'download_tickets'];

		it.each(TABLES)('%s are inaccessible to the broker, and under a lease', async (table) => {
			await object(at.shared, 'STORED');
			await ticket(at.shared, 60);
			for (const statement of [
				`select 1 from ${table}`,
				`select count(*) from ${table}`,
				`insert into ${table} default values`,
				`update ${table} set firm_id = firm_id`,
				`delete from ${table}`,
				`truncate ${table}`,
			])
				for (const other of others) expect([statement, await other(statement)]).toEqual([statement, NO_PRIVILEGE]);
		});

		it.each(TABLES)('%s are inaccessible to a login that has taken no role, and to PUBLIC', async (table) => {
			for (const side of ['firm', 'operator', 'worker', 'broker'] as const) {
				const login = at.two.installation.signIn(side);
				for (const statement of [
					`select 1 from ${table}`,
					`delete from ${table}`,
					`insert into ${table} default values`,
				])
					expect([side, await codeOf(login.unsafe(statement))]).toEqual([side, NO_PRIVILEGE]);
			}
			const granted = await at.two.admin`
				select grantee::regrole::text as to, privilege_type from pg_class c, aclexplode(c.relacl)
				where c.oid = ${table}::regclass and grantee = 0
				union all select attname, privilege_type from pg_attribute a, aclexplode(a.attacl)
				where a.attrelid = ${table}::regclass and grantee = 0`;
			expect([...granted]).toEqual([]);
		});

		it.each(TABLES)('%s show their owner no row, whatever firm it names', async (table) => {
			await object(at.shared, 'DELETING');
			await ticket(at.shared, -60);
			const seen = at.two.admin.begin(async (tx) => {
				await tx`select set_config('firmseal.firm', ${at.two.north.id}, true), set_config('firmseal.client', ${at.client}, true)`;
				await tx`set local role firmseal_owner`;
				return [
					(await tx.unsafe(`select 1 from ${table}`)).length,
					(await tx.unsafe(`update ${table} set firm_id = firm_id`)).count,
					(await tx.unsafe(`delete from ${table}`)).count,
				];
			});
			expect(await seen).toEqual([0, 0, 0]);
		});
	});

	describe('file columns that the portal writes', () => {
		/** Bytes with the shape of an envelope. */
		const envelope = () => `decode('${envelopeOf(at.two.north.id).toString('hex')}', 'hex')`;
		const place = () => `bucket = ${envelope()}, object_key = ${envelope()}, sha256 = ${envelope()}`;
		const latest = (version = uuidv7()) =>
			`version_id = '${version}', byte_size = 7, status = 'AVAILABLE', revision = revision + 1, ${place()}`;
		const version = (document: string, given: object = {}) =>
			addRow(at.two.admin, 'document_versions', document === at.foreign ? at.two.harbour : at.two.north, {
				document_id: document,
				...given,
			});
		/** A version with a file in the store, uploaded by a client or by one of the firm's people. */
		async function filed(document: string, number: number, by: string | null): Promise<string> {
			const id = await version(document, { number, byte_size: 7 });
			await object(document, 'STORED', by, id);
			return id;
		}

		it('set a later file of a shared document, and never its name, description or location', async () => {
			const { admin, north } = at.two;
			const document = await addRow(admin, 'documents', north);
			await admin`insert into shares ${admin({ id: uuidv7(), firm_id: north.id, client_id: at.client, author_id: north.author, document_id: document })}`;
			const [first, members, last] = [
				await filed(document, 1, at.client),
				await filed(document, 2, null),
				await filed(document, 3, at.client),
			];
			const elsewhere = await filed(at.shared, 199, at.client);
			const write = (named: Named, set: string, id = document) =>
				change('portal', named, `update documents set ${set} where id = '${id}'`);
			const before = await admin`select * from documents where id <> ${document} order by id`;
			for (const id of [at.own, at.foreign]) expect(await write(inPortal(), latest(last), id)).toBe(0);
			for (const named of [{}, inNorth(), { client: at.client }]) expect(await write(named, latest(last))).toBe(0);
			for (const wrong of [uuidv7(), members, elsewhere])
				expect(await write(inPortal(), latest(wrong))).toBe(NO_PRIVILEGE);
			expect(await write(inPortal(), latest(last))).toBe(1);
			for (const back of [
				latest(first),
				latest(last),
				place(),
				'version_id = null, byte_size = null',
				`status = 'PENDING'`,
				'object_key = null',
			])
				expect([back, await write(inPortal(), back)]).toEqual([back, NO_PRIVILEGE]);
			expect(await admin`select * from documents where id <> ${document} order by id`).toEqual(before);
			expect([...(await admin`select version_id from documents where id = ${document}`)]).toEqual([
				{ version_id: last },
			]);
			for (const column of [
				'name',
				'description',
				'mime_type',
				'client_id',
				'author_id',
				'firm_id',
				'id',
				'created_at',
				'deleted_at',
			])
				for (const value of [column, 'default'])
					expect(await write(inPortal(), `${column} = ${value}, byte_size = byte_size`), column).toBe(NO_PRIVILEGE);
		});

		it('set the file of a version without one, of a shared document', async () => {
			const empty = await version(at.shared);
			const out = [await version(at.shared, { byte_size: 5 }), await version(at.own), await version(at.foreign)];
			const fill = (id: string) =>
				change('portal', inPortal(), `update document_versions set byte_size = 7, ${place()} where id = '${id}'`);
			const before = await at.two.admin`select * from document_versions where id = any(${out}) order by id`;
			for (const id of out) expect(await fill(id)).toBe(0);
			expect(
				await change('portal', inPortal(), `update document_versions set ${place()} where id = any('{${out.join()}}')`),
			).toBe(0);
			expect(await fill(empty)).toBe(1);
			expect(await fill(empty)).toBe(0);
			expect(await at.two.admin`select * from document_versions where id = any(${out}) order by id`).toEqual(before);
			for (const column of ['number', 'document_id', 'author_id', 'change_summary', 'deleted_at'])
				expect(await attempt('portal', inPortal(), `update document_versions set ${column} = ${column}`)).toBe(
					NO_PRIVILEGE,
				);
			// None of these rules limits the firm's own plane.
			expect(await change('firm', inNorth(), `update document_versions set byte_size = 9 where id = '${empty}'`)).toBe(
				1,
			);
		});
	});
});
