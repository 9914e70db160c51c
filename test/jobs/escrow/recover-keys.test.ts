import { randomBytes } from 'node:crypto';
import { fc, test } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import { drillRecovery, type EscrowedKey, type RecoveredKey, recoverKeys } from '../../../src/jobs/escrow/index.ts';
import { type DataKeyRecord, KeyUnavailableError, PLATFORM_FIRM_ID } from '../../../src/keys/index.ts';
import { createFakeKeyring } from '../../keys/fake-keyring.ts';
import { FIRM, KEYS, keyOf, OTHER_FIRM } from './escrows.ts';
import { expectSilent, refusalOf } from './expect-refusal.ts';
import { CLOSED, forgedFor, NONE, newService, opened, stored, storedAgain } from './stored-keys.ts';

const outcomesOf = ({ keys }: { readonly keys: readonly { readonly outcome: string }[] }) =>
	keys.map(({ outcome }) => outcome);

describe('a recovery of keys', () => {
	it('wraps each lost key, so that stored values open again', async () => {
		const { renewal, keyring, expectForgotten } = newService();
		const [keys, records] = [opened(), KEYS.map((key) => stored(key))];
		const { recovered, keys: reports, counts } = await recoverKeys(renewal, keys, records);
		expectForgotten();
		for (const { key } of keys) expect(key).toEqual(CLOSED);
		expect(recovered.map(({ record }) => record)).toEqual(records);
		for (const [index, { rewrapped }] of recovered.entries()) {
			const { firm, class: keyClass, key } = KEYS[index] as EscrowedKey;
			expect((await keyring.unwrap({ firm, class: keyClass }, rewrapped.wrapped)).plaintext).toEqual(key);
			expect(Object.keys(rewrapped).sort()).toEqual(['keyId', 'ownKey', 'requestId', 'wrapped']);
		}
		expect(counts).toEqual({ ...NONE, RECOVERED: 3, ALREADY_OPENS: 0 });
		expect(reports).toEqual(
			KEYS.map(({ firm, class: keyClass, version }) => ({ firm, class: keyClass, version, outcome: 'RECOVERED' })),
		);
	});

	it('wraps no key that never was the firm’s, even with a valid commitment, and wraps the others', async () => {
		const { renewal, given } = newService();
		const [first, second, third] = KEYS as [EscrowedKey, EscrowedKey, EscrowedKey];
		const forged = forgedFor(second);
		const records = KEYS.map((key) => stored(key));
		const result = await recoverKeys(renewal, opened([first, forged, third]), records);
		expect(outcomesOf(result)).toEqual(['RECOVERED', 'COMMITMENT_DIFFERS', 'RECOVERED']);
		expect(result.recovered.map(({ record }) => record)).toEqual([records[0], records[2]]);
		expect(given).toHaveLength(2);
	});

	it('wraps no key that is stored under another firm, class or version', async () => {
		const { renewal, given } = newService();
		const [first, second] = KEYS as [EscrowedKey, EscrowedKey];
		const records = [
			stored(first, { firm: OTHER_FIRM }),
			stored(first, { class: 'BILLING' }),
			stored(first, { version: 7 }),
			// An attacker who writes rows could replace one version's key with another's.
			stored(first, { version: second.version }),
		];
		const result = await recoverKeys(renewal, opened([first, second]), records);
		expect(outcomesOf(result)).toEqual([
			'NOT_ESCROWED',
			'NOT_ESCROWED',
			'NOT_ESCROWED',
			'COMMITMENT_DIFFERS',
			'NOT_STORED',
		]);
		expect(result.recovered).toEqual([]);
		expect(given).toEqual([]);
	});

	it('restores no destroyed version, and does not open it', async () => {
		const { renewal, wrapped, calls, given } = newService();
		const records = [
			stored(KEYS[0] as EscrowedKey, { state: 'DESTROYED', wrapped: new Uint8Array() }),
			await wrapped(KEYS[1] as EscrowedKey, { state: 'DESTROYED' }),
		];
		const result = await recoverKeys(renewal, opened(KEYS.slice(0, 2)), records);
		expect(outcomesOf(result)).toEqual(['DESTROYED', 'DESTROYED']);
		expect([given.length, calls.unwrap]).toEqual([0, 0]);
	});

	it('leaves checkpoint keys to the signer', async () => {
		const { renewal, calls, given } = newService();
		const key = keyOf(PLATFORM_FIRM_ID, 'CHECKPOINT', 1);
		const result = await recoverKeys(renewal, opened([key]), [stored(key)]);
		expect(outcomesOf(result)).toEqual(['SIGNERS_ALONE']);
		expect([given.length, calls.unwrap]).toEqual([0, 0]);
		const signed = await recoverKeys(renewal, opened([key]), [stored(key)], { includesSigningKeys: true });
		expect([outcomesOf(signed), given.length]).toEqual([['RECOVERED'], 1]);
	});

	it('leaves a key unchanged if it opens, even if it is newer than the escrow', async () => {
		const { renewal, wrapped, given, expectForgotten } = newService();
		const younger = keyOf(FIRM, 'NOTE', 3);
		const records = [
			await wrapped(KEYS[0] as EscrowedKey),
			await wrapped(KEYS[1] as EscrowedKey, { state: 'DISABLED' }),
			await wrapped(younger, { state: 'ACTIVE' }),
			stored(keyOf(FIRM, 'NOTE', 4)),
		];
		const result = await recoverKeys(renewal, opened(KEYS.slice(0, 2)), records);
		expect(outcomesOf(result)).toEqual(['ALREADY_OPENS', 'ALREADY_OPENS', 'ALREADY_OPENS', 'NOT_ESCROWED']);
		expect(given).toEqual([]);
		expectForgotten();
	});

	it('recovers a key if the stored one opens as another key or names another wrapping key', async () => {
		const { renewal, wrapped } = newService();
		const [first, second] = KEYS as [EscrowedKey, EscrowedKey];
		const swapped = await wrapped(second);
		const records = [
			stored(first, { wrapped: swapped.wrapped, keyId: swapped.keyId }),
			await wrapped(second, { keyId: 'lost' }),
		];
		const result = await recoverKeys(renewal, opened([first, second]), records);
		expect(outcomesOf(result)).toEqual(['RECOVERED', 'RECOVERED']);
	});

	it('is complete if it is repeated after an interruption', async () => {
		const { renewal } = newService();
		const records = KEYS.map((key) => stored(key));
		const half = await recoverKeys(renewal, opened(), records);
		const [one] = half.recovered as [RecoveredKey];
		const result = await recoverKeys(renewal, opened(), [storedAgain(one), ...records.slice(1)]);
		expect(result.counts).toEqual({ ...NONE, RECOVERED: 2, ALREADY_OPENS: 1 });
	});
});

