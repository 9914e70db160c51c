import { connect } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { codeOf } from '../database/two-firms.ts';
import type { TestApi } from '../support/installation.ts';
import { makeNote } from '../support/notes.ts';
import { scale } from '../support/scale.ts';
import { type Arrived, newAgent, type Serving, send, serveElsewhere } from './serving.ts';
import { type LeaseStage, makeLeaseStage, until } from './stage.ts';

const PROCESSES = 4;
const ATTEMPTS = scale(10_000);
/** Answered attempts before the revocation. */
const BEFORE = scale(800);
const AT_ONCE = 16;
/** Leases that end while pages are read under them: 2,000 take three minutes; FIRMSEAL_TEST_REVOKES=10000 takes twenty. */
const REVOKES = Number(process.env.FIRMSEAL_TEST_REVOKES ?? scale(2_000, 10));
const PAGE = 5;
const LARGE = 131_000;
const MARKER = 'the-content-of-the-note';
const REVOKE = 'mutation ($id: ID!) { revokeBreakGlass(leaseId: $id) { lease { state } } }';

let stage: LeaseStage;
let api: TestApi;
let note: string;
let large: string;

/** Revokes as an owner. Returns the monotonic time of the answer, after every byte that arrived before it has been read. */
async function revoke(lease: string): Promise<bigint> {
	const { data, text } = await api.ask(stage.tokens.owner, REVOKE, { id: lease });
	if (data?.revokeBreakGlass?.lease.state !== 'REVOKED') throw new Error(text);
	// Bytes that were at the sockets when the answer came are read in this turn of the event loop.
	await nextTurn();
	const returned = process.hrtime.bigint();
	// No request held the lease for too long. Otherwise its row would be unchanged, and left to the broker.
	expect(await stage.stateOf(lease)).toBe('REVOKED');
	return returned;
}

/** Retries while the log's leader is late or no slot is free, as on a loaded machine. Until then nothing is answered. */
async function read(...request: Parameters<typeof send>): Promise<Arrived> {
	for (;;) {
		const arrived = await send(...request);
		// In this case nothing was taken from the budget.
		if (arrived.status === 429) continue;
		if (arrived.status !== 503 || !arrived.text.includes('"code":"AUDIT_UNAVAILABLE"')) return arrived;
		unanswered.push(arrived.request);
	}
}

/** Requests that were told to try again, by their ids in the log; few of thousands. They took from the budget but opened nothing. */
const unanswered: string[] = [];

/** Starts processes that serve the operator's plane. */
let serving: readonly Serving[];

beforeAll(async () => {
	stage = await makeLeaseStage();
	api = await stage.installation.serve({ FIRMSEAL_PLANE: 'firm' });
	await stage.installation.startBroker();
	note = await makeNote(api.ask, stage.firm.member, { body: `${MARKER} ${'x'.repeat(2_000)}` });
	// Each of these characters takes six in JSON.
	large = await makeNote(api.ask, stage.firm.member, { body: `${MARKER} ${'\u0001'.repeat(LARGE)}` });
	await stage.installation.allowProcesses('operator', PROCESSES);
	serving = await Promise.all(Array.from({ length: PROCESSES }, () => serveElsewhere(stage.installation)));
});
afterAll(async () => {
	await Promise.all((serving ?? []).map((each) => each.end()));
	await stage?.close();
});

