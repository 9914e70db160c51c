import { sql } from 'drizzle-orm';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { appendEntriesSql, insertAuditEntries, openPlane, type Plane } from '../../src/database/index.ts';
import { servers } from '../support/both-servers.ts';
import { leafText } from '../support/leaf-text.ts';
import { type Relay, startRelay } from './relay.ts';
import { makeTwoFirms, NO_PRIVILEGE, type TwoFirms } from './two-firms.ts';

const NOTES = sql`select id from public.notes`;
const BEGUN = 'begin isolation level read committed';
/** Text of the same length that is not SQL: then there is no transaction and no role. */
const NOT_BEGUN = 'bogus isolation level read committed';

describe.each(servers)('the round trips of a plane on $name', (server) => {
	let two: TwoFirms;
	let relay: Relay;
	let plane: Plane;

	beforeAll(async () => {
		two = await makeTwoFirms(server);
	});
	afterAll(() => two?.close());
	beforeEach(async () => {
		relay = await startRelay(two.installation.env.DATABASE_URL as string);
		plane = openPlane({ url: relay.url, role: 'firmseal_firm', connections: 1 });
		expect(await readNotes()).toEqual([{ id: two.north.note }]);
	});
	afterEach(async () => {
		await Promise.all([plane?.close(), relay?.stop()]);
	});

	const readNotes = () => plane.read(two.north.id, async (tx) => (await tx.execute(NOTES)).rows);
	/** Waits until all requests are answered. */
	const settled = () => plane.write(null, async () => {});
	const holdAll = async () => {
		await settled();
		relay.hold();
	};
	const entry = ({ boot = uuidv7() } = {}) => {
		const names = { id: uuidv7(), firm: two.north.id, boot, sequence: 1 };
		return { ...names, leaf: leafText({ ...names, plane: 'firm', action: 'log.read' }) };
	};
	const isThere = async (id: string) => (await two.admin`select from audit_entries where id = ${id}`).length === 1;

	it('are one for the context and the first statement of a read or write', async () => {
		const rename = sql`update public.notes set updated_at = now() where id = ${two.north.note} returning id`;
		for (const work of [
			readNotes,
			() => plane.write(two.north.id, async (tx) => (await tx.execute(rename)).rows),
		] as const) {
			await holdAll();
			const done = work();
			await relay.untilAsked('public.notes');
			expect(relay.asked()).toContain(BEGUN);
			relay.release();
			expect(await done).toEqual([{ id: two.north.note }]);
		}
	});

	it('are one for a whole append', async () => {
		const row = entry();
		await holdAll();
		const done = plane.append(null, appendEntriesSql([row]));
		await relay.untilAsked('commit');
		expect(relay.asked()).toMatch(new RegExp(`${BEGUN}[^]*insert into public.audit_entries[^]*commit`));
		relay.release();
		await done;
		expect(await isThere(row.id)).toBe(true);
	});

	it('return what was read before the transaction has ended, and release the connection only after', async () => {
		let letEnd = () => {};
		const rows = await plane.read(two.north.id, async (tx) => {
			const { rows } = await tx.execute(NOTES);
			relay.hold();
			letEnd = relay.release;
			return rows;
		});
		expect(rows).toEqual([{ id: two.north.note }]);
		const next = readNotes();
		await relay.untilAsked('commit');
		expect(relay.asked()).not.toContain(BEGUN);
		letEnd();
		expect(await next).toEqual(rows);
	});

	it('wait for the commit of a write', async () => {
		let isDone = false;
		const held = Promise.withResolvers<void>();
		const done = plane
			.write(null, async (tx) => {
				await insertAuditEntries(tx, [entry()]);
				relay.hold();
				held.resolve();
			})
			.finally(() => {
				isDone = true;
			});
		await held.promise;
		await relay.untilAsked('commit');
		expect(isDone).toBe(false);
		relay.release();
		await done;
	});

	describe('if the transaction does not begin', () => {
		const SYNTAX_ERROR = { code: '42601' };
		beforeEach(async () => {
			await settled();
			relay.change(BEGUN, NOT_BEGUN);
		});
		afterEach(async () => {
			relay.change('', '');
			expect(await readNotes()).toEqual([{ id: two.north.note }]);
		});

		it('read nothing, and report why', async () => {
			await expect(readNotes()).rejects.toMatchObject(SYNTAX_ERROR);
		});

		it('return nothing of a statement that needs no rights either', async () => {
			const harmless = plane.read(two.north.id, async (tx) => (await tx.execute(sql`select 1 as one`)).rows);
			await expect(harmless).rejects.toMatchObject(SYNTAX_ERROR);
		});

		it('write nothing, in one statement or more', async () => {
			const rows = [entry(), entry(), entry()] as const;
			await expect(plane.append(null, appendEntriesSql([rows[0]]))).rejects.toMatchObject(SYNTAX_ERROR);
			const writing = plane.write(null, async (tx) => {
				await insertAuditEntries(tx, [rows[1]]).catch(() => {});
				await insertAuditEntries(tx, [rows[2]]);
			});
			await expect(writing).rejects.toMatchObject(SYNTAX_ERROR);
			for (const { id } of rows) expect(await isThere(id)).toBe(false);
		});

		it('run the statement as a login without privileges', async () => {
			const seen: unknown[] = [];
			const reading = plane.read(two.north.id, async (tx) => {
				for (const statement of [NOTES, sql`select * from public.users`, sql`select * from public.audit_entries`])
					await tx.execute(statement).catch((error) => seen.push(error.cause?.code));
			});
			await expect(reading).rejects.toMatchObject(SYNTAX_ERROR);
			expect(seen).toEqual([NO_PRIVILEGE, NO_PRIVILEGE, NO_PRIVILEGE]);
		});
	});

	it('report a role that may not be taken, and read nothing', async () => {
		const other = openPlane({ url: relay.url, role: 'firmseal_worker', connections: 1 });
		const reading = other.read(null, async (tx) => (await tx.execute(NOTES)).rows);
		await expect(reading).rejects.toMatchObject({ code: NO_PRIVILEGE });
		await expect(other.append(null, appendEntriesSql([entry()]))).rejects.toMatchObject({ code: NO_PRIVILEGE });
		await other.close();
	});

	it('append all or nothing, report the refusal, and leave the connection usable', async () => {
		const fits = entry();
		const doubled = appendEntriesSql([fits, entry({ boot: fits.boot })]);
		await expect(plane.append(null, doubled)).rejects.toMatchObject({ name: 'DatabaseError', code: '23505' });
		expect(await isThere(fits.id)).toBe(false);
		const pid = sql`select pg_backend_pid() as pid`;
		await settled();
		const before = await plane.read(null, async (tx) => (await tx.execute(pid)).rows);
		await expect(plane.append(null, doubled)).rejects.toMatchObject({ code: '23505' });
		await plane.append(null, appendEntriesSql([fits]));
		expect(await plane.read(null, async (tx) => (await tx.execute(pid)).rows)).toEqual(before);
		expect(await isThere(fits.id)).toBe(true);
	});

	it('are refused to work that holds its turn and requests another, which would deadlock', async () => {
		for (const inTurn of [plane.limitedPerParty, plane.exclusivePerParty]) {
			const turn = (work: () => Promise<unknown>) => inTurn(two.north.id, work);
			await expect(turn(() => turn(readNotes))).rejects.toThrow('and could deadlock');
			expect(await turn(readNotes)).toEqual([{ id: two.north.note }]);
		}
		expect(await plane.exclusivePerParty('one', () => plane.limitedPerParty('one', readNotes))).toEqual([
			{ id: two.north.note },
		]);
	});

	it.each<[string, () => Promise<unknown>]>([
		['a read', () => readNotes()],
		['a write', () => plane.write(null, (tx) => insertAuditEntries(tx, [entry()]))],
		['an append', () => plane.append(null, appendEntriesSql([entry()]))],
	])(
		'report an unavailable database if the connection is lost in %s, and continue with a new one',
		async (_what, work) => {
			await holdAll();
			const lost = work();
			await relay.untilAsked(BEGUN);
			relay.reset();
			await expect(lost).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' });
			relay.release();
			expect(await readNotes()).toEqual([{ id: two.north.note }]);
		},
	);
});
