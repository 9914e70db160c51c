import { inspect } from 'node:util';
import { describe, expect, it } from 'vitest';
import { FirmsealError, SetupError } from '../../src/errors.ts';
import {
	type GeneratedKey,
	guardKeyring,
	type KeyGrant,
	type Keyring,
	KeyUnavailableError,
	type WrappingKey,
} from '../../src/keys/index.ts';
import { FIRM, OTHER_FIRM } from './new-data-keys.ts';

const CONTEXT = { firm: FIRM, class: 'NOTE' };
const WRAPPED = new Uint8Array(48).fill(9);
const secret = () => new Uint8Array(32).fill(7);
const honestKey: WrappingKey = {
	firm: FIRM,
	keyId: 'k',
	state: 'ENABLED',
	version: 1,
	isOwn: false,
	createdAt: new Date(),
};
const honestGrant: KeyGrant = { name: 'lease', ...CONTEXT, createdAt: new Date() };
const honestData = (): GeneratedKey => ({ plaintext: secret(), wrapped: WRAPPED, keyId: 'k', requestId: 'r' });

/** An adapter that returns this answer for every call. */
function answering(answer: unknown): Keyring {
	return guardKeyring(new Proxy({}, { get: () => async () => answer }) as Keyring);
}

function throwing(error: unknown): Keyring {
	return guardKeyring(
		new Proxy(
			{},
			{
				get: () => () => {
					throw error;
				},
			},
		) as Keyring,
	);
}

const calls: readonly (readonly [string, (keyring: Keyring) => Promise<unknown>])[] = [
	['createKey', (keyring) => keyring.createKey(FIRM)],
	['describeKey', (keyring) => keyring.describeKey(FIRM)],
	['generateDataKey', (keyring) => keyring.generateDataKey(CONTEXT)],
	['unwrap', (keyring) => keyring.unwrap(CONTEXT, WRAPPED)],
	['rewrap', (keyring) => keyring.rewrap(CONTEXT, WRAPPED)],
	['wrap', (keyring) => keyring.wrap(CONTEXT, secret())],
	['rotateKey', (keyring) => keyring.rotateKey(FIRM)],
	['disableKey', (keyring) => keyring.disableKey(FIRM)],
	['enableKey', (keyring) => keyring.enableKey(FIRM)],
	['scheduleDeletion', (keyring) => keyring.scheduleDeletion(FIRM, 7)],
	['cancelDeletion', (keyring) => keyring.cancelDeletion(FIRM)],
	['createGrant', (keyring) => keyring.createGrant({ name: 'lease', ...CONTEXT })],
	['revokeGrant', (keyring) => keyring.revokeGrant({ name: 'lease', firm: FIRM })],
	['listGrants', (keyring) => keyring.listGrants(FIRM)],
	['check', (keyring) => keyring.check()],
];

