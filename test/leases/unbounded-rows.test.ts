import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openConnection } from '../../src/database/connection.ts';
import {
	selectDueLeases,
	selectGrantedLease,
	selectLeaseEvidence,
	selectLeasesInUse,
} from '../../src/database/index.ts';
import { openPlaneOf } from '../../src/wiring/index.ts';
import { codeOf } from '../database/two-firms.ts';
import { LOGINS, type TestApi } from '../support/installation.ts';
import { leasesOver } from './by-api.ts';
import { unguarded } from './forgeries.ts';
import { askBySql, codeBySql, ROLES_OF, withOpenTransaction } from './open-login-transaction.ts';
import { type LeaseStage, makeLeaseStage, until } from './stage.ts';
import { readOf } from './statement-costs.ts';

let stage: LeaseStage;
let api: TestApi;
beforeAll(async () => {
	stage = await makeLeaseStage();
	api = await stage.installation.serve();
	await stage.installation.startBroker();
});
afterAll(() => stage?.close());

const revoke = (lease: string) => leasesOver(api.ask).step(stage.tokens.owner, 'revoke', lease);

describe('if a login writes and refers to rows without end,', () => {
	const manyMarks = (lease: string) =>
		`insert into lease_ends (lease_id, firm_id) select '${lease}', '${stage.firm.id}' from generate_series(1, 1000)`;
	const marks = async (lease: string) =>
		(await stage.installation.admin`select from lease_ends where lease_id = ${lease}`).length;

	it('a lease has one end mark, and at most one more for each transaction that was open then', async () => {
		const { id } = stage.firm;
		const lease = await stage.active();
		await withOpenTransaction(
			stage,
			'operator',
			async (tx) => {
				await tx.unsafe(manyMarks(lease));
				await tx.unsafe(manyMarks(lease));
			},
			async () => {
				for (const login of ['firm', 'broker', 'operator'] as const)
					expect([login, await codeBySql(stage, login, id, manyMarks(lease))]).toEqual([login, 'done']);
				expect(await marks(lease)).toBe(1);
			},
		);
		expect(await marks(lease)).toBe(2);
		// No mark is written for another firm's lease, whether or not it already has one.
		for (const other of [lease, await stage.ask()])
			expect(
				await codeBySql(
					stage,
					'firm',
					stage.harbour.id,
					`insert into lease_ends (lease_id, firm_id) values ('${other}', '${id}')`,
				),
			).toBe(other === lease ? 'done' : '42501');
		expect(await marks(lease)).toBe(2);
		// A lease whose mark has no transition is ended with the firm's other leases.
		expect((await revoke(lease)).data.revokeBreakGlass.lease.state).toBe('REVOKED');
	});

	it('a lease has no mark from transactions with a snapshot from before its own', async () => {
		const lease = await stage.ask();
		const operator = stage.installation.signIn('operator');
		const { admin } = stage.installation;
		// As on a managed server that grants this to everyone.
		await admin.unsafe(`grant execute on function pg_export_snapshot() to ${LOGINS.operator}`);
		onTestFinished(async () => {
			await admin.unsafe(`revoke execute on function pg_export_snapshot() from ${LOGINS.operator}`);
		});
		await operator.begin('isolation level repeatable read', async (before) => {
			const [row] = await before`select pg_export_snapshot() as snapshot`;
			expect(await codeBySql(stage, 'operator', stage.firm.id, manyMarks(lease))).toBe('done');
			for (let n = 0; n < 3; n++) {
				const late = stage.installation.signIn('operator').begin('isolation level repeatable read', async (tx) => {
					await tx.unsafe(`set transaction snapshot '${row?.snapshot}'; set local role firmseal_operator`);
					await tx.unsafe(manyMarks(lease));
				});
				expect(await codeOf(late)).toBe('25000');
			}
		});
		expect(await marks(lease)).toBe(1);
	});

	it('the broker reads one mark of each lease, however many there are', async () => {
		const { database } = stage.installation;
		const requested = await stage.ask();
		const active = await stage.active();
		for (const lease of [requested, active]) await unguarded(stage, 'lease_ends', manyMarks(lease));
		const plane = openPlaneOf(database, 'firmseal_broker', 1);
		const turn = { except: [], failedBefore: [], most: 10 };
		try {
			const read = await plane.read(null, (tx) =>
				readOf(tx, 'lease_ends', async (watched) => {
					for (const wereActive of [true, false]) await selectDueLeases(watched, { wereActive, ...turn });
					await selectLeasesInUse(watched);
					await selectGrantedLease(watched, active);
					await selectLeaseEvidence(watched, active);
				}),
			);
			expect(read.statements).toBe(6);
			expect(read.mostAtOnce).toBe(1);
		} finally {
			await plane.close();
		}
	});

	it('nothing is sent through the notification queue, which any login can fill, and no one listens to it', async () => {
		const { admin } = stage.installation;
		const telling = await admin`select proname from pg_proc
			where pronamespace = 'public'::regnamespace and prosrc ~* '\\mnotify\\M|pg_notify'`;
		expect(telling.map(({ proname }) => proname)).toEqual([]);
		const login = await openConnection(stage.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string);
		try {
			// 28 MB are a third of a per cent of the queue. Without listeners they are removed at once.
			await login.query(`select pg_notify('firmseal_lease', repeat('x', 7000) || i) from generate_series(1, 4000) i`);
			const { rows } = await login.query('select pg_notification_queue_usage() < 0.001 as "isEmpty"');
			expect(rows).toEqual([{ isEmpty: true }]);
			const active = await stage.active();
			await revoke(active);
			await until(async () => (await stage.find(active)).clearedAt !== null);
		} finally {
			await login.end();
		}
	});

	it('a firm’s name is removed from its row, as at the end of its erasure', async () => {
		const { admin } = stage.installation;
		const other = await stage.installation.addFirm('referred');
		await withOpenTransaction(
			stage,
			'operator',
			(tx) => askBySql(tx, { ids: [uuidv7()], firm: other.id, requester: stage.people.requester }),
			() =>
				admin.begin(async (tx) => {
					await tx`set local lock_timeout = '1s'`;
					await tx`update firms set slug = 'erased-referred', name = 'Erased' where id = ${other.id}`;
				}),
		);
		expect(await codeOf(admin`update firms set slug = ${stage.firm.slug} where id = ${other.id}`)).toBe('23505');
		// No login can change a column that foreign keys refer to, except in the list of erasures, to which only the worker's own rows refer.
		const keys = await admin`
			select distinct c.relname, a.attname from pg_index i join pg_class c on c.oid = i.indrelid
			join pg_attribute a on a.attrelid = c.oid and a.attnum = any (i.indkey::int2[])
			join pg_roles r on r.rolname = any (${Object.values(ROLES_OF).flat()}) and has_column_privilege(r.oid, c.oid, a.attnum, 'UPDATE')
			where c.relnamespace = 'public'::regnamespace and i.indisunique and i.indpred is null and i.indexprs is null
				and exists (select from pg_constraint f where f.contype = 'f' and f.confrelid = c.oid) order by 1, 2`;
		expect(keys.map(({ relname, attname }) => `${relname}.${attname}`)).toEqual(['erasures.id', 'erasures.number']);
	});
});
