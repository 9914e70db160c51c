import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PLATFORM_FIRM_ID } from '../../src/keys/index.ts';
import { servers } from '../support/both-servers.ts';
import { addAccount } from './leases-by-sql.ts';
import { codeOf, deletionOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

const AGE = `convert_to(E'age-encryption.org/v1\\n-> X25519', 'UTF8')`;
/** check_violation */
const CHECK = '23514';
/** invalid_transaction_state */
const NOT_IN_THIS_STATE = '25000';

describe.each(servers)('escrow and recovery in SQL on $name', (server) => {
	let two: TwoFirms;
	let escrow: string;
	let recovery: string;
	let approver: string;
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		approver = await addAccount(two.admin, 'APPROVER');
		escrow = await make('ESCROW');
		recovery = await make('RECOVER');
	});
	afterAll(() => two?.close());

	/** An approved job. */
	async function make(kind: string, { state = 'RUNNING', agreed = true, firm = two.north.id } = {}) {
		const id = uuidv7();
		await two.admin`update jobs set state = 'CANCELLED', ended_at = now() where kind = ${kind} and firm_id = ${firm} and ended_at is null`;
		await two.admin`insert into jobs (id, firm_id, kind, terms, state, asked_on, asked_by, asked_at, mac, agreed_by, agreed_mac)
			values (${id}, ${firm}, ${kind}, '{}', ${state}, 'cli', ${firm === PLATFORM_FIRM_ID ? approver : null}, now(), decode(repeat('00', 36), 'hex'), ${agreed ? two.north.author : null}, ${agreed ? Buffer.alloc(36) : null})`;
		return id;
	}
	const maintain: TwoFirms['maintain'] = (named, statement) => two.maintain(named, statement);
	const attempt = (...of: Parameters<typeof maintain>) => codeOf(maintain(...of));
	const file = (job: string, firm: string, number: number, more = 'null, null', bytes = AGE) =>
		`insert into escrow_files (job_id, firm_id, number, holder, side, file) values ('${job}', '${firm}', ${number}, ${more}, ${bytes})`;
	const session = (job: string, firm: string) =>
		`insert into recovery_sessions (job_id, firm_id, session, recipient, mac)
			values ('${job}', '${firm}', '${uuidv7()}', 'age1${'q'.repeat(58)}', '\\x${'00'.repeat(36)}')`;

	it('accept escrow files only from their own approved running job, and only as age ciphertext', async () => {
		const { north, harbour } = two;
		const mine = { job: escrow, firm: north.id };
		for (const [of, number, more, bytes] of [
			['in the clear', 0, 'null, null', '\'{"key":"x"}\'::bytea'],
			['armored', 0, 'null, null', "convert_to('-----BEGIN AGE ENCRYPTED FILE-----', 'UTF8')"],
			['of a holder', 0, "'anna', 'FIRM'", AGE],
			['without a holder', 1, 'null, null', AGE],
			['too many', 33, "'anna', 'FIRM'", AGE],
			['of an invalid holder', 1, "'an na', 'FIRM'", AGE],
			['of an invalid side', 1, "'anna', 'BOTH'", AGE],
		] as const)
			expect([of, await attempt(mine, file(escrow, north.id, number, more, bytes))]).toEqual([of, CHECK]);
		for (const [named, job, firm] of [
			[{ firm: north.id }, escrow, north.id],
			[{ job: escrow }, escrow, north.id],
			[{ job: recovery, firm: north.id }, recovery, north.id],
			[mine, escrow, harbour.id],
			[mine, recovery, north.id],
		] as const)
			expect([named, await attempt(named, file(job, firm, 0))]).toEqual([named, NO_PRIVILEGE]);
		expect(await attempt(mine, file(escrow, north.id, 0))).toBe('done');
		for (const more of [{ agreed: false }, { state: 'QUEUED' }]) {
			const other = await make('ESCROW', more);
			expect(await attempt({ job: other, firm: north.id }, file(other, north.id, 0))).toBe(NO_PRIVILEGE);
		}
	});

	it('let only the command role read files, and no role change or delete them', async () => {
		const seen = async (side: 'firm' | 'operator' | 'worker' | 'broker') =>
			two
				.as(side, two.north.id, (tx) => tx`select file from escrow_files`)
				.then(
					({ count }) => count,
					({ code }) => code,
				);
		expect(await Promise.all((['firm', 'operator', 'broker'] as const).map(seen))).toEqual(Array(3).fill(NO_PRIVILEGE));
		expect(await seen('worker')).toBe(1);
		for (const statement of [
			'delete from escrow_files',
			deletionOf('escrow_files'),
			`update escrow_files set file = file`,
			file(escrow, two.north.id, 1, "'anna', 'FIRM'"),
		])
			expect(await codeOf(two.as('worker', null, (tx) => tx.unsafe(statement))), statement).toBe(NO_PRIVILEGE);
		const running = { job: recovery, firm: two.north.id };
		expect((await maintain(running, deletionOf('escrow_files'))).count).toBe(0);
		expect(await attempt(running, 'update escrow_files set file = file')).toBe(NO_PRIVILEGE);
		expect(await attempt(running, 'select file from escrow_files')).toBe(NO_PRIVILEGE);
	});

	it('let only the running recovery publish its recipient, and only its own', async () => {
		const { north, harbour } = two;
		const mine = { job: recovery, firm: north.id };
		for (const [named, job, firm] of [
			[{ job: escrow, firm: north.id }, recovery, north.id],
			[{ job: recovery }, recovery, north.id],
			[mine, escrow, north.id],
			[mine, recovery, harbour.id],
		] as const)
			expect([named, await attempt(named, session(job, firm))]).toEqual([named, NO_PRIVILEGE]);
		for (const kind of ['RECOVER', 'DRILL'])
			for (const more of [{ agreed: false }, { state: 'QUEUED' }]) {
				const other = await make(kind, more);
				expect(await attempt({ job: other, firm: north.id }, session(other, north.id))).toBe(NO_PRIVILEGE);
			}
		recovery = await make('RECOVER');
		const again = { job: recovery, firm: north.id };
		expect(await attempt(again, session(recovery, north.id))).toBe('done');
		for (const side of ['firm', 'operator', 'broker'] as const)
			for (const table of ['recovery_sessions', 'recovery_files'])
				expect(await codeOf(two.as(side, north.id, (tx) => tx.unsafe(`select 1 from ${table}`))), side).toBe(
					NO_PRIVILEGE,
				);
		for (const statement of [
			'update recovery_sessions set recipient = recipient',
			'delete from recovery_sessions',
			session(recovery, north.id),
		])
			expect(await codeOf(two.as('worker', null, (tx) => tx.unsafe(statement))), statement).toBe(NO_PRIVILEGE);
		expect(await maintain({ job: escrow, firm: north.id }, 'select 1 from recovery_sessions')).toHaveLength(0);
	});

	it('accept only ciphertext as input, for an open recovery, which the worker alone answers', async () => {
		const { north, harbour } = two;
		const handIn = (job: string, firm: string, bytes = AGE, more: Record<string, string> = {}) => {
			const row = {
				id: `'${uuidv7()}'`,
				job_id: `'${job}'`,
				firm_id: `'${firm}'`,
				session: `'${uuidv7()}'`,
				file: bytes,
				...more,
			};
			return codeOf(
				two.as('worker', null, (tx) =>
					tx.unsafe(`insert into recovery_files (${Object.keys(row)}) values (${Object.values(row)})`),
				),
			);
		};
		expect(await handIn(recovery, north.id, '\'{"share":"x"}\'::bytea')).toBe(CHECK);
		expect(await handIn(recovery, north.id, `${AGE} || decode(repeat('00', 5000), 'hex')`)).toBe(CHECK);
		for (const [job, firm] of [
			[escrow, north.id],
			[recovery, harbour.id],
			[await make('RECOVER', { firm: harbour.id }), north.id],
		] as const)
			expect(await handIn(job, firm)).toBe(NO_PRIVILEGE);
		expect(await handIn(recovery, north.id, AGE, { answer: "'TAKEN'" })).toBe(NO_PRIVILEGE);
		expect(await handIn(recovery, north.id)).toBe('done');
		for (const statement of ["update recovery_files set answer = 'TAKEN'", 'delete from recovery_files'])
			expect(await codeOf(two.as('worker', null, (tx) => tx.unsafe(statement)))).toBe(NO_PRIVILEGE);
		expect((await maintain({ job: escrow, firm: north.id }, "update recovery_files set answer = 'TAKEN'")).count).toBe(
			0,
		);
		expect(
			(await maintain({ job: recovery, firm: north.id }, "update recovery_files set answer = 'REFUSED'")).count,
		).toBe(1);
		const left = () => two.admin`select job_id from recovery_files union all select job_id from recovery_sessions`;
		expect(await left()).toHaveLength(2);
		await two.admin`update jobs set state = 'CANCELLED', ended_at = now() where id = ${recovery}`;
		expect(await left()).toEqual([]);
		expect(await handIn(recovery, north.id)).toBe(NO_PRIVILEGE);
		const theirs = await make('DRILL', { firm: harbour.id });
		expect(await handIn(theirs, harbour.id)).toBe('done');
		await two.admin`insert into erasures (id, firm_id, mac) values (${uuidv7()}, ${harbour.id}, ${Buffer.alloc(36)})`;
		expect(await handIn(theirs, harbour.id)).toBe(NO_PRIVILEGE);
		await two.admin`delete from erasures`;
	});

	it('reveal only for the named job whether the firm was notified', async () => {
		const isAnnounced = async (job: string) =>
			(await maintain({ job, firm: two.north.id }, 'select is_job_announced() as is_told'))[0]?.is_told;
		const job = await make('DRILL');
		expect([await isAnnounced(job), await isAnnounced(uuidv7())]).toEqual([true, false]);
		await two.admin`delete from webhook_deliveries`;
		await two.admin`delete from notices where job_id = ${job}`;
		expect(await isAnnounced(job)).toBe(false);
		expect(await attempt({ job, firm: two.north.id }, 'select 1 from notices')).toBe(NO_PRIVILEGE);
	});

	it('notify every firm about the platform’s keys, even a firm that SQL marks as erased, until its erasure is complete', async () => {
		const { harbour } = two;
		const asWorker = (statement: string) => codeOf(two.as('worker', null, (tx) => tx.unsafe(statement)));
		const close = () => asWorker(`select public.set_firm_status('${harbour.id}', 'ERASED')`);
		const isTold = async () => {
			const job = await make('RECOVER', { firm: PLATFORM_FIRM_ID });
			const { count } = await two.admin`select from notices where job_id = ${job} and firm_id = ${harbour.id}`;
			const [row] = await maintain({ job, firm: PLATFORM_FIRM_ID }, 'select is_job_announced() as is_told');
			return [count, row?.is_told];
		};
		expect(await close()).toBe(NOT_IN_THIS_STATE);
		const erasure = `insert into erasures (id, firm_id, mac) values ('${uuidv7()}', '${harbour.id}', '\\x${'00'.repeat(36)}')`;
		expect([await asWorker(erasure), await close()]).toEqual(['done', 'done']);
		expect(await isTold()).toEqual([1, true]);
		expect(await asWorker('update erasures set erased_at = now()')).toBe(NO_PRIVILEGE);
		await two.admin`update erasures set erased_at = now(), certificate = '{}'`;
		expect(await isTold()).toEqual([0, true]);
	});
});
