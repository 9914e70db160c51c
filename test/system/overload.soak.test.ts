import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { makeInstallation, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { startLoad } from './load.ts';
import { endAll, MAIN, type RunningApi, startApi, until } from './program.ts';

const FIRMS = 8;
const MIB = 2 ** 20;

let installation: TestInstallation;
let firms: TestFirm[];
let api: RunningApi;

beforeAll(async () => {
	installation = await makeInstallation(embedded);
	firms = [];
	for (let n = 0; n < FIRMS; n++) {
		const firm = await installation.addFirm(`firm-${n}`);
		// Fixed tokens, which the API soon knows: requests with unknown tokens count per IP address.
		firms.push({ ...firm, member: `${firm.member}`, owner: `${firm.owner}` });
	}
	// Slots for less than a quarter of the requests that the tests send.
	const settings = { FIRMSEAL_LOG_LEVEL: 'warn', FIRMSEAL_REQUESTS_AT_ONCE: '32' };
	api = await startApi({ ...installation.env, ...settings }, [MAIN, 'serve']);
	for (const { member } of firms)
		for (let n = 0; n < 10; n++)
			await api.ask(
				member,
				`mutation { createNote(input: { title: "Note ${n}", body: "${'x'.repeat(300)}" }) { note { id } } }`,
			);
	const warm = startLoad(api.url, tokens(), 16);
	await warm.answers(500);
	await warm.stop();
});
afterAll(async () => {
	await endAll();
	await installation?.close();
});

const tokens = () => firms.map(({ member }) => member);

async function metric(name: string): Promise<number> {
	const text = await (await fetch(`${api.url}/metrics`)).text();
	const line = text.split('\n').find((each) => each.startsWith(`${name} `));
	return Number(line?.split(' ')[1]);
}

const kinds = (statuses: ReadonlyMap<number, number>) => [...statuses.keys()].sort();

describe('200 connections of eight firms to a process that handles 32 requests at once', () => {
	it('are answered, or refused with a time to retry, in bounded memory, and leave no load behind', async () => {
		const before = await metric('process_resident_memory_bytes');
		const load = startLoad(api.url, tokens(), 200);
		const waiting: number[] = [];
		const health: number[] = [];
		for (let look = 1; look <= 20; look++) {
			await load.answers(look * 100);
			for (const path of ['live', 'ready']) health.push((await fetch(`${api.url}/health/${path}`)).status);
			waiting.push(await metric('firmseal_requests{state="waiting"}'));
			expect(await metric('firmseal_requests{state="working"}')).toBeLessThanOrEqual(32);
		}
		const during = await metric('process_resident_memory_bytes');
		await load.stop();
		expect(kinds(load.statuses)).toEqual(expect.arrayContaining([200, 429]));
		expect(kinds(load.statuses).filter((status) => ![200, 429, 503].includes(status))).toEqual([]);
		expect([load.withoutRetryAfter(), new Set(health)]).toEqual([0, new Set([200])]);
		// The queue of each firm, and the shared queue.
		expect(Math.max(...waiting)).toBeLessThanOrEqual(FIRMS * 16 + 32);
		expect((during - before) / MIB).toBeLessThan(250);

		await until(async () => (await metric('firmseal_requests{state="working"}')) === 0);
		for (const token of tokens()) expect((await api.ask(token, '{ viewer { id } }')).status).toBe(200);
	});
});

describe('a busy firm', () => {
	it('is refused its excess requests, while a quiet firm is always answered', async () => {
		const [loud, quiet] = firms as [TestFirm, TestFirm];
		const much = startLoad(api.url, [loud.member, loud.owner], 150);
		await much.answers(150);
		const little = startLoad(api.url, [quiet.member], 1);
		await little.answers(50);
		await Promise.all([much.stop(), little.stop()]);
		expect([kinds(much.statuses), kinds(little.statuses)]).toEqual([[200, 429], [200]]);
		expect(much.withoutRetryAfter()).toBe(0);
	});
});
