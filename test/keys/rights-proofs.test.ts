import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import {
	createRightsProofs,
	type DataKeyEvent,
	deriveCommitment,
	KeyUnavailableError,
	PLATFORM_FIRM_ID,
} from '../../src/keys/index.ts';
import { createMemoryDataKeyStore } from '../support/memory-data-key-store.ts';
import { type SteppedClock, steppedClock } from '../support/stepped-clock.ts';
import { createFakeKeyring } from './fake-keyring.ts';

const NORTH = '01980000-0000-7000-8000-00000000000a';
const HARBOUR = '01980000-0000-7000-8000-00000000000b';
const STATEMENT = ['membership', NORTH, 'OWNER'];
const AWAY = new KeyUnavailableError('AWAY', 'away');

let service: ReturnType<typeof createFakeKeyring>;
let store: ReturnType<typeof createMemoryDataKeyStore>;
let clock: SteppedClock;
let events: DataKeyEvent[];
beforeEach(() => {
	service = createFakeKeyring();
	store = createMemoryDataKeyStore();
	clock = steppedClock();
	events = [];
});

const open = () =>
	createRightsProofs({
		keyring: service.keyring,
		store,
		ttlSeconds: 60,
		clock,
		onEvent: (event) => void events.push(event),
	});

/** Makes the next version of a firm's key, as a rotation does. */
async function rotate(firm: string, version: number): Promise<void> {
	const { wrapped, keyId, plaintext } = await service.keyring.generateDataKey({ firm, class: 'RIGHTS' });
	const commitment = deriveCommitment(plaintext, { firm, class: 'RIGHTS', version });
	await store.activate({ firm, class: 'RIGHTS', version, wrapped, commitment, keyId, ownKey: false });
}

describe('a rights proof', () => {
	it('has 36 bytes, names its key version, and verifies in another process', async () => {
		const mac = await open().prove(NORTH, STATEMENT);
		expect(mac).toHaveLength(36);
		expect([...mac.subarray(0, 4)]).toEqual([0, 0, 0, 1]);
		expect(await open().verify(NORTH, STATEMENT, mac)).toBe(true);
		expect(await open().verify(NORTH, STATEMENT, Buffer.from(mac))).toBe(true);
		expect(Buffer.compare(await open().prove(NORTH, STATEMENT), mac)).toBe(0);
	});

	it('belongs to one firm: not to another, and not to the platform', async () => {
		const rights = open();
		const mac = await rights.prove(NORTH, STATEMENT);
		await rights.prove(HARBOUR, STATEMENT);
		await rights.prove(PLATFORM_FIRM_ID, STATEMENT);
		expect(await rights.verify(HARBOUR, STATEMENT, mac)).toBe(false);
		expect(await rights.verify(PLATFORM_FIRM_ID, STATEMENT, mac)).toBe(false);
	});

	it('belongs to one statement, however its parts are divided', async () => {
		const rights = open();
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.string(), { maxLength: 5 }),
				fc.array(fc.string(), { maxLength: 5 }),
				async (a, b) => {
					const same = JSON.stringify(a) === JSON.stringify(b);
					expect(await rights.verify(NORTH, b, await rights.prove(NORTH, a))).toBe(same);
				},
			),
		);
		const mac = await rights.prove(NORTH, ['ab', 'c']);
		expect(await rights.verify(NORTH, ['a', 'bc'], mac)).toBe(false);
		expect(await rights.verify(NORTH, ['ab', 'c', ''], mac)).toBe(false);
	});

	it('does not verify if a bit is changed, if it is cut or extended, or if it is missing', async () => {
		const rights = open();
		const mac = await rights.prove(NORTH, STATEMENT);
		for (let bit = 0; bit < mac.length * 8; bit++) {
			const changed = Uint8Array.from(mac);
			changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7));
			expect(await rights.verify(NORTH, STATEMENT, changed)).toBe(false);
		}
		for (let length = 0; length < 36; length++)
			expect(await rights.verify(NORTH, STATEMENT, mac.subarray(0, length))).toBe(false);
		expect(await rights.verify(NORTH, STATEMENT, Buffer.concat([mac, Buffer.alloc(1)]))).toBe(false);
		expect(await rights.verify(NORTH, STATEMENT, null)).toBe(false);
		expect(await rights.verify(NORTH, STATEMENT, randomBytes(36))).toBe(false);
		expect(await rights.verify(NORTH, STATEMENT, Buffer.alloc(36))).toBe(false);
		expect(await rights.verify(NORTH, STATEMENT, mac)).toBe(true);
	});

	it('from before a rotation still verifies, under its own version only', async () => {
		const rights = open();
		const before = await rights.prove(NORTH, STATEMENT);
		await rotate(NORTH, 2);
		await clock.advance(61_000);
		const after = await rights.prove(NORTH, STATEMENT);
		expect([...after.subarray(0, 4)]).toEqual([0, 0, 0, 2]);
		expect(await rights.verify(NORTH, STATEMENT, before)).toBe(true);
		expect(await rights.verify(NORTH, STATEMENT, after)).toBe(true);
		const relabelled = Buffer.concat([after.subarray(0, 4), before.subarray(4)]);
		expect(await rights.verify(NORTH, STATEMENT, relabelled)).toBe(false);
	});

	it('of a disabled version cannot be checked, which differs from being wrong', async () => {
		const mac = await open().prove(NORTH, STATEMENT);
		store.alter(NORTH, 'RIGHTS', 1, { state: 'DISABLED' });
		await expect(open().verify(NORTH, STATEMENT, mac)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' });
	});

	it('is neither made nor checked with a substituted key', async () => {
		const mac = await open().prove(NORTH, STATEMENT);
		await open().prove(HARBOUR, STATEMENT);
		const [other] = store.records(HARBOUR, 'RIGHTS');
		store.alter(NORTH, 'RIGHTS', 1, { wrapped: other?.wrapped ?? mac, commitment: other?.commitment ?? mac });
		await expect(open().verify(NORTH, STATEMENT, mac)).rejects.toMatchObject({ reason: 'REFUSED' });
		await expect(open().prove(NORTH, STATEMENT)).rejects.toMatchObject({ reason: 'REFUSED' });
	});
});

