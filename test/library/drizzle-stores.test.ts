import { randomBytes, randomUUID } from 'node:crypto';
import { sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { base64urlToUuid, systemEntry } from '../../src/audit/index.ts';
import type { NewDataKey } from '../../src/keys/index.ts';
import { auditLogIn, dataKeyStoreIn, FIRMSEAL_SQL } from '../../src/library/index.ts';
import { codeOf, NO_PRIVILEGE, NOT_IN_SHAPE } from '../database/two-firms.ts';
import { type ForeignDatabase, foreignDatabases } from './foreign-database.ts';

const created = (firm: string, records = [randomUUID()]) =>
	systemEntry('firm', { action: 'content.create', firm, records });

describe.each(foreignDatabases)('a third-party database, by $name', ({ driver, make }) => {
	let foreign: ForeignDatabase;
	beforeAll(async () => {
		foreign = await make();
	});
	afterAll(() => foreign?.close());

	const newKey = (firm: string, version: number, more: Partial<NewDataKey> = {}): NewDataKey => ({
		firm,
		class: 'NOTE',
		version,
		wrapped: randomBytes(60),
		commitment: randomBytes(32),
		keyId: 'key-1',
		ownKey: false,
		...more,
	});

	describe('FIRMSEAL_SQL', () => {
		it('changes nothing the second time, whatever exists', async () => {
			const store = dataKeyStoreIn(foreign.db);
			const key = newKey(randomUUID(), 1);
			await store.activate(key);
			const shape = () =>
				foreign.sql(`select table_name, column_name, data_type, is_nullable, column_default
					from information_schema.columns where table_schema = 'public' order by 1, 2`);
			const before = await shape();
			await foreign.db.execute(FIRMSEAL_SQL);
			expect(await shape()).toEqual(before);
			expect(before.length).toBeGreaterThan(10);
			expect(await store.find(key.firm, 'NOTE', 1)).toMatchObject({ keyId: 'key-1' });
		});

		it.each([
			'',
			'plain text',
			'\\xf502000000000000000000000000000000000000000000000000000000000000000000000000000000',
		])('creates a domain that refuses a value that is not an envelope: %s', async (value) => {
			expect(await codeOf(foreign.sql(`select '${value}'::bytea::sealed`))).toBe(NOT_IN_SHAPE);
		});
	});

	describe('the store of data keys', () => {
		it('returns what was stored, and nothing of another firm', async () => {
			const store = dataKeyStoreIn(foreign.db);
			const key = newKey(randomUUID(), 1);
			expect(await store.findActive(key.firm, 'NOTE')).toBeNull();
			expect(await store.activate(key)).toBe(true);
			const found = await store.find(key.firm, 'NOTE', 1);
			expect(found).toMatchObject({ firm: key.firm, class: 'NOTE', version: 1, state: 'ACTIVE', sealed: 0 });
			expect(Buffer.from(found?.wrapped ?? [])).toEqual(key.wrapped);
			expect(Buffer.from(found?.commitment ?? [])).toEqual(key.commitment);
			expect(Math.abs(Date.now() - (found?.createdAt.getTime() ?? 0))).toBeLessThan(60_000);
			expect(await store.findActive(key.firm, 'NOTE')).toEqual(found);
			expect(await store.find(randomUUID(), 'NOTE', 1)).toBeNull();
			expect(await store.findActive(key.firm, 'BILLING')).toBeNull();
		});

		it('makes one version ACTIVE, whichever process was first', async () => {
			const firm = randomUUID();
			const stores = [foreign.open(), foreign.open(), foreign.open()].map(dataKeyStoreIn);
			for (const version of [1, 2, 3]) {
				const outcomes = await Promise.all(stores.map((store) => store.activate(newKey(firm, version))));
				expect(outcomes.filter(Boolean)).toHaveLength(1);
			}
			const rows = await foreign.sql(`select version::int, state from data_keys where firm_id = '${firm}' order by 1`);
			expect(rows.map(({ version, state }) => `${version} ${state}`)).toEqual(['1 RETIRED', '2 RETIRED', '3 ACTIVE']);
		});

		it('reserves up to the limit, and not one more', async () => {
			const firm = randomUUID();
			const [one, other] = [dataKeyStoreIn(foreign.open()), dataKeyStoreIn(foreign.open())];
			await one.activate(newKey(firm, 1));
			const totals = await Promise.all(
				Array.from({ length: 20 }, (_, i) => (i % 2 ? one : other).reserve(firm, 'NOTE', 1, 7, 100)),
			);
			const given = totals.filter((total) => total !== null).sort((a, b) => a - b);
			expect(given).toEqual(Array.from({ length: 14 }, (_, i) => (i + 1) * 7));
		});

		it('reports an error without the values of its statement', async () => {
			const secret = `not-a-uuid-${randomBytes(8).toString('hex')}`;
			const error = await dataKeyStoreIn(foreign.db)
				.find(secret, 'NOTE', 1)
				.catch((thrown: unknown) => thrown);
			expect(error).toMatchObject({ name: 'DatabaseError', code: '22P02' });
			expect(`${(error as Error).stack} ${JSON.stringify(error)}`).not.toContain(secret);
		});
	});

	describe('the audit log', () => {
		it('writes each entry once, numbered, with or without the firm', async () => {
			const log = auditLogIn(foreign.db);
			const [firm, record] = [randomUUID(), randomUUID()];
			await Promise.all([
				log.append([created(firm, [record]), systemEntry('firm', { action: 'process.start' })]),
				...Array.from({ length: 20 }, () => log.append([created(firm)])),
			]);
			await log.close();
			const rows = await foreign.sql(
				`select id, firm_id, sequence::int, leaf from audit_entries where boot = '${log.boot}' order by sequence`,
			);
			expect(rows.map(({ sequence }) => sequence)).toEqual(Array.from({ length: 22 }, (_, i) => i + 1));
			const leaves = rows.map(({ leaf }) => JSON.parse(String(leaf)));
			expect(leaves.map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
			expect(leaves[0].records.map(base64urlToUuid)).toEqual([record]);
			expect(rows.map(({ firm_id }) => firm_id)).toEqual([firm, null, ...Array<string>(20).fill(firm)]);
			await expect(log.append([created(firm)])).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
		});

		it('cannot be changed by the owner of the table, even in replication mode', async () => {
			const log = auditLogIn(foreign.db);
			await log.append([created(randomUUID())]);
			for (const attack of [
				'update audit_entries set appended_at = now()',
				'delete from audit_entries',
				'delete from audit_entries where false',
				'truncate audit_entries',
			]) {
				expect([attack, await codeOf(foreign.sql(attack))]).toEqual([attack, NO_PRIVILEGE]);
				const asReplica = `begin; set local session_replication_role = replica; ${attack}; commit`;
				expect([asReplica, await codeOf(foreign.sql(asReplica))]).toEqual([asReplica, NO_PRIVILEGE]);
				await foreign.sql('rollback');
			}
			const forged = `insert into audit_entries (id, boot, sequence, leaf) values ('${randomUUID()}', '${log.boot}', 2, '{}')`;
			expect(await codeOf(foreign.sql(forged))).toBe(NOT_IN_SHAPE);
		});

		it('acknowledges nothing while its table is missing, and continues with the next number', async () => {
			const reports: unknown[] = [];
			const log = auditLogIn(foreign.db, { onAppend: ({ error }) => reports.push(error) });
			const firm = randomUUID();
			await log.append([created(firm)]);
			await foreign.sql('alter table audit_entries rename to away');
			await expect(log.append([created(firm)])).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
			await foreign.sql('alter table away rename to audit_entries');
			await log.append([created(firm)]);
			const rows = await foreign.sql(`select sequence::int from audit_entries where boot = '${log.boot}' order by 1`);
			expect(rows.map(({ sequence }) => sequence)).toEqual([1, 2]);
			expect(reports).toEqual([undefined, expect.objectContaining({ code: '42P01' }), undefined]);
		});

		it('does not wait for the connection that a transaction holds, if it has a pool of its own', async () => {
			const [own, theirs] = [foreign.open(1), foreign.open(1)];
			const log = auditLogIn(own);
			await theirs.transaction(async (tx) => {
				await tx.execute(sql`select 1`);
				await log.append([created(randomUUID())]);
			});
			expect(log.stats()).toMatchObject({ committedEntries: 1, failedWrites: 0 });
		});

		// The other driver waits where this one refuses, so that it would show the same only after a longer time.
		if (driver !== 'pg') return;
		it('is blocked on a shared pool, once transactions hold all of it', async () => {
			const shared = foreign.open(1);
			const log = auditLogIn(shared);
			const work = shared.transaction(async (tx) => {
				await tx.execute(sql`select 1`);
				await log.append([created(randomUUID())]);
			});
			await expect(work).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
		});
	});
});
