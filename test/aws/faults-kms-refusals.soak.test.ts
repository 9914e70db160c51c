import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { parseLeaf } from '../../src/audit/index.ts';
import type { TestApi, TestFirm } from '../support/installation.ts';
import type { KmsCall } from '../support/kms-proxy.ts';
import { until } from '../system/program.ts';
import { CLASSES, KEPT, type KmsStage, makeKmsStage } from './kms-stage.ts';

const { moto } = inject('clouds');

/** Seconds that keys are cached. */
const BRIEF = 1;
const LASTING = 60;

/** The longest pause of a member, in milliseconds. */
const SECOND = 1_000;

const title = `a key service that refuses calls${moto ? '' : ' (skipped: moto_server is not installed)'}`;
describe.skipIf(!moto)(title, () => {
	let stage: KmsStage;
	let brief: TestApi;
	let lasting: TestApi;
	let north: TestFirm;
	let south: TestFirm;
	let harbour: TestFirm;

	beforeAll(async () => {
		stage = await makeKmsStage();
		[north, south, harbour] = stage.firms;
		[brief, lasting] = [await stage.serve(BRIEF), await stage.serve(LASTING)];
	});
	afterEach(() => stage?.heal(brief, lasting));
	afterAll(() => stage?.close());

	const forget = () => stage.pass(BRIEF * 1_000 + 1);
	const since = (calls: number) => stage.front.calls.slice(calls);
	/** Recorded entries, oldest first. */
	const refusals = async () => {
		const rows = await stage.installation.admin`select leaf from audit_entries
			where leaf::jsonb ->> 'reason' = 'REFUSED' order by appended_at, sequence`;
		return rows.map(({ leaf }) => parseLeaf(leaf));
	};
	const isTaken = ({ refused }: KmsCall) => refused === null;
	/** Allows one call in each period of this many milliseconds, and throttles the others. */
	function throttle(pace: number): void {
		let next = performance.now();
		stage.front.refuse(({ at }) => {
			if (at < next) return 'ThrottlingException';
			next = at + pace;
			return null;
		});
	}

	it('because it is overloaded makes firms take turns, no matter how many requests one of them has', async () => {
		const fresh = await stage.serve(LASTING);
		const calls = stage.front.calls.length;
		throttle(100);
		const ofNorth = Array.from({ length: 200 }, (_, index) =>
			stage.read(fresh, north, CLASSES[index % CLASSES.length]),
		);
		const others = [south, harbour].map((firm) => stage.read(fresh, firm));
		for (const read of await Promise.all([...others, ...ofNorth]))
			expect(read).toMatchObject({ code: null, content: KEPT });
		const made = since(calls);
		// Each of a firm's four keys (RIGHTS and three classes) has at most one call in progress, even if many requests wait for it.
		for (const [firm, keys] of [
			[north, 4],
			[south, 2],
			[harbour, 2],
		] as const)
			expect(made.filter((call) => isTaken(call) && call.firm === firm.id)).toHaveLength(keys);
		expect(made.some(({ refused }) => refused === 'ThrottlingException')).toBe(true);
		const retries = 'firmseal_keyring_retries_total{plane="firm",reason="THROTTLED"}';
		expect(await stage.metric(fresh, retries)).toBeGreaterThan(0);
		expect(await stage.metric(fresh, 'firmseal_keyring_waiting{plane="firm"}')).toBe(0);
		await fresh.stop();
	});

	it('because of one busy firm makes two hundred of its requests wait and fail, and other firms are not affected', async () => {
		await forget();
		const calls = stage.front.calls.length;
		stage.front.refuse(({ firm }) => (firm === north.id ? 'ThrottlingException' : null));
		const ofNorth = Array.from({ length: 200 }, (_, index) =>
			stage.read(brief, north, CLASSES[index % CLASSES.length]),
		);
		await expect.poll(() => since(calls).some(({ firm }) => firm === north.id)).toBe(true);
		for (const firm of [south, harbour])
			expect(await stage.read(brief, firm)).toMatchObject({ code: null, content: KEPT });
		for (const read of await Promise.all(ofNorth))
			expect(read).toMatchObject({ code: 'KEY_UNAVAILABLE', content: null });
	});

	it('because it is overloaded serves operators after everyone else', async () => {
		// Their rights are verified with cached keys. Only content needs a call.
		expect(await stage.readUnderLease(lasting)).toMatchObject({ content: KEPT });
		const calls = stage.front.calls.length;
		let tries = 0;
		stage.front.refuse(({ class: of, hasTokens }) => {
			if (of === 'BILLING' && !hasTokens) tries += 1;
			return tries <= 4 ? 'ThrottlingException' : null;
		});
		const [member] = await Promise.all([stage.read(lasting, south, 'BILLING'), stage.readUnderLease(lasting)]);
		expect(member).toMatchObject({ code: null, content: KEPT });
		const made = since(calls);
		const ofOperator = made.filter(({ hasTokens }) => hasTokens);
		const ofMember = made.filter((call) => call.class === 'BILLING' && !call.hasTokens);
		// An operator waits at least that long.
		expect(ofOperator.length).toBeLessThanOrEqual(2);
		expect(ofMember.length).toBeGreaterThan(ofOperator.length);
		const [first, second] = ofOperator;
		expect((second?.at ?? Number.POSITIVE_INFINITY) - (first?.at ?? 0)).toBeGreaterThanOrEqual(SECOND);
	});

	it.each(['DisabledException', 'AccessDeniedException', 'KMSInvalidStateException'])(
		'with %s for one firm makes its content unavailable in every process, and no other firm’s',
		async (name) => {
			const other = await stage.serve(LASTING);
			await forget();
			for (const api of [lasting, other])
				for (const firm of [north, south]) expect(await stage.read(api, firm)).toMatchObject({ content: KEPT });
			stage.front.refuse(({ firm }) => (firm === north.id ? name : null));
			const calls = stage.front.calls.length;
			const before = await refusals();
			// No request has called the key service, so no process knows.
			expect(await stage.read(other, north)).toMatchObject({ content: KEPT });
			expect(await stage.read(brief, north)).toMatchObject({ code: 'KEY_UNAVAILABLE', content: null });
			await stage.pass(250);
			for (const api of [lasting, other]) {
				const closed = await stage.read(api, north);
				expect(closed).toMatchObject({ code: 'KEY_UNAVAILABLE', content: null });
				expect(closed.count).toBeGreaterThan(0);
				expect(await stage.write(api, north)).toBe('KEY_UNAVAILABLE');
				expect(await stage.read(api, south)).toMatchObject({ code: null, content: KEPT });
			}
			expect(await stage.readUnderLease(lasting)).toMatchObject({ content: null });
			await other.stop();
			const ids = since(calls).flatMap(({ refused, requestId }) => (refused ? [requestId] : []));
			const noted = (await refusals()).slice(before.length);
			expect(noted.length).toBeGreaterThan(0);
			for (const { firm, keys } of noted)
				expect([firm, ids]).toEqual([north.id, expect.arrayContaining([keys[0]?.requestId])]);
		},
	);

	it('with DisabledException for one firm ends its leases', async () => {
		const { id } = await stage.lend(south);
		await forget();
		for (const front of [stage.front, stage.ofBroker])
			front.refuse(({ operation, firm }) =>
				operation === 'Decrypt' && firm === south.id ? 'DisabledException' : null,
			);
		expect(await stage.read(brief, south)).toMatchObject({ code: 'KEY_UNAVAILABLE', content: null });
		const state = async () => (await stage.installation.admin`select state from leases where id = ${id}`)[0]?.state;
		await until(async () => (await state()) === 'REVOKED');
	});

	it('lets every accepted write be stored, and no refused one', async () => {
		expect(await stage.write(lasting, south)).toBe('done');
		await forget();
		stage.front.refuse(({ firm }) => (firm === south.id ? 'DisabledException' : null));
		expect(await stage.write(brief, south)).toBe('KEY_UNAVAILABLE');
		await stage.heal(brief, lasting);
		await stage.expectWritesAsTold(lasting);
	});
});