describe('the rights key', () => {
	it('is fetched once for many proofs and checks, and again after it expires', async () => {
		const rights = open();
		const mac = await rights.prove(NORTH, STATEMENT);
		await Promise.all(Array.from({ length: 20 }, () => rights.verify(NORTH, STATEMENT, mac)));
		await rights.prove(NORTH, STATEMENT);
		expect(service.calls).toEqual({ generateDataKey: 1, unwrap: 1 });
		await clock.advance(59_000);
		await rights.verify(NORTH, STATEMENT, mac);
		expect(service.calls.unwrap).toBe(1);
		await clock.advance(2_000);
		await rights.prove(NORTH, STATEMENT);
		expect(service.calls.unwrap).toBe(2);
		expect(rights.keyStats()).toEqual({ hits: 22, misses: 2, size: 1 });
		expect(events.map(({ call, outcome, class: of }) => [call, outcome, of])).toEqual([
			['generate', 'ok', 'RIGHTS'],
			['unwrap', 'ok', 'RIGHTS'],
			['unwrap', 'ok', 'RIGHTS'],
		]);
	});

	it('leaves no data key behind', async () => {
		const rights = open();
		await rights.verify(NORTH, STATEMENT, await rights.prove(NORTH, STATEMENT));
		expect(service.handedOut.length).toBeGreaterThan(0);
		for (const buffer of service.handedOut) expect(buffer.every((byte) => byte === 0)).toBe(true);
	});

	it('is the same, however many callers create the first one at once', async () => {
		const many = await Promise.all(Array.from({ length: 8 }, () => open().prove(NORTH, STATEMENT)));
		expect(new Set(many.map((mac) => Buffer.from(mac).toString('hex'))).size).toBe(1);
		expect(store.records(NORTH, 'RIGHTS')).toHaveLength(1);
	});

	it('proves and denies nothing while it is unavailable; a missing MAC is still wrong', async () => {
		const mac = await open().prove(NORTH, STATEMENT);
		const rights = open();
		service.fail(AWAY);
		await expect(rights.prove(NORTH, STATEMENT)).rejects.toMatchObject({ reason: 'AWAY' });
		await expect(rights.verify(NORTH, STATEMENT, mac)).rejects.toMatchObject({ reason: 'AWAY' });
		expect(await rights.verify(NORTH, STATEMENT, null)).toBe(false);
		service.fail();
		expect(await rights.verify(NORTH, STATEMENT, mac)).toBe(true);
	});

	it('is dropped if it is refused, with all versions of that firm and none of another', async () => {
		const rights = open();
		const mac = await rights.prove(NORTH, STATEMENT);
		const other = await rights.prove(HARBOUR, STATEMENT);
		await rotate(NORTH, 2);
		service.fail(new KeyUnavailableError('REFUSED', 'disabled'));
		const ofTwo = Buffer.from(mac);
		ofTwo.writeUInt32BE(2);
		await expect(rights.verify(NORTH, STATEMENT, ofTwo)).rejects.toMatchObject({ reason: 'REFUSED' });
		await expect(rights.verify(NORTH, STATEMENT, mac)).rejects.toMatchObject({ reason: 'REFUSED' });
		expect(await rights.verify(HARBOUR, STATEMENT, other)).toBe(true);
	});

	it('proves, once prefetched, rows that are only found inside a transaction', async () => {
		const rights = open();
		const prove = await rights.prover(NORTH);
		service.fail(AWAY);
		const mac = prove(STATEMENT);
		service.fail();
		expect(await open().verify(NORTH, STATEMENT, mac)).toBe(true);
	});
});
