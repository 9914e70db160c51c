import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	guardKeyring,
	type KeyContext,
	type KeyGrant,
	type Keyring,
	KeyUnavailableError,
} from '../../src/keys/index.ts';
import { type Gaps, itWithGaps } from './gaps.ts';

/** One keyring, for processes with different rights. */
export interface KeyringUnderTest {
	/** May do everything except create grants. */
	readonly worker: Keyring;
	/** May create grants, but not unwrap. */
	readonly broker: Keyring;
	/** May unwrap only with a grant. */
	readonly operator: Keyring;
}

/** A keyring with a clock that the test can advance to the end of a deletion. */
export interface MovableKeyring extends KeyringUnderTest {
	readonly passDays: (days: number) => void;
}

/** The contract of every keyring. `gaps` lists what the emulator of the service cannot do. */
export function keyringContract(name: string, makeKeyring: () => Promise<KeyringUnderTest>, gaps: Gaps = {}): void {
	const setUp = () => newFirm(makeKeyring);

	describe(`keyring contract: ${name}`, () => {
		const { it, assertEachNamesATest } = itWithGaps(gaps);

		it('creates one wrapping key per firm, however often it is called', async () => {
			const { worker, firm } = await setUp();
			const [first, second] = await Promise.all([worker.createKey(firm), worker.createKey(firm)]);
			expect(second).toEqual(first);
			expect(await worker.describeKey(firm)).toEqual(first);
			expect(first).toMatchObject({ firm, state: 'ENABLED', version: 1 });
			expect(await worker.describeKey(randomUUID())).toBeNull();
		});

		it('names a key as no other is named, not even the same firm’s in another service', async () => {
			const { worker, firm } = await setUp();
			const { worker: elsewhere } = await makeKeyring();
			const keys = [
				await worker.createKey(firm),
				await elsewhere.createKey(firm),
				await elsewhere.createKey(randomUUID()),
			];
			expect(new Set(keys.map(({ keyId }) => keyId)).size).toBe(3);
		});

		it('unwraps what it wrapped, and names the key and the call', async () => {
			const { worker, firm, context, wrapped, plaintext } = await setUp();
			const opened = await worker.unwrap(context, wrapped);
			const again = await worker.unwrap(context, wrapped);
			expect(opened.plaintext).toEqual(plaintext);
			expect(opened.keyId).toBe((await worker.describeKey(firm))?.keyId);
			expect(again.requestId).not.toBe(opened.requestId);
		});

		it('never returns the same data key twice', async () => {
			const { worker, context, plaintext, wrapped } = await setUp();
			const other = await worker.generateDataKey(context);
			expect(other.plaintext).not.toEqual(plaintext);
			expect(other.wrapped).not.toEqual(wrapped);
		});

		it('refuses another class, another firm and an unknown firm', async () => {
			const { worker, firm, wrapped } = await setUp();
			const otherFirm = randomUUID();
			await worker.createKey(otherFirm);
			await refused(worker.unwrap({ firm, class: 'BILLING' }, wrapped));
			await refused(worker.unwrap({ firm: otherFirm, class: 'NOTE' }, wrapped));
			await refused(worker.unwrap({ firm: randomUUID(), class: 'NOTE' }, wrapped));
			await refused(worker.rewrap({ firm, class: 'BILLING' }, wrapped));
			await refused(worker.generateDataKey({ firm: randomUUID(), class: 'NOTE' }));
		});

		it('refuses every changed bit, every shortened value and an appended byte', async () => {
			const { worker, context, wrapped } = await setUp();
			for (let bit = 0; bit < wrapped.length * 8; bit++) {
				const flipped = Uint8Array.from(wrapped, (byte, index) =>
					index === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte,
				);
				await refused(worker.unwrap(context, flipped));
			}
			for (let length = 1; length < wrapped.length; length++) {
				await refused(worker.unwrap(context, wrapped.subarray(0, length)));
			}
			await refused(worker.unwrap(context, Uint8Array.of(...wrapped, 0)));
		});

		it('unwraps old wrapped keys after a rotation, and rewraps them without changing the data key', async () => {
			const { worker, firm, context, wrapped, plaintext } = await setUp();
			expect(await worker.rotateKey(firm)).toMatchObject({ version: 2, state: 'ENABLED' });
			expect(await worker.rotateKey(firm)).toMatchObject({ version: 3 });
			expect(await opens(worker, context, wrapped)).toEqual(plaintext);
			const rewrapped = await worker.rewrap(context, wrapped);
			expect(rewrapped.wrapped).not.toEqual(wrapped);
			expect(await opens(worker, context, rewrapped.wrapped)).toEqual(plaintext);
			expect(rewrapped).not.toHaveProperty('plaintext');
		});

		it('wraps a given key so that it unwraps for that firm and class, and for no other', async () => {
			const { worker, firm, context, keyId } = await setUp();
			const otherFirm = randomUUID();
			await worker.createKey(otherFirm);
			const key = randomBytes(32);
			const made = await worker.wrap(context, key);
			expect(Object.keys(made).sort()).toEqual(['keyId', 'requestId', 'wrapped']);
			expect(made.keyId).toBe(keyId);
			expect(Buffer.from(await opens(worker, context, made.wrapped))).toEqual(key);
			for (const other of [
				{ firm, class: 'BILLING' },
				{ firm: otherFirm, class: 'NOTE' },
			]) {
				await refused(worker.unwrap(other, made.wrapped));
				await refused(worker.rewrap(other, made.wrapped));
			}
			await refused(worker.unwrap(context, made.wrapped.with(-1, (made.wrapped.at(-1) as number) ^ 1)));
			const again = await worker.wrap(context, key);
			expect(again.wrapped).not.toEqual(made.wrapped);
			expect(again.requestId).not.toBe(made.requestId);
		});

		it('wraps under the current version, like a key that it generated', async () => {
			const { worker, firm, context } = await setUp();
			const key = randomBytes(32);
			const before = await worker.wrap(context, key);
			await worker.rotateKey(firm);
			const after = await worker.wrap(context, key);
			for (const { wrapped } of [before, after, await worker.rewrap(context, before.wrapped)])
				expect(Buffer.from(await opens(worker, context, wrapped))).toEqual(key);
		});

		it('does not change the bytes that it wraps, and retains nothing of them', async () => {
			const { worker, context } = await setUp();
			const key = randomBytes(32);
			const before = Buffer.from(key);
			const { wrapped } = await worker.wrap(context, key);
			expect(key).toEqual(before);
			expect(Buffer.from(wrapped).includes(before)).toBe(false);
			key.fill(0xff);
			expect(Buffer.from(await opens(worker, context, wrapped))).toEqual(before);
		});

		it('wraps only a complete key, and only for a known firm', async () => {
			const { worker, context } = await setUp();
			for (const length of [0, 1, 16, 31, 33, 64, 4097])
				await expect(worker.wrap(context, randomBytes(length))).rejects.toMatchObject({ code: 'INTERNAL' });
			await expect(worker.wrap(context, new Uint8Array(32))).rejects.toMatchObject({ code: 'INTERNAL' });
			await refused(worker.wrap({ firm: randomUUID(), class: 'NOTE' }, randomBytes(32)));
		});

		it('wraps nothing for a broker or an operator, with or without a grant', async () => {
			const { broker, operator, context } = await setUp();
			await broker.createGrant({ name: grantOf('NOTE'), ...context });
			for (const keyring of [broker, operator]) await refused(keyring.wrap(context, randomBytes(32)));
		});

		it('refuses everything while the key is disabled, and unwraps again once it is enabled', async () => {
			const { worker, firm, context, wrapped, plaintext } = await setUp();
			expect(await worker.disableKey(firm)).toMatchObject({ state: 'DISABLED' });
			await refused(worker.unwrap(context, wrapped));
			await refused(worker.rewrap(context, wrapped));
			await refused(worker.wrap(context, plaintext));
			await refused(worker.generateDataKey(context));
			await refused(worker.rotateKey(firm));
			expect(await worker.createKey(firm)).toMatchObject({ state: 'DISABLED' });
			expect(await worker.enableKey(firm)).toMatchObject({ state: 'ENABLED' });
			expect(await opens(worker, context, wrapped)).toEqual(plaintext);
		});

		it('refuses everything while a deletion is pending, and leaves the key disabled if it is cancelled', async () => {
			const { worker, firm, context, wrapped, plaintext } = await setUp();
			const pending = await worker.scheduleDeletion(firm, 7);
			expect(pending.state).toBe('PENDING_DELETION');
			expect(pending.deletionAt?.getTime()).toBeGreaterThan(Date.now());
			await refused(worker.unwrap(context, wrapped));
			await refused(worker.generateDataKey(context));
			await refused(worker.wrap(context, plaintext));
			await refused(worker.enableKey(firm));
			await refused(worker.disableKey(firm));
			await refused(worker.rotateKey(firm));
			await refused(worker.scheduleDeletion(firm, 7));
			expect(await worker.createKey(firm)).toMatchObject({ state: 'PENDING_DELETION' });
			const cancelled = await worker.cancelDeletion(firm);
			expect(cancelled.state).toBe('DISABLED');
			expect(cancelled).not.toHaveProperty('deletionAt');
			await refused(worker.cancelDeletion(firm));
			await worker.enableKey(firm);
			expect(await opens(worker, context, wrapped)).toEqual(plaintext);
			await refused(worker.cancelDeletion(firm));
		});

		it('deletes a disabled key too', async () => {
			const { worker, firm } = await setUp();
			await worker.disableKey(firm);
			expect(await worker.scheduleDeletion(firm, 7)).toMatchObject({ state: 'PENDING_DELETION' });
		});

		it('changes no key of a firm that has none', async () => {
			const { worker } = await setUp();
			const firm = randomUUID();
			for (const change of [worker.rotateKey, worker.disableKey, worker.enableKey, worker.cancelDeletion])
				await refused(change(firm));
			await refused(worker.scheduleDeletion(firm, 7));
			expect(await worker.describeKey(firm)).toBeNull();
		});

		it('reports the state of a key at every step', async () => {
			const { worker, firm } = await setUp();
			const state = async () => (await worker.describeKey(firm))?.state;
			expect((await worker.disableKey(firm)).state).toBe('DISABLED');
			expect((await worker.disableKey(firm)).state).toBe('DISABLED');
			expect(await state()).toBe('DISABLED');
			expect((await worker.createKey(firm)).state).toBe('DISABLED');
			expect((await worker.enableKey(firm)).state).toBe('ENABLED');
			expect((await worker.enableKey(firm)).state).toBe('ENABLED');
			expect(await state()).toBe('ENABLED');
			const { deletionAt, ...pending } = await worker.scheduleDeletion(firm, 30);
			expect(pending.state).toBe('PENDING_DELETION');
			const days = ((deletionAt?.getTime() ?? 0) - Date.now()) / 86_400_000;
			expect(Math.round(days)).toBe(30);
			expect(await state()).toBe('PENDING_DELETION');
			const cancelled = await worker.cancelDeletion(firm);
			expect(cancelled.state).toBe('DISABLED');
			expect(cancelled).not.toHaveProperty('deletionAt');
			expect(await state()).toBe('DISABLED');
		});

		it('unwraps for an operator only while a grant for that firm and class exists', async () => {
			const { worker, broker, operator, firm, context, wrapped, plaintext } = await setUp();
			const billing = { firm, class: 'BILLING' };
			const { wrapped: bill } = await worker.generateDataKey(billing);
			await refused(operator.unwrap(context, wrapped));
			await broker.createGrant({ name: 'lease-1', ...context });
			expect(await opens(operator, context, wrapped)).toEqual(plaintext);
			await refused(operator.unwrap(billing, bill));
			await refused(operator.unwrap(billing, wrapped));
			await refused(operator.generateDataKey(context));
			await refused(operator.createGrant({ name: 'mine', ...billing }));
			await broker.revokeGrant({ name: 'lease-1', firm });
			await refused(operator.unwrap(context, wrapped));
		});

		it('creates one grant for a name, and revokes existing and missing ones', async () => {
			const { broker, firm, context } = await setUp();
			const first = await broker.createGrant({ name: 'lease-1', ...context });
			const again = await broker.createGrant({ name: 'lease-1', ...context });
			expect(withoutToken(again)).toEqual(withoutToken(first));
			await broker.createGrant({ name: 'lease-2', ...context });
			expect((await broker.listGrants(firm)).map(({ name }) => name).sort()).toEqual(['lease-1', 'lease-2']);
			await broker.revokeGrant({ name: 'lease-1', firm });
			await broker.revokeGrant({ name: 'lease-1', firm });
			await broker.revokeGrant({ name: 'never', firm });
			expect((await broker.listGrants(firm)).map(({ name }) => name)).toEqual(['lease-2']);
		});

		it('creates one grant for a name even with many concurrent requests', async () => {
			const { broker, firm, context } = await setUp();
			const name = grantOf('NOTE');
			const made = await Promise.all(Array.from({ length: 8 }, () => broker.createGrant({ name, ...context })));
			const [first] = made as [KeyGrant];
			for (const grant of made) expect(withoutToken(grant)).toEqual(withoutToken(first));
			expect(await broker.listGrants(firm)).toEqual([withoutToken(first)]);
		});

		it('refuses a name that exists for another class, and keeps the existing grant', async () => {
			const { broker, firm, context } = await setUp();
			const name = grantOf('NOTE');
			const first = await broker.createGrant({ name, ...context });
			await expect(broker.createGrant({ name, firm, class: 'BILLING' })).rejects.toMatchObject({ code: 'CONFLICT' });
			expect(await broker.listGrants(firm)).toEqual([withoutToken(first)]);
		});

		it('creates a grant again under a revoked name', async () => {
			const { broker, operator, firm, context, wrapped, plaintext } = await setUp();
			const name = grantOf('NOTE');
			await broker.createGrant({ name, ...context });
			await broker.revokeGrant({ name, firm });
			await refused(operator.unwrap(context, wrapped));
			await broker.createGrant({ name, ...context });
			expect(await opens(operator, context, wrapped)).toEqual(plaintext);
		});

		it('unwraps with the remaining grant if one of two for the same class is revoked', async () => {
			const { broker, operator, firm, context, wrapped, plaintext } = await setUp();
			const names = [grantOf('NOTE'), grantOf('NOTE')] as const;
			for (const name of names) await broker.createGrant({ name, ...context });
			await broker.revokeGrant({ name: names[0], firm });
			expect(await opens(operator, context, wrapped)).toEqual(plaintext);
			await broker.revokeGrant({ name: names[1], firm });
			await refused(operator.unwrap(context, wrapped));
		});

		it('keeps the grant names of firms separate', async () => {
			const { worker, broker, firm, context } = await setUp();
			const other = randomUUID();
			await worker.createKey(other);
			const name = grantOf('NOTE');
			await broker.createGrant({ name, ...context });
			await broker.createGrant({ name, firm: other, class: 'NOTE' });
			await broker.revokeGrant({ name, firm });
			expect(await broker.listGrants(firm)).toEqual([]);
			expect((await broker.listGrants(other)).map((grant) => grant.name)).toEqual([name]);
		});

		it('creates no grant under a disabled key, but still revokes grants', async () => {
			const { worker, broker, firm, context } = await setUp();
			const names = [grantOf('NOTE'), grantOf('NOTE')] as const;
			await broker.createGrant({ name: names[0], ...context });
			await worker.disableKey(firm);
			await refused(broker.createGrant({ name: names[1], ...context }));
			await broker.revokeGrant({ name: names[0], firm });
			expect(await broker.listGrants(firm)).toEqual([]);
		});

		it('creates no grant while a deletion is pending, but still lists and revokes grants', async () => {
			const { worker, broker, firm, context } = await setUp();
			const name = grantOf('NOTE');
			await broker.createGrant({ name, ...context });
			await worker.scheduleDeletion(firm, 7);
			expect((await broker.listGrants(firm)).map((grant) => grant.name)).toEqual([name]);
			await refused(broker.createGrant({ name: grantOf('NOTE'), ...context }));
			await broker.revokeGrant({ name, firm });
			expect(await broker.listGrants(firm)).toEqual([]);
		});

		it('lists no grants for a firm without a key, and has none to revoke', async () => {
			const { broker } = await setUp();
			const firm = randomUUID();
			expect(await broker.listGrants(firm)).toEqual([]);
			await broker.revokeGrant({ name: grantOf('NOTE'), firm });
			await refused(broker.createGrant({ name: grantOf('NOTE'), firm, class: 'NOTE' }));
		});

		it('gives the broker no access to a data key', async () => {
			const { broker, context, wrapped } = await setUp();
			await broker.createGrant({ name: 'for-itself', ...context });
			await refused(broker.unwrap(context, wrapped));
			await refused(broker.generateDataKey(context));
		});

		it('reports whether it can be used', async () => {
			const { worker } = await setUp();
			await expect(worker.check()).resolves.toBeUndefined();
		});

		assertEachNamesATest();
	});
}