describe(`${ATTEMPTS.toLocaleString('en')} attempts and more in ${PROCESSES} processes that race with a revocation`, () => {
	it('unwrap no key and return no byte of content after it has returned', { timeout: 300_000 }, async () => {
		const agent = newAgent(AT_ONCE);
		try {
			const lease = await stage.active();
			const query = `{ note(id: "${note}") { body } }`;
			const outcomes = { answered: 0, refused: 0, other: [] as string[] };
			const contentAt: bigint[] = [];
			const { promise: enough, resolve: reached } = Promise.withResolvers<void>();
			let [begun, isRevoked, after] = [0, false, 0];

			const attempt = async () => {
				if (isRevoked) after++;
				const { url } = serving[begun++ % PROCESSES] as Serving;
				const arrived = await read(agent, url, { token: stage.tokens.requester, lease, query });
				if (arrived.text.includes(MARKER)) {
					contentAt.push(...arrived.times);
					if (++outcomes.answered === BEFORE) reached();
				} else if (arrived.status === 403 && arrived.text.includes('LEASE_NOT_ACTIVE')) outcomes.refused++;
				else outcomes.other.push(`${arrived.status} ${arrived.text.slice(0, 300)}`);
			};
			const racer = async () => {
				while (begun < ATTEMPTS || after < ATTEMPTS / 2) await attempt();
			};
			const racers = Promise.all(Array.from({ length: AT_ONCE }, racer));
			await enough;
			const returned = await revoke(lease);
			isRevoked = true;
			await racers;
			// Pending reports about their keyrings arrive before this.
			await Promise.all(serving.map((each) => each.told()));

			expect(outcomes.other).toEqual([]);
			expect(outcomes.answered + outcomes.refused).toBe(begun);
			expect(outcomes.answered).toBeGreaterThanOrEqual(BEFORE);
			expect(outcomes.refused).toBeGreaterThanOrEqual(after);
			const unwraps = serving.flatMap((each) => each.unwraps);
			expect(unwraps.length).toBeGreaterThanOrEqual(outcomes.answered);
			expect(unwraps.filter((at) => at > returned)).toEqual([]);
			expect(contentAt.filter((at) => at > returned)).toEqual([]);
			const opened = await stage.installation.admin`
				select count(*)::int as count from audit_entries
				where leaf::jsonb ->> 'lease' = ${lease} and leaf::jsonb ->> 'action' = 'content.open'`;
			expect(opened[0]?.count).toBeGreaterThanOrEqual(outcomes.answered);
		} finally {
			agent.destroy();
		}
	});
});

describe(`${REVOKES.toLocaleString('en')} revocations while pages are read in ${PROCESSES} processes`, () => {
	it('allow no opening afterwards, report no value as damaged, and count what was opened or withheld', {
		timeout: 3_600_000,
	}, async () => {
		const { admin } = stage.installation;
		const agent = newAgent(4 * AT_ONCE);
		for (let n = 0; n < PAGE; n++)
			await makeNote(api.ask, stage.firm.member, { title: MARKER, body: `${MARKER} ${n}` });
		const query = `{ notes(firmId: "${stage.firm.id}", first: ${PAGE}) { nodes { title body } } }`;
		const leases: string[] = [];
		const outcomes = { answered: 0, refused: 0, late: 0, other: [] as string[] };
		let [left, at] = [REVOKES, 0];

		const readPage = async (lease: string) => {
			const { url } = serving[at++ % PROCESSES] as Serving;
			const arrived = await read(agent, url, { token: stage.tokens.requester, lease, query });
			if (arrived.text.includes(MARKER)) outcomes.answered++;
			else if (arrived.status === 403 && arrived.text.includes('LEASE_NOT_ACTIVE')) outcomes.refused++;
			else outcomes.other.push(`${arrived.status} ${arrived.text.slice(0, 300)}`);
			return arrived;
		};
		const racer = async () => {
			for (let next = left-- > 0 ? stage.active() : null; next !== null; ) {
				const lease = await next;
				leases.push(lease);
				next = left-- > 0 ? stage.active() : null;
				next?.catch(() => {});
				const reading = [readPage(lease), readPage(lease)];
				// Waits for an answer under every other lease.
				if (leases.length % 2 === 0) await reading[0];
				const returned = await revoke(lease);
				const arrived = await Promise.all([...reading, readPage(lease)]);
				outcomes.late += arrived.filter(
					({ text, times }) => text.includes(MARKER) && times.some((time) => time > returned),
				).length;
			}
		};
		try {
			await Promise.all(Array.from({ length: AT_ONCE }, racer));
		} finally {
			agent.destroy();
		}
		expect(outcomes).toEqual({ answered: expect.any(Number), refused: expect.any(Number), late: 0, other: [] });
		expect(outcomes.answered + outcomes.refused).toBe(3 * REVOKES);
		expect(outcomes.refused).toBeGreaterThanOrEqual(REVOKES);
		const failed = await admin`
			select leaf::jsonb ->> 'reason' as reason, count(*)::int from audit_entries
			where leaf::jsonb ->> 'lease' = any (${leases}) and leaf::jsonb ->> 'decision' <> 'ALLOWED' group by 1`;
		expect(failed).toEqual([{ reason: 'LEASE_NOT_ACTIVE', count: expect.any(Number) }]);
		// A request opens everything that it took from the budget, unless it is refused later or told to try again.
		const requests = await admin`
			with said as (
				select leaf::jsonb ->> 'lease' as lease, leaf::jsonb ->> 'request' as request, leaf::jsonb ->> 'action' as action,
					jsonb_array_length(leaf::jsonb -> 'coordinates') * jsonb_array_length(leaf::jsonb -> 'records') as values
				from audit_entries where leaf::jsonb ->> 'lease' = any (${leases})
					and leaf::jsonb ->> 'action' in ('lease.use', 'content.open', 'request.deny')
			), of_request as (
				select lease, request, coalesce(sum(values) filter (where action = 'lease.use'), 0) as asked,
					coalesce(sum(values) filter (where action = 'content.open'), 0) as opened, bool_or(action = 'request.deny') as refused
				from said group by 1, 2
			)
			select sum(asked)::int as asked, sum(opened)::int as opened, coalesce(json_agg(of_request) filter (where asked <> opened and not refused and request <> all (${unanswered})), '[]') as wrong
			from of_request`;
		const [{ used } = { used: 0 }] = await admin`
			select sum(used)::int as used from lease_budgets where lease_id = any (${leases}::uuid[])`;
		expect(requests).toEqual([{ asked: used, opened: expect.any(Number), wrong: [] }]);
	});
});

