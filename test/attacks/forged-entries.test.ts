import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { leasesOver } from '../leases/by-api.ts';
import { withOpenTransaction } from '../leases/open-login-transaction.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { leafText } from '../support/leaf-text.ts';
import { embedded } from '../support/own-servers.ts';

const LOG = '{ auditEntries(first: 20) { nodes { id action decision actorId plane leaf bootId sequence } } }';

describe('an operator with a connection to the database', () => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		north = await installation.addFirm('north');
		api = await installation.serve();
	});
	afterAll(() => installation?.close());

	const append = (
		names: { id: string; boot: string; sequence: number },
		leaf: Record<string, unknown>,
		written = (text: string) => text,
		side: 'operator' | 'firm' = 'operator',
	) =>
		installation.signIn(side).begin(async (tx) => {
			await tx`set local role ${tx(`firmseal_${side}`)}`;
			const text = written(leafText({ ...names, firm: north.id, ...leaf }));
			await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
				values (${names.id}, ${north.id}, ${names.boot}, ${names.sequence}, ${text})`;
		});

	it('writes no entry of an action that only members perform', async () => {
		const names = { id: uuidv7(), boot: uuidv7(), sequence: 1 };
		await expect(append(names, { plane: 'firm', action: 'content.open' })).rejects.toMatchObject({ code: '42501' });
		await expect(append(names, { plane: 'operator', action: 'content.open' })).rejects.toMatchObject({ code: '42501' });
	});

	it('cannot make the log unreadable: a forged row is listed as unreadable among the others', async () => {
		const names = { id: uuidv7(), boot: uuidv7(), sequence: 1 };
		await append(names, { plane: 'operator', action: 'log.read', decision: 'OFITSOWN' });
		const answer = await api.ask(north.owner, LOG);
		expect(answer.errors).toEqual([]);
		const forged = answer.data.auditEntries.nodes.find(({ id }: { id: string }) => id === names.id);
		expect(forged).toMatchObject({
			action: 'unreadable',
			decision: 'FAILED',
			plane: 'operator',
			actorId: null,
			bootId: names.boot,
			sequence: 1,
			leaf: expect.stringContaining('OFITSOWN'),
		});
		expect(answer.data.auditEntries.nodes.length).toBeGreaterThan(1);
	});

	it('cannot make the report of a lease unreadable, to hide the reads under the lease', async () => {
		const operator = await installation.addOperator('OPERATOR');
		const { id: lease } = await leasesOver(api.ask).requested(operator, north.id);
		const names = { id: uuidv7(), boot: uuidv7(), sequence: 1 };
		await append(names, { plane: 'operator', action: 'content.open', lease });
		const report = await api.ask(
			north.owner,
			'query ($id: ID!) { breakGlassLease(id: $id) { openings { totalCount nodes { id at requestId coordinates recordIds } } } }',
			{ id: lease },
		);
		expect([report.errors, report.data?.breakGlassLease.openings]).toEqual([
			[],
			{
				totalCount: 1,
				nodes: [{ id: names.id, at: expect.any(String), requestId: null, coordinates: [], recordIds: [] }],
			},
		]);
	});

	it('cannot, with the firm’s login, forge a read under a lease in an operator’s name or in its own', async () => {
		const operator = await installation.addOperator('OPERATOR');
		const { id: lease } = await leasesOver(api.ask).requested(operator, north.id);
		const opening = { action: 'content.open', lease, coordinates: ['Note.body'], records: [uuidv7()] };
		const forge = (plane: string) =>
			append({ id: uuidv7(), boot: uuidv7(), sequence: 1 }, { ...opening, plane }, undefined, 'firm');
		await expect(forge('operator')).rejects.toMatchObject({ code: '42501' });
		await forge('firm');
		const query = 'query ($id: ID!) { breakGlassLease(id: $id) { openings { totalCount nodes { id } } } }';
		const { data } = await api.ask(north.owner, query, { id: lease });
		expect(data?.breakGlassLease.openings).toEqual({ totalCount: 0, nodes: [] });
	});

	it.each([
		['no time', { at: undefined }],
		['a day that does not exist', { at: '2026-02-30T12:00:00.000Z' }],
		['an hour that does not exist', { at: '2026-02-28T24:00:00.000Z' }],
		['a time in another format', { at: '2026-02-28T12:00:00Z' }],
		['an extra key', { more: 1 }],
		['an object instead of a text', { reason: { toString: 1 } }],
		['a number out of a counter’s range', { bytes: 1e21 }],
		['the name of a plane in capitals', { plane: 'OPERATOR' }],
		['no version', { v: undefined }],
		['its last key first', {}, (text: string) => text.replace('{', '{"z":1,')],
		['a space', {}, (text: string) => text.replace(':', ': ')],
		[
			'a duplicate key',
			{},
			(text: string) => text.replace('{"action":"log.read"', '{"action":"log.read","action":"log.read"'),
		],
		['an escape', {}, (text: string) => text.replace('log.read', 'log\\u002eread')],
		[
			'unsorted names',
			{ counts: { 'A.a': 1, 'B.b': 1 } },
			(text: string) => text.replace('"A.a":1,"B.b":1', '"B.b":1,"A.a":1'),
		],
		['a duplicate name', { counts: { 'A.a': 1 } }, (text: string) => text.replace('"A.a":1', '"A.a":1,"A.a":1')],
	] as const)(
		'cannot insert an entry that no verifier accepts: %s',
		async (_, said, written = (text: string) => text) => {
			const names = { id: uuidv7(), boot: uuidv7(), sequence: 1 };
			const leaf = { plane: 'operator', action: 'log.read', ...said };
			await expect(append(names, leaf, written)).rejects.toMatchObject({
				code: expect.stringMatching(/^(23514|22008|42501)$/),
			});
		},
	);

	it('cannot skip numbers, lower them, or use those of another plane', async () => {
		const leaf = { plane: 'operator', action: 'log.read' };
		const boot = uuidv7();
		const [older, newer, newest] = [uuidv7(), uuidv7(), uuidv7()];
		const refused = (names: Parameters<typeof append>[0]) =>
			expect(append(names, leaf)).rejects.toMatchObject({ code: '23514' });
		await refused({ id: older, boot, sequence: 1_000 });
		// This transaction begins before the one that appends number 1, and tries to append number 2.
		const early = installation.signIn('operator');
		await early.begin(async (tx) => {
			await tx`select pg_current_xact_id()`;
			await append({ id: newer, boot, sequence: 1 }, leaf);
			await tx`set local role firmseal_operator`;
			const text = leafText({ id: newest, boot, sequence: 2, firm: north.id, ...leaf });
			const second = tx.savepoint(
				(at) =>
					at`insert into audit_entries (id, firm_id, boot, sequence, leaf) values (${newest}, ${north.id}, ${boot}, 2, ${text})`,
			);
			await expect(second).rejects.toMatchObject({ code: '23514' });
		});
		await refused({ id: newest, boot, sequence: 3 });
		await refused({ id: older, boot, sequence: 2 });
		await append({ id: newest, boot, sequence: 2 }, leaf);
		const [row] = await installation.admin`select boot, max(sequence)::int as last from audit_entries
			where role = 'firmseal_firm' group by boot order by 2 desc limit 1`;
		await refused({ id: uuidv7(), boot: row?.boot, sequence: row?.last + 1 });
		await refused({ id: uuidv7(), boot: row?.boot, sequence: 1 });
		const written = await api.ask(north.member, 'mutation { createNote(input: { title: "t" }) { note { id title } } }');
		expect(written.errors).toEqual([]);
	});

	it('cannot use the numbers of another role’s run, not even concurrently', async () => {
		const boot = uuidv7();
		const begin = async (tx: TransactionSql, plane: string) => {
			const names = { id: uuidv7(), boot, sequence: 1 };
			const text = leafText({ ...names, firm: north.id, plane, action: 'log.read' });
			await tx`select set_config('firmseal.firm', ${north.id}, true), set_config('lock_timeout', '1ms', true)`;
			await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
				values (${names.id}, ${north.id}, ${boot}, 1, ${text})`;
		};
		const beginAsOperator = () =>
			installation.signIn('operator').begin(async (tx) => {
				await tx`set local role firmseal_operator`;
				await begin(tx, 'operator');
			});
		await withOpenTransaction(
			{ installation },
			'worker',
			(tx) => begin(tx, 'cli'),
			// The second waits for the end of the first transaction.
			() => expect(beginAsOperator()).rejects.toMatchObject({ code: '55P03' }),
		);
		await expect(beginAsOperator()).rejects.toMatchObject({ code: '23514' });
	});

	it("cannot keep the firm plane's entries out of the log with an uncommitted entry", async () => {
		const held = Promise.withResolvers<void>();
		const taken = Promise.withResolvers<void>();
		const holding = installation.signIn('operator').begin(async (tx) => {
			await tx`set local role firmseal_operator`;
			const names = { id: uuidv7(), boot: uuidv7(), sequence: 1 };
			const text = leafText({ ...names, firm: north.id, plane: 'operator', action: 'log.read' });
			await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
				values (${names.id}, ${north.id}, ${names.boot}, 1, ${text})`;
			taken.resolve();
			await held.promise;
		});
		await taken.promise;
		// New entries are visible at once, although the open transaction delays their leaves.
		const create = 'mutation { createNote(input: { title: "t" }) { note { id title } } }';
		const written = await api.ask(north.member, create);
		expect(written.errors).toEqual([]);
		const { nodes } = (await api.ask(north.owner, LOG)).data.auditEntries;
		expect(nodes.map(({ action }: { action: string }) => action)).toContain('content.create');
		held.resolve();
		await holding;
	});
});

describe('a member who requests large notes many times', () => {
	let installation: TestInstallation;
	beforeAll(async () => {
		installation = await makeInstallation(embedded);
	});
	afterAll(() => installation?.close());

	it('is refused whole at 64 MiB, and the server answers the next request', async () => {
		const { member } = await installation.addFirm('north');
		const api = await installation.serve();
		const create = 'mutation ($body: String) { createNote(input: { body: $body }) { note { id } } }';
		for (let n = 0; n < 11; n++)
			expect((await api.ask(member, create, { body: 'x'.repeat(131_072) })).errors).toEqual([]);
		const many = (count: number) =>
			`{ ${Array.from({ length: count }, (_, i) => `a${i}: notes { nodes { body } }`).join(' ')} }`;
		expect((await api.ask(member, many(9))).errors).toEqual([]);
		const refused = await api.ask(member, many(50));
		expect({ status: refused.status, data: refused.data, code: refused.errors[0]?.extensions.code }).toEqual({
			status: 400,
			data: null,
			code: 'TOO_EXPENSIVE',
		});
		expect(refused.text.length).toBeLessThan(1_000);
		expect((await api.ask(member, many(1))).errors).toEqual([]);
	});
});