/** The end of a deletion's waiting time, for a keyring whose clock can be advanced. */
export function deletionContract(name: string, makeKeyring: () => Promise<MovableKeyring>): void {
	describe(`keyring contract, end of a deletion: ${name}`, () => {
		it('destroys the key permanently once its date has passed', async () => {
			const { worker, broker, operator, firm, context, wrapped, plaintext, passDays } = await newFirm(makeKeyring);
			await broker.createGrant({ name: 'lease-1', ...context });
			await worker.scheduleDeletion(firm, 7);
			passDays(6.9);
			expect(await worker.describeKey(firm)).toMatchObject({ state: 'PENDING_DELETION' });
			await worker.cancelDeletion(firm);
			await worker.enableKey(firm);
			expect(await opens(worker, context, wrapped)).toEqual(plaintext);
			await worker.scheduleDeletion(firm, 7);
			passDays(7);
			await refused(worker.unwrap(context, wrapped));
			await refused(worker.wrap(context, plaintext));
			expect(await worker.describeKey(firm)).toMatchObject({ state: 'DESTROYED' });
			passDays(-14);
			for (const revive of [worker.cancelDeletion, worker.enableKey, worker.rotateKey, worker.disableKey]) {
				await refused(revive(firm));
			}
			expect(await worker.createKey(firm)).toMatchObject({ state: 'DESTROYED' });
			await refused(worker.unwrap(context, wrapped));
			await refused(operator.unwrap(context, wrapped));
		});
	});
}

