import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { servers } from '../support/both-servers.ts';
import { addRow, type Named, runAs } from './firm-owned-tables.ts';
import { codeOf, deletionOf, makeTwoFirms, NO_PRIVILEGE, NOT_IN_SHAPE, type TwoFirms } from './two-firms.ts';

const TABLES = ['shares', 'notices', 'owner_recoveries', 'owner_recovery_ends'];

describe.each(servers)('shares, notices and recoveries on $name', (server) => {
	let two: TwoFirms;
	const clientOf: Record<string, string> = {};
	const shareOf: Record<string, string> = {};
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		const { admin } = two;
		const [approver] = await admin`select user_id from operators limit 1`;
		const by = approver?.user_id ?? (await addApprover());
		for (const firm of [two.north, two.harbour]) {
			const [row] = await admin`select client_id from memberships where firm_id = ${firm.id} and role = 'CLIENT'`;
			clientOf[firm.id] = row?.client_id;
			const other = await addRow(admin, 'clients', firm);
			for (const client_id of [row?.client_id, other]) {
				const share = { id: uuidv7(), firm_id: firm.id, client_id, author_id: firm.author };
				shareOf[`${firm.id} ${client_id === other ? 'other' : 'own'}`] = share.id;
				await admin`insert into shares ${admin({ ...share, document_id: await addRow(admin, 'documents', firm) })}`;
			}
			for (const audience of ['OWNERS', 'EVERYBODY'])
				await admin`insert into notices ${admin({ id: uuidv7(), firm_id: firm.id, kind: 'MEMBER_ADDED', audience })}`;
			const recovery = { id: uuidv7(), firm_id: firm.id, user_id: firm.author, requested_by: by };
			await admin`insert into owner_recoveries ${admin(recovery)}`;
			await admin`insert into owner_recovery_ends ${admin({ recovery_id: recovery.id, firm_id: firm.id, outcome: 'CANCELLED' })}`;
		}
	});
	afterAll(() => two?.close());

	async function addApprover(): Promise<string> {
		await two.installation.addOperator('APPROVER');
		const [row] = await two.admin`select user_id from operators limit 1`;
		return row?.user_id;
	}

	const firmsSeen = async (role: 'firm' | 'portal' | 'operator', named: Named, table: string) =>
		new Set(
			(await runAs(two, role, named, `select firm_id from ${table}`)).map(
				({ firm_id }: { firm_id: string }) => firm_id,
			),
		);
	const attempt = (role: 'firm' | 'portal' | 'operator' | 'worker', named: Named, statement: string) =>
		codeOf(runAs(two, role, named, statement));
	const inNorth = (): Named => ({ firm: two.north.id });

	it.each(TABLES)('%s: the firm plane sees those of the firm that is named', async (table) => {
		expect(await firmsSeen('firm', inNorth(), table)).toEqual(new Set([two.north.id]));
		expect(await firmsSeen('firm', { firm: two.harbour.id }, table)).toEqual(new Set([two.harbour.id]));
		expect(await firmsSeen('firm', {}, table)).toEqual(new Set());
	});

	it('the portal sees its own client’s shares, and neither notices nor recoveries', async () => {
		const client = clientOf[two.north.id] as string;
		const named = { firm: two.north.id, client };
		const shares = await runAs(two, 'portal', named, 'select id from shares');
		expect([...shares]).toEqual([{ id: shareOf[`${two.north.id} own`] }]);
		for (const other of [{}, inNorth(), { client }, { firm: two.harbour.id, client }])
			expect(await firmsSeen('portal', other, 'shares')).toEqual(new Set());
		for (const statement of [
			'delete from shares',
			'update shares set client_id = client_id',
			`insert into shares (id, firm_id, client_id, author_id) values (gen_random_uuid(), '${two.north.id}', '${client}', '${two.north.author}')`,
			'select id from notices',
			'delete from notices',
			"update notices set audience = 'EVERYBODY'",
			'insert into notices default values',
			'select id from owner_recoveries',
			'update owner_recoveries set approved_at = now()',
			'insert into owner_recoveries default values',
			'select outcome from owner_recovery_ends',
			'delete from owner_recovery_ends',
			'insert into owner_recovery_ends default values',
		])
			expect([statement, await attempt('portal', named, statement)]).toEqual([statement, NO_PRIVILEGE]);
	});

	it('the operator reads shares, and creates none', async () => {
		expect(await firmsSeen('operator', {}, 'shares')).toEqual(new Set([two.north.id, two.harbour.id]));
		for (const statement of [
			'delete from shares',
			'update shares set client_id = client_id',
			'insert into shares default values',
			'select 1 from notices',
			'insert into notices default values',
			'update owner_recoveries set approved_at = now()',
			'insert into owner_recoveries default values',
			'insert into owner_recovery_ends default values',
		])
			expect([statement, await attempt('operator', {}, statement)]).toEqual([statement, NO_PRIVILEGE]);
	});

	it('the worker has no access to shares, and reads only the notices that it sends', async () => {
		for (const table of ['shares', 'notices'])
			for (const statement of [`delete from ${table}`, `insert into ${table} default values`])
				expect([statement, await attempt('worker', inNorth(), statement)]).toEqual([statement, NO_PRIVILEGE]);
		expect(await attempt('worker', inNorth(), 'select 1 from shares')).toBe(NO_PRIVILEGE);
		expect(await attempt('worker', inNorth(), 'select 1 from notices')).toBe('done');
		expect(await attempt('worker', inNorth(), 'update notices set kind = kind')).toBe(NO_PRIVILEGE);
	});

	it('their owner sees no share, sees only the notices that it counts, and deletes neither', async () => {
		const [row] = await two.admin`select count(*)::int as counts from notices n where notice_folds_as(n) is not null`;
		for (const [table, count] of [
			['shares', 0],
			['notices', row?.counts],
		] as const) {
			const seen = two.admin.begin(async (tx) => {
				await tx`select set_config('firmseal.firm', ${two.north.id}, true)`;
				await tx`set local role firmseal_owner`;
				return [(await tx.unsafe(`select 1 from ${table}`)).length, (await tx.unsafe(`delete from ${table}`)).count];
			});
			expect([table, await seen]).toEqual([table, [count, 0]]);
		}
	});

	it('a share names one record of one firm, once for each client', async () => {
		const { admin, north, harbour } = two;
		const document_id = await addRow(admin, 'documents', north);
		const base = { firm_id: north.id, client_id: clientOf[north.id], author_id: north.author };
		const insert = (values: object) =>
			codeOf(runAs(two, 'firm', inNorth(), (tx) => tx`insert into shares ${tx({ id: uuidv7(), ...base, ...values })}`));
		expect(await insert({ document_id })).toBe('done');
		expect(await insert({ document_id })).toBe('23505');
		expect(await insert({})).toBe(NOT_IN_SHAPE);
		expect(
			await insert({
				document_id: await addRow(admin, 'documents', north),
				thread_id: await addRow(admin, 'threads', north),
			}),
		).toBe(NOT_IN_SHAPE);
		expect(await insert({ document_id: await addRow(admin, 'documents', harbour) })).toBe('23503');
		expect(
			await insert({ document_id: await addRow(admin, 'documents', north), client_id: clientOf[harbour.id] }),
		).toBe('23503');
		expect(await insert({ document_id: await addRow(admin, 'documents', north), author_id: harbour.author })).toBe(
			'23503',
		);
		expect(await insert({ firm_id: harbour.id, document_id })).toBe(NO_PRIVILEGE);
		const removal = await runAs(two, 'firm', inNorth(), deletionOf('shares', `firm_id = '${harbour.id}'`));
		expect(removal.count).toBe(0);
		expect(await attempt('firm', inNorth(), 'delete from shares')).toBe(NO_PRIVILEGE);
		for (const column of ['firm_id', 'client_id', 'document_id', 'author_id'])
			expect(await attempt('firm', inNorth(), `update shares set ${column} = ${column}`)).toBe(NO_PRIVILEGE);
	});
});