describe('a recovery that fails', () => {
	const afterwards = (count: number, then: () => never) => {
		const fake = createFakeKeyring();
		let calls = 0;
		const counted =
			<Args extends readonly unknown[], Answer>(call: (...args: Args) => Promise<Answer>) =>
			async (...args: Args) =>
				++calls > count ? then() : call(...args);
		return { wrap: counted(fake.keyring.wrap), unwrap: counted(fake.keyring.unwrap) };
	};

	test.prop([
		fc.nat({ max: 8 }),
		fc.constantFrom<() => Error>(
			() => new KeyUnavailableError('AWAY', 'later'),
			() => new KeyUnavailableError('THROTTLED', 'later'),
			() => new Error(Buffer.from((KEYS[0] as EscrowedKey).key).toString('hex')),
			() => new TypeError(Buffer.from((KEYS[1] as EscrowedKey).key).toString('base64')),
		),
	])('overwrites every key wherever it was interrupted, and reveals nothing of them', async (count, errorOf) => {
		const over = afterwards(count, () => {
			throw errorOf();
		});
		const { renewal, expectForgotten } = newService(over);
		const keys = opened();
		const error = await refusalOf(
			recoverKeys(
				renewal,
				keys,
				KEYS.map((key) => stored(key)),
			),
		);
		expect(error).toBeInstanceOf(KeyUnavailableError);
		expectSilent(
			error,
			KEYS.map(({ key }) => key),
		);
		for (const { key } of keys) expect(key).toEqual(CLOSED);
		expectForgotten();
	});

	it('returns nothing if the service does not open what it has wrapped', async () => {
		const wrap = async () => ({ wrapped: randomBytes(48), keyId: 'key-1', requestId: 'r' });
		const { renewal } = newService({ wrap });
		const keys = opened();
		await expect(
			recoverKeys(
				renewal,
				keys,
				KEYS.map((key) => stored(key)),
			),
		).rejects.toMatchObject({
			reason: 'REFUSED',
		});
		for (const { key } of keys) expect(key).toEqual(CLOSED);
	});

	it('overwrites every key in memory even if a row is invalid', () => {
		const keys = opened();
		const records = [null as unknown as DataKeyRecord];
		expect(() => drillRecovery(keys, records)).toThrow(TypeError);
		for (const { key } of keys) expect(key).toEqual(CLOSED);
	});
});
