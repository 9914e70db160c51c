import { expect, it } from 'vitest';
import type { Keyring } from '../../../src/keys/index.ts';
import { arnOf, described, FIRM, failureOf, KEY_ID, newStage } from './stage.ts';

const DELETION = 1_800_000_000;

it.each([
	['DisableKey', (keyring: Keyring) => keyring.disableKey(FIRM), 'DISABLED'],
	['EnableKey', (keyring: Keyring) => keyring.enableKey(FIRM), 'ENABLED'],
	['CancelKeyDeletion', (keyring: Keyring) => keyring.cancelDeletion(FIRM), 'DISABLED'],
	['ScheduleKeyDeletion', (keyring: Keyring) => keyring.scheduleDeletion(FIRM, 8), 'PENDING_DELETION'],
] as const)('%s uses the key id, and reports what KMS acknowledged', async (operation, act, state) => {
	const { kms, worker } = await newStage();
	// KMS may still describe the earlier state.
	kms.script('DescribeKey', described({ KeyState: 'PendingDeletion', DeletionDate: 1_750_000_000 }));
	kms.script(operation, {
		json: operation === 'ScheduleKeyDeletion' ? { KeyId: KEY_ID, DeletionDate: DELETION } : null,
	});
	const answered = await act(worker);
	expect(answered.state).toBe(state);
	if (state === 'PENDING_DELETION') expect(answered.deletionAt).toEqual(new Date(DELETION * 1000));
	else expect(answered).not.toHaveProperty('deletionAt');
	expect(kms.sent(operation)).toEqual([
		operation === 'ScheduleKeyDeletion' ? { KeyId: KEY_ID, PendingWindowInDays: 8 } : { KeyId: KEY_ID },
	]);
});

it('is REFUSED in a state that KMS does not accept', async () => {
	const { kms, worker } = await newStage();
	for (const operation of ['EnableKey', 'CancelKeyDeletion', 'ScheduleKeyDeletion', 'DisableKey'])
		kms.script(operation, { error: 'KMSInvalidStateException' });
	for (const call of [
		() => worker.enableKey(FIRM),
		() => worker.cancelDeletion(FIRM),
		() => worker.scheduleDeletion(FIRM, 7),
		() => worker.disableKey(FIRM),
	])
		expect((await failureOf(call())).reason).toBe('REFUSED');
});

it.each([
	['Enabled', 'ENABLED'],
	['Updating', 'ENABLED'],
	['Disabled', 'DISABLED'],
	['Creating', 'DISABLED'],
	['PendingImport', 'DISABLED'],
	['Unavailable', 'DISABLED'],
	['ANewState', 'DISABLED'],
	['PendingDeletion', 'PENDING_DELETION'],
	['PendingReplicaDeletion', 'PENDING_DELETION'],
])('maps the state %s to %s', async (KeyState, state) => {
	const { kms, worker } = await newStage();
	const isOver = KeyState === 'PendingDeletion';
	kms.script(
		'DescribeKey',
		described({ KeyState, PendingDeletionWindowInDays: 7, ...(isOver && { DeletionDate: DELETION }) }),
	);
	expect((await worker.describeKey(FIRM))?.state).toBe(state);
});

it('answers a rotation once the new version wraps', async () => {
	const { kms, worker } = await newStage();
	let polls = 0;
	kms.script('GetKeyRotationStatus', { json: { KeyRotationEnabled: true } });
	kms.script('RotateKeyOnDemand', { json: { KeyId: KEY_ID } });
	kms.script('ListKeyRotations', () => ({ json: { Rotations: ++polls > 3 ? [{ KeyId: KEY_ID }] : [] } }));
	expect(await worker.rotateKey(FIRM)).toMatchObject({ version: 2, keyId: arnOf() });
	expect(kms.sent('RotateKeyOnDemand')).toEqual([{ KeyId: KEY_ID }]);
});

it('waits for a rotation in progress, and starts no other', async () => {
	const { kms, worker } = await newStage();
	let polls = 0;
	kms.script('GetKeyRotationStatus', { json: { KeyRotationEnabled: true, OnDemandRotationStartDate: 1_700_000_000 } });
	kms.script('ListKeyRotations', () => ({ json: { Rotations: ++polls > 1 ? [{ KeyId: KEY_ID }] : [] } }));
	expect(await worker.rotateKey(FIRM)).toMatchObject({ version: 2 });
	expect(kms.sent('RotateKeyOnDemand')).toEqual([]);
});

it('does not rotate a disabled key, or one that KMS cannot rotate', async () => {
	const { kms, worker } = await newStage();
	kms.script('GetKeyRotationStatus', { json: { KeyRotationEnabled: true } });
	for (const error of ['DisabledException', 'KMSInvalidStateException', 'UnsupportedOperationException']) {
		kms.script('RotateKeyOnDemand', { error });
		expect((await failureOf(worker.rotateKey(FIRM))).reason).toBe('REFUSED');
	}
});
