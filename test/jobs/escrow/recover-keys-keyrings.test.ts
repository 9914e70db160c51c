import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import {
	drillRecovery,
	type EscrowedKey,
	openEscrow,
	recoverKeys,
	sealEscrow,
} from '../../../src/jobs/escrow/index.ts';
import { createKeyRenewal, type DataKeyRecord, deriveCommitment, type Keyring } from '../../../src/keys/index.ts';
import { newKeyring } from '../../adapters/keyring-local/new-keyring.ts';
import { createMemoryDataKeyStore } from '../../support/memory-data-key-store.ts';
import { AT, decrypt, FIRM, holdersOf, KEYS, sealedFor } from './escrows.ts';
import { CLOSED, NONE, stored, storedAgain } from './stored-keys.ts';

describe('from one key service to another', () => {
	it('all keys of a firm are recovered with an escrow and enough shares', async () => {
		const before = await (await newKeyring()).open();
		const firm = randomUUID();
		await before.createKey(firm);
		const made: { record: DataKeyRecord; key: EscrowedKey }[] = [];
		for (const [keyClass, version] of [
			['NOTE', 1],
			['NOTE', 2],
			['DOCUMENT', 1],
			['RIGHTS', 1],
		] as const) {
			const { plaintext, wrapped, keyId } = await before.generateDataKey({ firm, class: keyClass });
			const place = { firm, class: keyClass, version };
			const key = { ...place, key: plaintext, commitment: deriveCommitment(plaintext, place) };
			made.push({ key, record: stored(key, { wrapped, keyId }) });
		}
		const holders = await holdersOf('FIRM', 'PLATFORM', 'FIRM');
		const sealed = await sealEscrow({
			installation: 'seal.example',
			firm,
			keys: made.map(({ key }) => key),
			holders,
			threshold: 2,
			at: AT,
		});
		const shares = await Promise.all(
			sealed.shares.slice(1).map(({ file }, index) => decrypt(holders[index + 1]?.identity ?? '', file)),
		);
		const records = made.map(({ record }) => record);

		// A new keyring, which knows none of the stored keys.
		const after = await (await newKeyring()).open();
		await after.createKey(firm);
		const renewal = createKeyRenewal({ keyring: after, store: createMemoryDataKeyStore(), onEvent: () => {} });
		for (const record of records) expect(await renewal.opens(record)).toBe(false);
		const drill = drillRecovery((await openEscrow({ escrow: sealed.escrow, shares })).keys, records);
		expect(drill.counts).toEqual({ ...NONE, FITS: 4 });
		const { keys } = await openEscrow({ escrow: sealed.escrow, shares });
		const { recovered, counts } = await recoverKeys(renewal, keys, records);
		expect(counts).toEqual({ ...NONE, RECOVERED: 4, ALREADY_OPENS: 0 });
		for (const [index, { record, rewrapped }] of recovered.entries()) {
			const { plaintext } = await after.unwrap({ firm, class: record.class }, rewrapped.wrapped);
			expect(Buffer.from(plaintext)).toEqual(Buffer.from(made[index]?.key.key ?? []));
			expect(rewrapped.keyId).toBe((await after.describeKey(firm))?.keyId);
		}
		const again = await openEscrow({ escrow: sealed.escrow, shares });
		const now = recovered.map(storedAgain);
		expect((await recoverKeys(renewal, again.keys, now)).counts).toEqual({ ...NONE, RECOVERED: 0, ALREADY_OPENS: 4 });
	});

	it('nothing is recovered for a firm without a wrapping key in the new service, or on a firm’s plane', async () => {
		const { open } = await newKeyring();
		const { escrow, plaintexts: shares } = await sealedFor(await holdersOf('FIRM', 'FIRM'), 2);
		const records = KEYS.map((key) => stored(key, { wrapped: randomBytes(65) }));
		const attempt = async (keyring: Keyring) => {
			const renewal = createKeyRenewal({ keyring, store: createMemoryDataKeyStore(), onEvent: () => {} });
			const { keys } = await openEscrow({ escrow, shares });
			await expect(recoverKeys(renewal, keys, records)).rejects.toMatchObject({ reason: 'REFUSED' });
			for (const { key } of keys) expect(key).toEqual(CLOSED);
		};
		const worker = await open();
		await attempt(worker);
		await worker.createKey(FIRM);
		for (const principal of ['firm', 'operator', 'broker', 'signer'] as const) await attempt(await open(principal));
	});
});
