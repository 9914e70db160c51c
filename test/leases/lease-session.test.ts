import { type SQL, sql } from 'drizzle-orm';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { openPlane, type Plane, tables } from '../../src/database/index.ts';
import { FirmsealError } from '../../src/errors.ts';
import { readFromLease } from '../../src/leases/lease-of-request.ts';
import { LeaseSession } from '../../src/leases/lease-session.ts';
import { activeLeaseBySql } from '../database/leases-by-sql.ts';
import { makeTwoFirms, type TwoFirms } from '../database/two-firms.ts';
import { embedded } from '../support/own-servers.ts';

/** Milliseconds that a request may use a lease. */
const DEADLINE = 5_000;

/** Blocks the whole process: no timer fires, and nothing is read from sockets. */
const standStill = (milliseconds: number) => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);

describe('a lease session', () => {
	let two: TwoFirms;
	let using: Plane;
	let holding: Plane;
	beforeAll(async () => {
		two = await makeTwoFirms(embedded);
		const url = two.installation.env.FIRMSEAL_OPERATOR_DATABASE_URL as string;
		using = openPlane({ url, role: 'firmseal_break_glass', connections: 1 });
		holding = openPlane({ url, role: 'firmseal_break_glass', connections: 1 });
	});
	afterAll(async () => {
		await Promise.all([using?.close(), holding?.close()]);
		await two?.close();
	});

	const readNote = (session: LeaseSession, intend = async () => {}) =>
		readFromLease(
			session,
			[{ table: tables.notes, property: 'title', row: two.north.note }],
			{ classes: ['NOTE'], coordinates: ['Note.title'], records: [two.north.note] },
			intend,
		);
	const budgetOf = async (lease: string) => {
		const [row] = await two.admin`
			select used::int, unanswered, kept_at as "keptAt" from lease_budgets where lease_id = ${lease}`;
		return row;
	};
	/** Number of transactions that hold a lease. */
	const countHolders = async (): Promise<number> => {
		const rows = await two.admin`select from pg_stat_activity where state = 'idle in transaction'
			and usename = 'firmseal_operator_login' and datname = current_database()`;
		return rows.length;
	};
	/** A plane that holds a lease, and whose connection is lost when `lost` is aborted. */
	const thatLosesLease = (): { lost: AbortController; losing: Plane } => {
		const lost = new AbortController();
		const losing: Plane = {
			...holding,
			forLease: (of) => {
				const plane = holding.forLease(of);
				return { ...plane, write: (firmId, work) => plane.write(firmId, (tx) => work(tx, lost.signal)) };
			},
		};
		return { lost, losing };
	};
	const codeOf = (work: () => void): unknown => {
		try {
			work();
			return null;
		} catch (error) {
			return (error as { code?: unknown }).code;
		}
	};

	it('enforces its deadline by the process’s own clock: before its timer fires, and while the database holds the lease', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		let expired = 0;
		const { lost, losing } = thatLosesLease();
		const session = new LeaseSession({ forReading: using, forHolding: losing }, { lease, firm, user }, () => {
			expired++;
		});
		expect(await readNote(session)).toEqual([expect.any(Uint8Array)]);
		// Otherwise PostgreSQL would end the idle transaction at the same time.
		const pid = await session.withHeldLease(async (tx) => {
			const { rows } = await tx.execute(
				sql`select pg_backend_pid() as pid, set_config('idle_in_transaction_session_timeout', '60s', true)`,
			);
			return rows[0]?.pid;
		});
		session.assertLive();

		standStill(DEADLINE);
		const refusal = codeOf(() => session.assertLive());
		let isReached = false;
		const late = session.withHeldLease(async () => {
			isReached = true;
		});
		const expiredBefore = expired;

		expect(refusal).toBe('LEASE_NOT_ACTIVE');
		await expect(late).rejects.toMatchObject({ code: 'LEASE_NOT_ACTIVE' });
		expect([isReached, expiredBefore]).toEqual([false, 0]);

		// Now the overdue timer fires and releases the lease. The connection was never lost.
		await expect.poll(() => expired).toBe(1);
		// Called once: the refusal is being sent by then, and a lost connection must not cut it off.
		lost.abort();
		expect(expired).toBe(1);
		await session.end();
		const next = await holding.read(firm, (tx) => tx.execute(sql`select pg_backend_pid() as pid`));
		expect(next.rows[0]?.pid).toBe(pid);
	});

	/** Planes on which the transaction that holds the lease waits for a connection until `free` resolves. */
	const waitingFor = (free: Promise<void>) => {
		const slow: Plane = {
			...holding,
			forLease: (of) => {
				const plane = holding.forLease(of);
				return { ...plane, write: (firmId, work) => free.then(() => plane.write(firmId, work)) };
			},
		};
		return { forReading: using, forHolding: slow };
	};

	it('does not count the time it waits for its connection, as it holds nothing yet', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		const free = Promise.withResolvers<void>();
		const session = new LeaseSession(waitingFor(free.promise), { lease, firm, user }, () => {});
		const holds = session.withHeldLease(async () => {});
		// Now it waits for its connection.
		await new Promise(setImmediate);
		standStill(DEADLINE);
		await new Promise(setImmediate);
		free.resolve();
		await holds;
		session.assertLive();
		await session.confirm();
		expect(await countHolders()).toBe(1);
		await session.end();
	});

	it.each([
		['a read', readNote],
		['a response that waits for the log', (session, intend) => session.withoutHold(intend)],
	] as const satisfies [string, (session: LeaseSession, intend: () => Promise<void>) => Promise<unknown>][])(
		'takes nothing from the lease, and records nothing, if %s ends before its turn',
		async (_, ask) => {
			const { id: lease, firm, user } = await activeLeaseBySql(two, two.north, { budget: 5 });
			const before = await budgetOf(lease);
			const free = Promise.withResolvers<void>();
			const others = using.limitedPerParty(user, () => free.promise);
			const session = new LeaseSession({ forReading: using, forHolding: holding }, { lease, firm, user }, () => {});
			let intents = 0;
			const asked = ask(session, async () => {
				intents++;
			}).catch(({ code }) => code);
			// Now it waits for its turn.
			await new Promise(setImmediate);
			const ended = session.end();
			free.resolve();
			expect(await asked).toBe('LEASE_NOT_ACTIVE');
			expect(await ended).toBe(false);
			await others;
			expect([intents, await budgetOf(lease)]).toEqual([0, before]);
		},
	);

	it('lets a read finish if it was being recorded when the request ended, and ends only then', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north, { budget: 1 });
		const session = new LeaseSession({ forReading: using, forHolding: holding }, { lease, firm, user }, () => {});
		const [begun, recorded] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const reading = readNote(session, async () => {
			begun.resolve();
			await recorded.promise;
		}).catch(({ code }) => code);
		await begun.promise;
		const ended = session.end();
		recorded.resolve();
		expect(await reading).toBe('LEASE_NOT_ACTIVE');
		// The last read of a lease whose budget is used up.
		expect(await ended).toBe(true);
		expect(await budgetOf(lease)).toMatchObject({ used: 1, unanswered: 0 });
	});

	it('reports no expiry once it has ended, as the connection then carries another response', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		const { lost, losing } = thatLosesLease();
		let expired = 0;
		const session = new LeaseSession({ forReading: using, forHolding: losing }, { lease, firm, user }, () => {
			expired++;
		});
		await session.withHeldLease(async () => {});
		const ended = session.end();
		lost.abort();
		await ended;
		expect(expired).toBe(0);
	});

	it('leaves no timer behind if the lease is refused, so that none cuts off the refusal', async () => {
		// A database that refuses every lease and sets no timers.
		const write: Plane['write'] = (_, work) => work({ execute: async () => ({ rows: [{ held: false }] }) } as never);
		const refusing: Plane = { ...holding, forLease: () => ({ ...holding, write }) };
		const [set, clear] = [vi.spyOn(globalThis, 'setTimeout'), vi.spyOn(globalThis, 'clearTimeout')];
		onTestFinished(() => {
			set.mockRestore();
			clear.mockRestore();
		});
		const session = new LeaseSession(
			{ forReading: using, forHolding: refusing },
			{ lease: '', firm: '', user: '' },
			() => {},
		);
		await expect(session.withHeldLease(async () => {})).rejects.toMatchObject({ code: 'LEASE_NOT_ACTIVE' });
		const timers = set.mock.results.flatMap(({ value }, n) => (set.mock.calls[n]?.[1] === DEADLINE ? [value] : []));
		expect(timers).toHaveLength(1);
		expect(clear).toHaveBeenCalledWith(timers[0]);
		await session.end();
	});

	it('reports an unavailable database, and not an ended lease, if it gets no connection', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		const away = Promise.reject(new FirmsealError('AUDIT_UNAVAILABLE', 'All connections are in use.'));
		away.catch(() => {});
		const session = new LeaseSession(waitingFor(away), { lease, firm, user }, () => {});
		for (const ask of [
			() => readNote(session),
			() => readNote(session),
			() => session.withoutHold(async () => {}),
			() => session.confirm(),
			async () => session.assertLive(),
		])
			await expect(ask()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
		await session.end();
	});

	it('reports an unavailable database, and not an ended lease, if its connection is lost', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		let expired = 0;
		const session = new LeaseSession({ forReading: using, forHolding: holding }, { lease, firm, user }, () => {
			expired++;
		});
		await readNote(session);
		await two.admin`select pg_terminate_backend(pid, 5000) from pg_stat_activity where state = 'idle in transaction'
			and usename = 'firmseal_operator_login' and datname = current_database()`;
		await expect.poll(() => expired).toBe(1);
		expect(codeOf(() => session.assertLive())).toBe('AUDIT_UNAVAILABLE');
		await expect(session.confirm()).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
		await session.end();
	});

	it('is released and acquired again in any order by a response that waits for the log and by a file transfer', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		const session = new LeaseSession({ forReading: using, forHolding: holding }, { lease, firm, user }, () => {});
		await readNote(session);
		let isHeld = false;
		const apart = () =>
			session.withoutHold(async () => {
				for (let look = 0; look < 10; look++) isHeld ||= (await countHolders()) > 0;
			});
		for (const order of [
			[() => session.renew(), apart],
			[apart, () => session.renew()],
			[() => session.renew(), apart, () => session.renew()],
			[() => session.renew(), () => session.renew(), apart],
		]) {
			await Promise.all(order.map((each) => each()));
			await session.confirm();
			session.assertLive();
		}
		expect(isHeld).toBe(false);
		expect(await countHolders()).toBe(1);
		await session.end();
		expect(await countHolders()).toBe(0);
	});

	it('is acquired again for the rest of a response whose first read was lost', async () => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		let isLost = false;
		const losing: Plane = {
			...using,
			forLease: (of) => {
				const plane = using.forLease(of);
				return {
					...plane,
					async write(firmId, work) {
						const result = await plane.write(firmId, work);
						if (isLost) return result;
						isLost = true;
						throw new FirmsealError('AUDIT_UNAVAILABLE', 'The answer to the COMMIT was lost.');
					},
				};
			},
		};
		const session = new LeaseSession({ forReading: losing, forHolding: holding }, { lease, firm, user }, () => {});
		await expect(readNote(session)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
		await session.withoutHold(async () => {});
		expect(() => session.assertLive()).toThrow(expect.objectContaining({ code: 'LEASE_NOT_ACTIVE' }));
		await session.confirm();
		session.assertLive();
		await session.end();
	});

	it.each([
		['an ended lease, as an error', 'ended'],
		['a deleted row, as a null', 'gone'],
	] as const)('reports what disappeared between counting and reading: %s', async (_, what) => {
		const { id: lease, firm, user } = await activeLeaseBySql(two, two.north);
		let statements = 0;
		const meanwhile = () =>
			what === 'ended'
				? two.admin`insert into lease_ends (lease_id, firm_id) values (${lease}, ${firm})`
				: two.admin`update notes set deleted_at = now(), title = null, body = null where id = ${two.north.note}`;
		const slow: Plane = {
			...holding,
			forLease: (of) => {
				const plane = holding.forLease(of);
				const write: Plane['write'] = (firmId, work) =>
					plane.write(firmId, (tx, lost) => {
						const execute = async (query: SQL) => {
							// Held at the start of the transaction and checked again for this read. Now it reads.
							if (++statements === 3) await meanwhile();
							return tx.execute(query);
						};
						return work(Object.assign(Object.create(tx), { execute }), lost);
					});
				return { ...plane, write };
			},
		};
		const session = new LeaseSession({ forReading: using, forHolding: slow }, { lease, firm, user }, () => {});
		const told = await readNote(session).catch(({ code }) => code);
		await session.end();
		expect([statements, told]).toEqual([4, what === 'ended' ? 'LEASE_NOT_ACTIVE' : [null]]);
	});
});