/** The refusals of a keyring that does not support firms' own keys. */
export function noOwnKeysContract(name: string, makeKeyring: () => Promise<KeyringUnderTest>): void {
	describe(`keyring contract, no firm brings a key: ${name}`, () => {
		const own = 'arn:aws:kms:eu-central-1:111122223333:key/of-the-firm';

		it('refuses a key that a firm names', async () => {
			const { worker, firm } = await newFirm(makeKeyring);
			for (const call of [
				worker.createKey(randomUUID(), own),
				worker.inspectOwnKey(firm, own),
				worker.setNextKey(firm, own),
			])
				await expect(call).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		});

		it('has no other key to follow, to switch to or to release', async () => {
			const { worker, firm, context, wrapped, plaintext, keyId } = await newFirm(makeKeyring);
			const calls = [
				worker.setNextKey(firm, null),
				worker.rewrapToNext(context, wrapped),
				worker.switchKey(firm, keyId),
				...(['next', 'previous', 'OWN'] as const).map((side) => worker.releaseKey(firm, side, 7)),
			];
			for (const call of calls) await expect(call).rejects.toMatchObject({ code: 'CONFLICT' });
			expect(await opens(worker, context, wrapped)).toEqual(plaintext);
		});
	});
}

/** A service may return another token for each request. */
function withoutToken({ token: _, ...grant }: KeyGrant): Omit<KeyGrant, 'token'> {
	return grant;
}

/** A grant name in the form that the broker uses. */
const grantOf = (keyClass: string) => `bg-${randomUUID()}-${keyClass}`;

async function newFirm<Made extends KeyringUnderTest>(makeKeyring: () => Promise<Made>) {
	const made = await makeKeyring();
	const firm = randomUUID();
	const worker = guardKeyring(made.worker);
	await worker.createKey(firm);
	const context: KeyContext = { firm, class: 'NOTE' };
	const { wrapped, plaintext, keyId } = await worker.generateDataKey(context);
	const roles = { worker, broker: guardKeyring(made.broker), operator: guardKeyring(made.operator) };
	return { ...made, ...roles, firm, context, wrapped, plaintext, keyId };
}

async function opens(keyring: Keyring, context: KeyContext, wrapped: Uint8Array): Promise<Uint8Array> {
	return (await keyring.unwrap(context, wrapped)).plaintext;
}

/** Expects REFUSED, in one sentence. */
export async function refused(call: Promise<unknown>): Promise<void> {
	const error = await call.then(
		() => new Error('it was not refused'),
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(KeyUnavailableError);
	expect((error as KeyUnavailableError).reason).toBe('REFUSED');
}
