import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseLeaf } from '../../src/audit/index.ts';
import { type Fault, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import type { TestApi, TestFirm } from '../support/installation.ts';
import { startKmsProxy } from '../support/kms-proxy.ts';
import { until } from '../system/program.ts';
import { CLASSES, KEPT, type KmsStage, MARKER, makeKmsStage } from './kms-stage.ts';

const { moto } = inject('clouds');

/** Seconds that keys are cached. test/keys/resilient-keyring.test.ts has the time limits of a call. */
const BRIEF = 1;
const LASTING = 50;

const FAULTS: readonly (readonly [string, Fault])[] = [
	['that never answers', { end: { by: 'hang' } }],
	['that stops in the middle of each response', { end: { by: 'hang', of: 'answers', after: 400, each: true } }],
	['that resets connections', { end: { by: 'reset' } }],
	['with truncated response headers', { end: { by: 'reset', of: 'answers', after: 60, each: true } }],
	['with truncated response bodies', { end: { by: 'reset', of: 'answers', after: 400, each: true } }],
	['with a closed port', { refuse: true }],
];

const title = `a key service on a bad network${moto ? '' : ' (skipped: moto_server is not installed)'}`;
describe.skipIf(!moto)(title, () => {
	let stage: KmsStage;
	let brief: TestApi;
	let lasting: TestApi;
	let north: TestFirm;
	let south: TestFirm;

	beforeAll(async () => {
		stage = await makeKmsStage();
		[north, south] = stage.firms;
		[brief, lasting] = [await stage.serve(BRIEF), await stage.serve(LASTING)];
	});
	afterEach(() => stage?.heal(brief));
	afterAll(() => stage?.close());

	const forget = () => stage.pass(BRIEF * 1_000 + 1);
	const notesOf = async ({ id }: TestFirm) =>
		(await stage.installation.admin`select id from notes where firm_id = ${id}`).length;
	const unwraps = (api: TestApi, outcome: string, of: 'count' | 'sum' = 'count') =>
		stage.metric(api, `firmseal_keyring_call_seconds_${of}{operation="unwrap",outcome="${outcome}"}`);
	const breaker = (state: string) => stage.metric(brief, `firmseal_keyring_breaker{plane="firm",state="${state}"}`);
	const readiness = async () => (await fetch(`${brief.url}/health/ready`)).json();
	const said = (api: TestApi, text: string) => api.lines.filter((line) => line.includes(text)).length;

	/** Each test has its own server and network, so that they can run in parallel. */
	describe.concurrent('under a fault', () => {
		async function withServer(work: (api: TestApi, proxy: FaultProxy) => Promise<void>): Promise<void> {
			const proxy = await startFaultProxy(stage.front.url);
			const api = await stage.serve(LASTING, proxy);
			try {
				await work(api, proxy);
			} finally {
				await api.stop();
				await proxy.stop();
			}
		}

		it('that responds slowly still gives everyone an answer', () =>
			withServer(async (api, proxy) => {
				await proxy.set({ latency: 250 });
				const read = await stage.read(api, north);
				expect(read).toMatchObject({ code: null, content: KEPT });
				const calls = await unwraps(api, 'ok');
				expect(calls).toBeGreaterThanOrEqual(2);
				// Slow, because every key takes a late call in both directions.
				expect((await unwraps(api, 'ok', 'sum')) / calls).toBeGreaterThan(0.45);
				expect(await stage.write(api, south)).toBe('done');
				expect(await stage.readUnderLease(api)).toMatchObject({ code: null, content: KEPT });
			}));

		it.each(FAULTS)('%s makes content unavailable, metadata is served, and nothing is written', (_, fault) =>
			withServer(async (api, proxy) => {
				await proxy.set(fault);
				const [notes, invoices, write] = await Promise.all([
					stage.read(api, south),
					stage.read(api, south, 'BILLING'),
					stage.write(api, south),
				]);
				for (const { code, count, content } of [notes, invoices]) {
					expect([code, content]).toEqual(['KEY_UNAVAILABLE', null]);
					expect(count).toBeGreaterThan(0);
				}
				expect(write).toBe('KEY_UNAVAILABLE');
				expect(await unwraps(api, 'AWAY')).toBeGreaterThan(0);
				await proxy.set({});
				await until(async () => (await stage.write(api, south)) === 'done');
			}),
		);

		it('makes the content of a firm that has brought its key unavailable within fifteen seconds, even without a request', async () => {
			const firm = await stage.addOwnFirm('own');
			const front = await startKmsProxy(stage.moto.url);
			const api = await stage.serve(300, front);
			const atHand = (keys: string) => stage.metric(api, `firmseal_key_cache_size{plane="firm",keys="${keys}"}`);
			try {
				expect(await stage.write(api, firm)).toBe('done');
				expect([await atHand('content'), await atHand('rights')]).toEqual([1, 1]);
				const { admin } = stage.installation;
				const own =
					await admin`select firm_id as firm, bool_and(own_key) as all from data_keys group by 1 having bool_or(own_key)`;
				expect(own).toEqual([{ firm: firm.id, all: true }]);
				const calls = front.calls.length;
				front.refuse((call) => (call.firm === firm.id ? 'DisabledException' : null));
				// The firm's keys are cached for a minute. The check comes earlier.
				await stage.pass(15_000);
				expect([await atHand('content'), await atHand('rights')]).toEqual([0, 0]);
				// The check of the RIGHTS key or of a content key: the first one to fail ends both.
				const looks = front.calls.slice(calls);
				expect([1, 2]).toContain(looks.length);
				for (const look of looks) expect(look).toMatchObject({ operation: 'Decrypt', refused: 'DisabledException' });
				expect(await stage.read(api, firm)).toMatchObject({ code: 'KEY_UNAVAILABLE', content: null });
			} finally {
				await api.stop();
				await front.stop();
			}
		});
	});

	it('is logged with each failed call, and with the service’s id of the call if there was a response', async () => {
		const rows = await stage.installation.admin`select leaf from audit_entries
			where leaf::jsonb ->> 'action' = 'key.unwrap' and leaf::jsonb ->> 'reason' = 'AWAY'`;
		expect(rows.length).toBeGreaterThanOrEqual(FAULTS.length);
		const known = [null, ...stage.front.calls.map(({ requestId }) => requestId)];
		for (const { leaf } of rows) {
			const { firm, keys } = parseLeaf(leaf);
			expect(firm).toBe(south.id);
			expect(known).toContain(keys[0]?.requestId);
		}
	});

	it('is measured by each call, and by each call that a cached key has saved', async () => {
		const api = await stage.serve(LASTING);
		const before = stage.front.calls.length;
		for (let time = 0; time < 2; time++) expect(await stage.read(api, north)).toMatchObject({ content: KEPT });
		expect(await stage.readUnderLease(api)).toMatchObject({ content: KEPT });
		const calls = stage.front.calls.slice(before).filter(({ operation }) => operation === 'Decrypt');
		expect(new Set(calls.map((call) => call.class))).toEqual(new Set(['RIGHTS', 'NOTE']));
		expect(await unwraps(api, 'ok')).toBe(calls.length);
		const asked = (keys: string, result: string) =>
			stage.metric(api, `firmseal_key_cache_total{plane="firm",keys="${keys}",result="${result}"}`);
		expect([await asked('content', 'miss'), await asked('content', 'hit')]).toEqual([1, 1]);
		expect(await asked('rights', 'miss')).toBe(1);
		expect(await asked('rights', 'hit')).toBeGreaterThan(0);
		await api.stop();
	});

	it('is called again while there is time, and not at all after a long outage', async () => {
		await forget();
		await stage.proxy.set({ end: { by: 'reset' } });
		const retries = 'firmseal_keyring_retries_total{plane="firm",reason="AWAY"}';
		const before = await stage.metric(brief, retries);
		await expect
			.poll(async () => {
				await Promise.all(stage.firms.map((firm) => stage.read(brief, firm)));
				return breaker('open');
			})
			.toBe(1);
		expect(await stage.metric(brief, retries)).toBeGreaterThan(before);
		const tried = stage.proxy.connections();
		for (let time = 0; time < 5; time++) {
			const answers = await Promise.all(
				stage.firms.flatMap((firm) => CLASSES.map((of) => stage.read(brief, firm, of))),
			);
			for (const { code, count } of answers) expect([code, count !== undefined]).toEqual(['KEY_UNAVAILABLE', true]);
		}
		// One call every two seconds, for everyone.
		expect(stage.proxy.connections() - tried).toBeLessThanOrEqual(3);
		expect(said(brief, 'the key service does not answer')).toBeGreaterThan(0);
		await stage.heal(brief);
		expect(await breaker('closed')).toBe(1);
		expect(said(brief, 'the key service answers again')).toBe(said(brief, 'the key service does not answer'));
	});

	it('lets members read and write with cached keys until those expire, and stops operators at once', async () => {
		const api = await stage.serve(LASTING);
		expect(await stage.read(api, north)).toMatchObject({ content: KEPT });
		expect(await stage.write(api, north)).toBe('done');
		expect(await stage.readUnderLease(api)).toMatchObject({ content: KEPT });
		stage.front.refuse(() => 'KMSInternalException');
		const calls = stage.front.calls.length;
		const closed = await stage.readUnderLease(api);
		expect(closed).toMatchObject({ code: 'KEY_UNAVAILABLE', content: null });
		expect(closed.count).toBeGreaterThan(0);
		const asked = stage.front.calls.slice(calls).filter(({ hasTokens }) => hasTokens);
		expect(asked).toHaveLength(1);
		const rows = await stage.installation.admin`select leaf from audit_entries
			where leaf::jsonb -> 'keys' -> 0 ->> 'requestId' = ${asked[0]?.requestId ?? ''}`;
		expect(rows.map(({ leaf }) => parseLeaf(leaf))).toMatchObject([
			{ action: 'key.unwrap', decision: 'FAILED', reason: 'AWAY', plane: 'operator', firm: north.id },
		]);
		for (let time = 0; time < 3; time++) {
			await stage.pass(LASTING * 200);
			expect((await stage.read(api, north)).content).toBe(KEPT);
			expect(await stage.write(api, north)).toBe('done');
		}
		await stage.pass(LASTING * 400 + 1);
		const count = await notesOf(north);
		expect(await stage.read(api, north)).toMatchObject({ code: 'KEY_UNAVAILABLE', count, content: null });
		expect(await stage.write(api, north)).toBe('KEY_UNAVAILABLE');
		expect(await notesOf(north)).toBe(count);
		await stage.heal(api);
		expect(await stage.readUnderLease(api)).toMatchObject({ content: KEPT });
	});

	it('may be suspended and resumed (SIGSTOP, SIGCONT), and content is available again', async () => {
		await forget();
		stage.moto.signal('SIGSTOP');
		try {
			const ready = readiness();
			const [closed, live] = await Promise.all([stage.read(brief, north), fetch(`${brief.url}/health/live`)]);
			expect(closed).toMatchObject({ code: 'KEY_UNAVAILABLE', count: await notesOf(north), content: null });
			expect(live.status).toBe(200);
			// Metadata is served, so the server stays ready.
			expect(await ready).toMatchObject({ ok: true, checks: { 'keyring firm': false, 'keyring operator': false } });
		} finally {
			stage.moto.signal('SIGCONT');
		}
		await stage.heal(brief);
		expect(await stage.write(brief, north)).toBe('done');
		// Readiness is cached too.
		await forget();
		expect(await readiness()).toMatchObject({ ok: true, checks: { 'keyring firm': true, 'keyring operator': true } });
	});

	it('in a storm of all faults still gets every write done or refused, and answered', async () => {
		const storm: readonly Fault[] = [...FAULTS.map(([, fault]) => fault), { latency: 100 }];
		let isOver = false;
		const outcomes = new Map<string, number>();
		const writing = Promise.all(
			stage.firms.flatMap((firm) =>
				[brief, lasting].map(async (api) => {
					while (!isOver) {
						const outcome = await stage.write(api, firm);
						outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
					}
				}),
			),
		);
		const written = () => [...outcomes.values()].reduce((sum, count) => sum + count, 0);
		const forgetful = (look: () => unknown) => expect.poll(() => forget().then(look), { timeout: 60_000 });
		const writeOn = (from = written()) => forgetful(() => written() > from + 5).toBe(true);
		// A short fault may go unnoticed …
		for (const fault of storm) {
			await stage.proxy.set(fault);
			await writeOn();
			await stage.proxy.set({});
			await writeOn();
		}
		// … but a fault that lasts longer than the cached keys is noticed.
		await stage.proxy.set({ end: { by: 'reset' } });
		await forgetful(() => outcomes.has('KEY_UNAVAILABLE')).toBe(true);
		isOver = true;
		await writing;
		expect([...outcomes.keys()].toSorted()).toEqual(['KEY_UNAVAILABLE', 'done']);
	});

	it('lets every accepted write be stored and no refused one, and no plaintext is left anywhere', async () => {
		await stage.heal(brief, lasting);
		await stage.expectWritesAsTold(brief);
		for (const { lines } of [brief, lasting]) {
			expect(lines.filter((line) => line.includes(MARKER) || line.includes('unexpected error'))).toEqual([]);
			expect(lines.filter((line) => line.includes(`${stage.operator}`.split('.')[0] ?? ''))).toEqual([]);
		}
		const leaves = await stage.installation.admin`select leaf from audit_entries`;
		expect(leaves.filter(({ leaf }) => leaf.includes(MARKER))).toEqual([]);
	});
});
