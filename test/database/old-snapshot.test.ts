import type { TransactionSql } from 'postgres';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SUPERUSER } from '../../src/database/index.ts';
import { untilBlocked } from '../support/blocked.ts';
import { servers } from '../support/both-servers.ts';
import { LOGINS } from '../support/installation.ts';
import { leafText } from '../support/leaf-text.ts';
import { leaveOpen } from '../support/open-transaction.ts';
import { codeOf, makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

/** invalid_transaction_state: the transaction has an old snapshot. */
const OLD = '25000';

describe.each(servers)('earlier and current state, on $name', (server) => {
	let two: TwoFirms;
	/** A running job on north's notes. */
	const running = uuidv7();
	beforeAll(async () => {
		two = await makeTwoFirms(server);
		await two.admin`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
			values (${running}, ${two.north.id}, 'REENCRYPT', 'NOTE', 2, 'RUNNING', 'cli', now(), decode(repeat('00', 36), 'hex'))`;
	});
	afterAll(() => two?.close());

	describe('a transaction with an earlier snapshot', () => {
		const fromBefore = (login: 'worker' | 'firm', role: string, work: (tx: TransactionSql) => Promise<unknown>) =>
			codeOf(
				two.installation.signIn(login).begin('isolation level repeatable read', async (tx) => {
					await tx`select set_config('role', ${role}, true), count(*) from pg_class`;
					await work(tx);
				}),
			);

		it('requests no job, of which a firm that it does not see would not be notified, and moves none', async () => {
			const firm = uuidv7();
			const ask = (tx: TransactionSql) =>
				tx`insert into jobs (id, firm_id, kind, class, version, state, asked_on, asked_at, mac)
					values (${uuidv7()}, ${firm}, 'REENCRYPT', 'NOTE', 2, 'QUEUED', 'worker', now(), decode(repeat('00', 36), 'hex'))`;
			const seen = fromBefore('worker', 'firmseal_worker', async (tx) => {
				await two.admin`insert into firms (id, slug, name) values (${firm}, 'later', 'Later')`;
				await ask(tx);
			});
			expect(await seen).toBe(OLD);
			const move = fromBefore(
				'worker',
				'firmseal_worker',
				(tx) => tx`update jobs set state = 'CANCELLED', ended_at = now() where id = ${running}`,
			);
			expect(await move).toBe(OLD);
			expect(await codeOf(two.as('worker', null, ask))).toBe('done');
		});

		it('appends no entry, as it could not see the entry’s run', async () => {
			const leaf = {
				action: 'hold.set',
				boot: uuidv7(),
				firm: two.north.id,
				id: uuidv7(),
				plane: 'cli',
				sequence: 1,
			};
			const append = async (tx: TransactionSql) => {
				await tx`select set_config('firmseal.firm', ${leaf.firm}, true)`;
				await tx`insert into audit_entries (id, firm_id, boot, sequence, leaf)
					values (${leaf.id}, ${leaf.firm}, ${leaf.boot}, 1, ${leafText(leaf)})`;
			};
			expect(await fromBefore('worker', 'firmseal_worker', append)).toBe(OLD);
			expect(await codeOf(two.as('worker', null, append))).toBe('done');
		});

		it('names no effective firm or job: it sees no content, and erases nothing', async () => {
			const named = fromBefore('worker', 'firmseal_maintenance', async (tx) => {
				await tx`select set_config('firmseal.firm', ${two.north.id}, true), set_config('firmseal.job', ${running}, true)`;
				expect(await tx`select current_firm() as firm, current_job() as job, firm_of_erasure() as erases`).toEqual([
					{ firm: null, job: null, erases: null },
				]);
				expect(await tx`select id from notes`).toEqual([]);
			});
			expect(await named).toBe('done');
		});
	});

	describe('a statement that waited for a row', () => {
		/** The result of `statement`, which waits for locked rows until concurrent changes are committed. */
		async function afterWaiting<T>(held: string, statement: () => Promise<T>, meanwhile: () => Promise<unknown>) {
			const letGo = await leaveOpen(two.admin, (tx) => tx.unsafe(held));
			const waits = statement();
			await untilBlocked(two.admin, SUPERUSER);
			await meanwhile();
			await letGo();
			return waits;
		}

		it('creates no owner of a firm that has members by now', async () => {
			const [firm, first, other] = [uuidv7(), uuidv7(), uuidv7()];
			await two.as(
				'worker',
				null,
				(tx) => tx`insert into users (id, person_id, issuer, subject, email, name) values
				(${first}, ${first}, 'i', ${first}, 'first@x.example', 'First'), (${other}, ${other}, 'i', ${other}, 'other@x.example', 'Other')`,
			);
			const held = 'select user_id from operators order by user_id limit 1 for update';
			const join = (rows: string) => () =>
				codeOf(two.as('worker', null, (tx) => tx.unsafe(`insert into memberships (firm_id, user_id, role) ${rows}`)));
			const row = `select '${firm}'::uuid, '${other}'::uuid, 'OWNER'`;
			const make = async () => {
				await two.admin`insert into firms (id, slug, name) values (${firm}, 'waited', 'Waited')`;
				await two.admin`insert into memberships (firm_id, user_id, role) values (${firm}, ${first}, 'OWNER')`;
			};
			// A row that is written before the statement waits belongs to no firm that appears meanwhile.
			expect(await join(row)()).toBe(NO_PRIVILEGE);
			expect(await afterWaiting('select from operators for update', join(`${row} from (${held}) as h`), make)).toBe(
				NO_PRIVILEGE,
			);
			expect(await two.admin`select user_id from memberships where firm_id = ${firm}`).toEqual([{ user_id: first }]);
		});

		it('creates no second first owner of a firm, if both are created at once', async () => {
			const [firm, first, second] = [uuidv7(), uuidv7(), uuidv7()];
			await two.admin`insert into users (id, person_id, issuer, subject, email, name) values
				(${first}, ${first}, 'i', ${first}, 'one@x.example', 'One'), (${second}, ${second}, 'i', ${second}, 'two@x.example', 'Two')`;
			await two.admin`insert into firms (id, slug, name) values (${firm}, 'at-once', 'At once')`;
			const join = (user: string) => (tx: TransactionSql) =>
				tx`insert into memberships (firm_id, user_id, role) values (${firm}, ${user}, 'OWNER')`;
			const worker = two.installation.signIn('worker');
			const commit = await leaveOpen(worker, async (tx) => {
				await tx`select set_config('role', 'firmseal_worker', true)`;
				await join(first)(tx);
			});
			const late = codeOf(two.as('worker', null, join(second)));
			await untilBlocked(two.admin, LOGINS.worker);
			await commit();
			expect(await late).toBe(NO_PRIVILEGE);
			expect(await two.admin`select user_id from memberships where firm_id = ${firm}`).toEqual([{ user_id: first }]);
		});

		it('writes nothing for a firm that has been erased meanwhile', async () => {
			const { id: firm, note, author } = two.harbour;
			const erasure = uuidv7();
			const write = () =>
				codeOf(
					two.as(
						'firm',
						firm,
						(tx) => tx`insert into notes (firm_id, id, author_id, title, body)
							select n.firm_id, ${uuidv7()}, ${author}, n.title, n.body from (select * from notes where id = ${note} for update) n`,
					),
				);
			const erase = () =>
				two.admin`insert into erasures (id, firm_id, mac) values (${erasure}, ${firm}, decode(repeat('00', 36), 'hex'))`;
			expect(await write()).toBe('done');
			expect(await afterWaiting(`select from notes where id = '${note}' for update`, write, erase)).toBe(NO_PRIVILEGE);
			await two.admin`delete from erasures where id = ${erasure}`;
		});

		it('changes nothing that is under a hold by now, or whose job has ended', async () => {
			const { id: firm, note: first } = two.north;
			const approvers = await two.admin`select user_id from operators where 'APPROVER' = any (roles) order by 1`;
			const [asker, agreed] = approvers.map(({ user_id }) => user_id);
			const holdIt = (job: string) =>
				two.admin`insert into legal_holds (id, firm_id, subject, ticket, set_by, set_at, mac)
					select ${uuidv7()}, firm_id, subject, 'LIT-1', ${asker}, now(), decode(repeat('00', 36), 'hex') from jobs where id = ${job}`;
			const endIt = (job: string) => two.admin`update jobs set state = 'FAILED', ended_at = now() where id = ${job}`;
			/** The results of the statement under a job of the kind, one for each way in which it can wait. */
			async function late(kind: 'ERASE' | 'REENCRYPT', statement: string, meanwhile: typeof holdIt) {
				const answers: unknown[] = [];
				for (const held of [
					'select from notes where id = $ for update',
					'update notes set revision = revision + 1 where id = $',
				]) {
					const job = uuidv7();
					const erases = kind === 'ERASE';
					await two.admin`insert into jobs ${two.admin({
						id: job,
						firm_id: firm,
						kind,
						class: erases ? null : 'NOTE',
						state: 'RUNNING',
						version: erases ? null : 3,
						asked_on: 'cli',
						asked_by: asker,
						agreed_by: agreed,
						agreed_mac: Buffer.alloc(36),
						asked_at: new Date(),
						mac: Buffer.alloc(36),
						subject: erases ? `Note.${first}` : null,
						terms: erases ? '{"notBefore":"2020-01-01T00:00:00Z"}' : null,
					})}`;
					const run = () =>
						two.maintain({ firm, job }, statement).then(
							(rows) => rows.flatMap(Object.values),
							({ code }) => code,
						);
					answers.push(await afterWaiting(held.replace('$', `'${first}'`), run, () => meanwhile(job)));
					await two.admin`delete from legal_holds`;
					await two.admin`delete from jobs where id = ${job}`;
				}
				return answers;
			}
			const empty = `update notes set deleted_at = now(), title = null, body = null where id = '${first}' returning id`;
			const reseal = `update notes set body = title where id = '${first}' returning id`;
			const go = `select erase_rows('notes', 'id', array['${first}']::uuid[])::int`;
			const before = await two.admin`select id, title, body, deleted_at from notes order by id`;
			expect({
				emptied: await late('ERASE', empty, holdIt),
				erased: await late('ERASE', go, holdIt),
				erasedByEnded: await late('ERASE', go, endIt),
				emptiedByEnded: await late('ERASE', empty, endIt),
				sealedByEnded: await late('REENCRYPT', reseal, endIt),
			}).toEqual({
				emptied: [NO_PRIVILEGE, NO_PRIVILEGE],
				erased: [[0], [0]],
				erasedByEnded: [[0], [0]],
				emptiedByEnded: [NO_PRIVILEGE, NO_PRIVILEGE],
				sealedByEnded: [NO_PRIVILEGE, NO_PRIVILEGE],
			});
			expect(await two.admin`select id, title, body, deleted_at from notes order by id`).toEqual(before);
		});
	});

	it('an erasure waits for its time, in any time zone, and ends no lease of another firm', async () => {
		const [firm, job] = [uuidv7(), uuidv7()];
		const notBefore = new Date(Date.now() + 6 * 86_400_000).toISOString();
		await two.as('worker', null, async (tx) => {
			await tx`insert into firms (id, slug, name) values (${firm}, 'waits', 'Waits')`;
			await tx`insert into erasures (id, firm_id, mac) values (${uuidv7()}, ${firm}, decode(repeat('00', 36), 'hex'))`;
			await tx`insert into jobs (id, firm_id, kind, state, asked_on, asked_at, mac, terms) values (${job}, ${firm}, 'ERASE',
				'QUEUED', 'worker', now(), decode(repeat('00', 36), 'hex'), ${JSON.stringify({ notBefore })})`;
		});
		await two.maintain({ firm, job }, `update jobs set state = 'RUNNING' where id = '${job}'`);
		const erases = (zone: string) =>
			two.as('worker', firm, async (tx) => {
				await tx`select set_config('role', 'firmseal_maintenance', true), set_config('firmseal.job', ${job}, true), set_config('timezone', ${zone}, true)`;
				return (await tx`select firm_of_erasure() as firm`)[0]?.firm;
			});
		expect([await erases('UTC'), await erases('<Z>-167')]).toEqual([null, null]);
		await two.admin`update jobs set terms = '{"notBefore":"2020-01-01T00:00:00Z"}' where id = ${job}`;
		expect(await erases('<Z>+167')).toBe(firm);
		const mark = `insert into lease_ends (lease_id, firm_id) values ('${uuidv7()}', '${firm}')`;
		expect(await codeOf(two.maintain({ firm, job }, mark))).toBe(NO_PRIVILEGE);
	});
});