describe('a process that is suspended during a revocation', () => {
	it('withholds content when it continues, and the revocation waits no longer than the deadline', async () => {
		const serving = await serveElsewhere(stage.installation, { HOLD_UNWRAP: 'yes' });
		const agent = newAgent(2);
		try {
			const lease = await stage.active();
			const query = `{ note(id: "${note}") { body } }`;
			const answer = send(agent, serving.url, { token: stage.tokens.requester, lease, query });
			// The lease is held, and the key is being unwrapped.
			await until(async () => serving.unwraps.length > 0);
			serving.child.kill('SIGSTOP');
			// Of the two transactions, one has taken from the budget and committed; the other holds the lease.
			const { admin } = stage.installation;
			expect(await admin`select used::int from lease_budgets where lease_id = ${lease}`).toMatchObject([{ used: 1 }]);
			expect((await stage.entries(lease)).map(({ action }) => action)).toContain('lease.use');
			expect(await codeOf(admin`select from leases where id = ${lease} for update nowait`)).toBe('55P03');
			await revoke(lease);
			const before = serving.unwraps.length;
			serving.child.send('answer');
			serving.child.kill('SIGCONT');
			const arrived: Arrived = await answer;
			expect(arrived.text).not.toContain(MARKER);
			expect([arrived.status, arrived.text]).toEqual([403, expect.stringContaining('LEASE_NOT_ACTIVE')]);
			expect(serving.unwraps).toHaveLength(before);
			const again = await send(agent, serving.url, { token: stage.tokens.requester, lease, query });
			expect(again.text).toContain('LEASE_NOT_ACTIVE');
			// The budget stays reduced, although the values were withheld.
			expect(await admin`select used::int from lease_budgets where lease_id = ${lease}`).toMatchObject([{ used: 1 }]);
		} finally {
			serving.child.kill('SIGCONT');
			agent.destroy();
			await serving.end();
		}
	});
});

describe('a response in transfer', () => {
	it('to a client that doesn’t read ends with the revocation, even if the client reads again', async () => {
		const serving = await serveElsewhere(stage.installation);
		try {
			const lease = await stage.active();
			// More than the buffers of both sides hold.
			const query = `{ ${Array.from({ length: 20 }, (_, n) => `n${n}: note(id: "${large}") { body }`).join(' ')} }`;
			const { hostname, port } = new URL(serving.url);
			const body = JSON.stringify({ query });
			let bytes = 0;
			// The client reads once, and only a little: after a large read the kernel expects more reads and enlarges its buffer.
			const onread = {
				buffer: Buffer.alloc(4096),
				callback: (length: number) => {
					const goesOn = bytes > 0;
					bytes += length;
					return goesOn;
				},
			};
			const socket = connect({ port: Number(port), host: hostname, onread });
			const closed = new Promise((resolve) => socket.once('close', resolve));
			socket.on('error', () => {});
			socket.write(
				`POST /graphql HTTP/1.1\r\nhost: ${hostname}\r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nauthorization: Bearer ${stage.tokens.requester}\r\nx-firmseal-lease: ${lease}\r\n\r\n${body}`,
			);
			await until(async () => bytes > 0);
			await revoke(lease);
			socket.resume();
			await closed;
			// Only bytes that had already reached the client's side, nothing from the server's buffer.
			expect(bytes).toBeLessThan(1_000_000);
		} finally {
			await serving.end();
		}
	});
});