describe('a guarded keyring', () => {
	it('passes on valid answers, without properties that the port does not name', async () => {
		expect(await answering({ ...honestKey, material: secret() }).createKey(FIRM)).toEqual(honestKey);
		expect(await answering(null).describeKey(FIRM)).toBeNull();
		expect(await answering({ ...honestData(), root: secret() }).generateDataKey(CONTEXT)).toEqual(honestData());
		const unwrapped = await answering(honestData()).unwrap(CONTEXT, WRAPPED);
		expect(unwrapped).toEqual({ plaintext: secret(), keyId: 'k', requestId: 'r' });
		expect(await answering(honestData()).rewrap(CONTEXT, WRAPPED)).not.toHaveProperty('plaintext');
		expect(await answering(honestData()).wrap(CONTEXT, new Uint8Array(32).fill(8))).not.toHaveProperty('plaintext');
		expect(await answering([honestGrant]).listGrants(FIRM)).toEqual([honestGrant]);
	});

	it.each<[string, Partial<Record<keyof GeneratedKey, unknown>>]>([
		['a short key', { plaintext: secret().subarray(1) }],
		['a long key', { plaintext: new Uint8Array(33).fill(7) }],
		['a key of zeros', { plaintext: new Uint8Array(32) }],
		['text for a key', { plaintext: 'x'.repeat(32) }],
		['no key', { plaintext: undefined }],
		['no key id', { keyId: '' }],
		['a key id that is not text', { keyId: 7 }],
		['no request id', { requestId: undefined }],
		['the key itself as wrapped key', { wrapped: secret() }],
		['the key inside the wrapped key', { wrapped: Uint8Array.of(1, 2, ...secret(), 3) }],
		['an empty wrapped key', { wrapped: new Uint8Array() }],
		['an endless wrapped key', { wrapped: new Uint8Array(10_000).fill(1) }],
	])('refuses an answer with %s, and overwrites the key in it', async (_, lie) => {
		const answer = { ...honestData(), ...lie };
		const requestId = 'requestId' in lie ? null : 'r';
		await expect(answering(answer).generateDataKey(CONTEXT)).rejects.toMatchObject({ reason: 'REFUSED', requestId });
		if (answer.plaintext instanceof Uint8Array) expect(answer.plaintext.some((byte) => byte !== 0)).toBe(false);
		if ('wrapped' in lie) {
			await expect(answering({ ...honestData(), ...lie, wrapped: '' }).rewrap(CONTEXT, WRAPPED)).rejects.toThrow();
			await expect(answering({ ...honestData(), ...lie }).wrap(CONTEXT, secret())).rejects.toMatchObject({
				reason: 'REFUSED',
				requestId,
			});
			return;
		}
		await expect(answering({ ...honestData(), ...lie }).unwrap(CONTEXT, WRAPPED)).rejects.toMatchObject({
			reason: 'REFUSED',
			requestId,
		});
	});

	it.each<[string, Partial<Record<keyof WrappingKey, unknown>>]>([
		['the key of another firm', { firm: OTHER_FIRM }],
		['an unknown state', { state: 'OPEN' }],
		['version 0', { version: 0 }],
		['half a version', { version: 1.5 }],
		['no time', { createdAt: new Date(Number.NaN) }],
		['a deletion that has no date', { state: 'PENDING_DELETION' }],
		['a date of deletion without deletion', { deletionAt: new Date() }],
		['no key id', { keyId: '' }],
	])('refuses a wrapping key with %s', async (_, lie) => {
		const keyring = answering({ ...honestKey, ...lie });
		for (const call of [keyring.createKey, keyring.describeKey, keyring.rotateKey, keyring.disableKey]) {
			await expect(call(FIRM)).rejects.toMatchObject({ reason: 'REFUSED' });
		}
	});

	it.each<[string, Partial<Record<keyof KeyGrant, unknown>>]>([
		['another name', { name: 'other' }],
		['another firm', { firm: OTHER_FIRM }],
		['another class', { class: 'BILLING' }],
		['no time', { createdAt: undefined }],
	])('refuses a grant with %s', async (_, lie) => {
		const keyring = answering({ ...honestGrant, ...lie });
		await expect(keyring.createGrant({ name: 'lease', ...CONTEXT })).rejects.toMatchObject({ reason: 'REFUSED' });
	});

	it('refuses to list grants of another firm', async () => {
		const keyring = answering([honestGrant, { ...honestGrant, firm: OTHER_FIRM }]);
		await expect(keyring.listGrants(FIRM)).rejects.toMatchObject({ reason: 'REFUSED' });
	});

	it.each(calls.filter(([name]) => name !== 'check' && name !== 'revokeGrant' && name !== 'describeKey'))(
		'reports a coded error if %s answers nothing or nonsense',
		async (_, call) => {
			for (const answer of [null, undefined, 7, 'yes', {}, [{}]]) {
				await expect(call(answering(answer))).rejects.toBeInstanceOf(KeyUnavailableError);
			}
		},
	);

	it.each(calls)('passes on only our own errors from %s', async (_, call) => {
		const marker = 'AKIA-0011223344';
		for (const error of [new Error(marker), marker, { message: marker }, new TypeError(marker), undefined]) {
			const thrown = await call(throwing(error)).catch((caught: unknown) => caught);
			expect(thrown).toMatchObject({ code: 'KEY_UNAVAILABLE', reason: 'AWAY' });
			expect(inspect(thrown, { depth: 9, showHidden: true })).not.toContain(marker);
		}
		for (const ours of [
			new KeyUnavailableError('THROTTLED', 'later'),
			new FirmsealError('CONFLICT', 'taken'),
			new SetupError('missing'),
		]) {
			await expect(call(throwing(ours))).rejects.toBe(ours);
		}
	});
});

it.each(['', 'a b', 'a'.repeat(65), 'é'])('an error drops a request id that the log cannot store: %j', (id) => {
	expect(new KeyUnavailableError('AWAY', 'Away.', id).requestId).toBeNull();
	expect(new KeyUnavailableError('AWAY', 'Away.', 'a-1').requestId).toBe('a-1');
});

