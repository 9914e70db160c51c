import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemClock } from '../../src/clock/clock.ts';
import { createRightsProofs, type DataKeyEvent, KeyUnavailableError } from '../../src/keys/index.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';
import { createFakeKeyring } from './fake-keyring.ts';
import { FIRM, newDataKeys, OTHER_FIRM } from './new-data-keys.ts';

beforeEach(() => {
	vi.useFakeTimers();
	// Not zero, because the cache treats a time of zero as no time.
	vi.advanceTimersByTime(1_000);
});
afterEach(() => void vi.useRealTimers());

const clock = systemClock;
const pass = (seconds: number) => vi.advanceTimersByTimeAsync(seconds * 1000);
const REFUSED = new KeyUnavailableError('REFUSED', 'disabled');
const AWAY = new KeyUnavailableError('AWAY', 'away');

/** Data keys of firms with their own keys, on the clock of the fake timers. */
async function ofOwn({ ttlSeconds = 300 } = {}) {
	const made = newDataKeys({ ttlSeconds, clock });
	made.bring();
	await made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
	made.calls.unwrap = 0;
	made.events.length = 0;
	return made;
}

describe('a data key under a firm’s own wrapping key', () => {
	it('is marked so in the store, unlike one under a platform key', async () => {
		const made = newDataKeys();
		await made.dataKeys.loadSealingKey(OTHER_FIRM, 'NOTE', 1);
		made.bring();
		await made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		const owns = [OTHER_FIRM, FIRM].map((firm) => made.store.records(firm, 'NOTE')[0]?.ownKey);
		expect(owns).toEqual([false, true]);
	});

	it.each([
		{ ttlSeconds: 300, stays: 60 },
		{ ttlSeconds: 20, stays: 20 },
	])('is cached for $stays of $ttlSeconds seconds, for opening and for sealing', async ({ ttlSeconds, stays }) => {
		const { dataKeys } = await ofOwn({ ttlSeconds });
		await pass(stays - 0.001);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeDefined();
		await pass(0.002);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(dataKeys.stats().size).toBe(0);
	});

	it('does not shorten the lifetime of the others', async () => {
		const made = newDataKeys({ clock });
		await made.dataKeys.loadSealingKey(OTHER_FIRM, 'NOTE', 1);
		made.bring();
		await made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		await pass(299);
		expect(made.dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(made.dataKeys.openingKey(OTHER_FIRM, 'NOTE', 1)).toBeDefined();
	});
});

describe('the periodic checks of a firm’s own key', () => {
	it('unwrap one key every fifteen seconds while one is cached, and record each call', async () => {
		const { calls, events, handedOut } = await ofOwn();
		for (const [seconds, checks] of [
			[14.9, 0],
			[0.2, 1],
			[14.8, 1],
			[0.2, 2],
			[15, 3],
			// Still cached in its last moment.
			[15, 4],
			[60, 4],
		] as const) {
			await pass(seconds);
			expect(calls.unwrap).toBe(checks);
		}
		expect(events).toMatchObject(
			Array(4).fill({ call: 'unwrap', outcome: 'ok', firm: FIRM, class: 'NOTE', version: 1 }),
		);
		for (const plaintext of handedOut) expect(plaintext.every((byte) => byte === 0)).toBe(true);
	});

	it('unwrap one key for the firm, however many of its keys are cached', async () => {
		const { dataKeys, calls } = await ofOwn();
		await dataKeys.loadSealingKey(FIRM, 'BILLING', 1);
		calls.unwrap = 0;
		await pass(15.1);
		expect(calls.unwrap).toBe(1);
	});

	it('are not needed while other calls open keys of the firm', async () => {
		const { dataKeys, calls } = await ofOwn();
		for (let time = 0; time < 4; time++) {
			await pass(10);
			dataKeys.purge(FIRM);
			await dataKeys.loadOpeningKey(FIRM, 'NOTE', 1);
		}
		expect(calls.unwrap).toBe(4);
	});

	it('do not happen for a firm under a platform key', async () => {
		const made = newDataKeys({ clock });
		await made.dataKeys.loadSealingKey(FIRM, 'NOTE', 1);
		made.calls.unwrap = 0;
		await pass(200);
		expect(made.calls.unwrap).toBe(0);
	});

	it('stop after a purge', async () => {
		const { dataKeys, calls } = await ofOwn();
		dataKeys.purge(OTHER_FIRM);
		await pass(15.1);
		expect(calls.unwrap).toBe(1);
		dataKeys.purge();
		await pass(60);
		expect(calls.unwrap).toBe(1);
		expect(vi.getTimerCount()).toBe(0);
	});

	it('drop all keys of the firm at once if they are refused, and record it', async () => {
		const { dataKeys, fail, events } = await ofOwn();
		await dataKeys.loadSealingKey(FIRM, 'BILLING', 1);
		await dataKeys.loadSealingKey(OTHER_FIRM, 'NOTE', 1);
		events.length = 0;
		fail(REFUSED);
		await pass(14.9);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
		await pass(0.2);
		for (const keyClass of ['NOTE', 'BILLING']) expect(dataKeys.openingKey(FIRM, keyClass, 1)).toBeUndefined();
		expect(dataKeys.sealingKey(FIRM, 'NOTE', 1)).toBeUndefined();
		expect(events).toMatchObject([{ call: 'unwrap', outcome: 'REFUSED', firm: FIRM }, { firm: OTHER_FIRM }]);
	});

	it('keep the cached keys if the service is unavailable, and continue', async () => {
		const { dataKeys, calls, fail } = await ofOwn();
		fail(AWAY);
		await pass(31);
		expect(calls.unwrap).toBe(2);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeDefined();
		fail(REFUSED);
		await pass(15);
		expect(dataKeys.openingKey(FIRM, 'NOTE', 1)).toBeUndefined();
	});
});

describe('a RIGHTS key under a firm’s own wrapping key', () => {
	it('is cached for a minute, is checked periodically, and is dropped if a check is refused', async () => {
		const service = createFakeKeyring();
		service.bring();
		const events: DataKeyEvent[] = [];
		const rights = createRightsProofs({
			keyring: service.keyring,
			store: createMemoryDataKeyStore(),
			ttlSeconds: 300,
			clock,
			onEvent: (event) => void events.push(event),
		});
		const mac = await rights.prove(FIRM, ['a']);
		await pass(45.1);
		expect(service.calls.unwrap).toBe(4);
		await pass(15);
		expect(await rights.verify(FIRM, ['a'], mac)).toBe(true);
		expect(service.calls.unwrap).toBe(6);
		service.fail(REFUSED);
		await pass(15.1);
		expect(events.at(-1)).toMatchObject({ call: 'unwrap', outcome: 'REFUSED', firm: FIRM, class: 'RIGHTS' });
		await expect(rights.verify(FIRM, ['a'], mac)).rejects.toMatchObject({ reason: 'REFUSED' });
	});

	it('is dropped with the others by a purge', async () => {
		const service = createFakeKeyring();
		const rights = createRightsProofs({
			keyring: service.keyring,
			store: createMemoryDataKeyStore(),
			ttlSeconds: 300,
			clock,
		});
		for (const firm of [FIRM, OTHER_FIRM]) await rights.prove(firm, ['a']);
		service.calls.unwrap = 0;
		rights.purge();
		for (const firm of [FIRM, OTHER_FIRM]) await rights.prove(firm, ['a']);
		expect(service.calls.unwrap).toBe(2);
	});
});