describe('a key that a guarded keyring wraps', () => {
	/** An adapter that keeps its arguments, and overwrites them. */
	function keeping(end: () => Promise<unknown>) {
		const kept: Uint8Array[] = [];
		const wrap = async (_: unknown, plaintext: Uint8Array) => {
			kept.push(plaintext, Uint8Array.from(plaintext));
			plaintext[0] = 0xee;
			return end();
		};
		return { keyring: guardKeyring({ wrap } as unknown as Keyring), kept };
	}

	it.each<[string, () => Promise<unknown>]>([
		['answers', async () => ({ wrapped: WRAPPED, keyId: 'k', requestId: 'r' })],
		['answers nonsense', async () => ({ wrapped: secret(), keyId: 'k', requestId: 'r' })],
		['fails', async () => Promise.reject(new KeyUnavailableError('AWAY', 'later'))],
	])('is neither changed nor retained if the adapter %s', async (_, end) => {
		const { keyring, kept } = keeping(end);
		const given = secret();
		await keyring.wrap(CONTEXT, given).catch(() => {});
		expect(given).toEqual(secret());
		expect(kept[1]).toEqual(secret());
		expect(kept[0]).toEqual(new Uint8Array(32));
	});

	it('is searched for in the answer as it was given, even if the adapter changed its copy', async () => {
		const { keyring } = keeping(async () => ({ wrapped: Uint8Array.of(1, ...secret()), keyId: 'k', requestId: 'r' }));
		await expect(keyring.wrap(CONTEXT, secret())).rejects.toMatchObject({ reason: 'REFUSED' });
	});

	it.each<[string, unknown]>([
		['too short', secret().subarray(1)],
		['too long', new Uint8Array(33).fill(7)],
		['empty', new Uint8Array()],
		['all zeros', new Uint8Array(32)],
		['text', 'x'.repeat(32)],
		['nothing', undefined],
	])('does not reach the adapter if it is %s', async (_, plaintext) => {
		const { keyring, kept } = keeping(async () => honestData());
		const thrown = await keyring.wrap(CONTEXT, plaintext as Uint8Array).catch((error: unknown) => error);
		expect(thrown).toMatchObject({ code: 'INTERNAL', message: 'A data key is 32 bytes, not all zero.' });
		expect(kept).toEqual([]);
	});
});

describe('an argument of a guarded keyring', () => {
	it.each([
		'',
		'firm',
		FIRM.toUpperCase(),
		`${FIRM} `,
		`${FIRM}\n`,
		'../../etc/passwd',
		`../${FIRM}`,
		FIRM.replaceAll('-', ''),
		'------------------------------------',
	])('does not reach the adapter if it is the invalid firm %j', async (firm) => {
		const keyring = throwing(new KeyUnavailableError('THROTTLED', 'reached'));
		for (const asked of [
			() => keyring.createKey(firm),
			() => keyring.describeKey(firm),
			() => keyring.unwrap({ firm, class: 'NOTE' }, WRAPPED),
			() => keyring.generateDataKey({ firm, class: 'NOTE' }),
			() => keyring.rewrap({ firm, class: 'NOTE' }, WRAPPED),
			() => keyring.wrap({ firm, class: 'NOTE' }, secret()),
			() => keyring.scheduleDeletion(firm, 7),
			() => keyring.createGrant({ name: 'lease', firm, class: 'NOTE' }),
			() => keyring.revokeGrant({ name: 'lease', firm }),
			() => keyring.listGrants(firm),
		]) {
			await expect(asked()).rejects.toMatchObject({ code: 'INTERNAL' });
		}
	});

	it.each(['', 'note', 'NOTE ', 'NO/TE', 'N'.repeat(33), '__proto__'])(
		'does not reach the adapter if it is the invalid class %j',
		async (keyClass) => {
			const keyring = throwing(new KeyUnavailableError('THROTTLED', 'reached'));
			const context = { firm: FIRM, class: keyClass };
			await expect(keyring.unwrap(context, WRAPPED)).rejects.toMatchObject({ code: 'INTERNAL' });
			await expect(keyring.createGrant({ name: 'lease', ...context })).rejects.toMatchObject({ code: 'INTERNAL' });
		},
	);

	it('does not reach the adapter if it is an empty wrapped key, an invalid grant name or a waiting time outside 7 to 30 days', async () => {
		const keyring = throwing(new KeyUnavailableError('THROTTLED', 'reached'));
		await expect(keyring.unwrap(CONTEXT, new Uint8Array())).rejects.toMatchObject({ code: 'INTERNAL' });
		await expect(keyring.rewrap(CONTEXT, new Uint8Array(7000))).rejects.toMatchObject({ code: 'INTERNAL' });
		await expect(keyring.createGrant({ name: 'a b', ...CONTEXT })).rejects.toMatchObject({ code: 'INTERNAL' });
		for (const days of [6, 31, 7.5, Number.NaN]) {
			await expect(keyring.scheduleDeletion(FIRM, days)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		}
	});
});
