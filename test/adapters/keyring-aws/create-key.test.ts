import { expect, it } from 'vitest';
import type { FakeKms, Reply } from '../../support/fake-kms.ts';
import { ALIAS, arnOf, described, FIRM, failureOf, KEY_ID, newStage } from './stage.ts';

const OTHER_ID = '8f4a1d0e-0000-4000-8000-000000000002';

/** A service without the firm's key. `named`: the key that the alias names later. */
async function newFirm() {
	const stage = await newStage();
	const world: { named: string | null } = { named: null };
	stage.kms.script('DescribeKey', () =>
		world.named ? described({ KeyId: world.named, Arn: arnOf(world.named) }) : { error: 'NotFoundException' },
	);
	stage.kms.script('CreateKey', described());
	stage.kms.script('EnableKeyRotation', { json: null });
	stage.kms.script('ScheduleKeyDeletion', { json: { KeyId: KEY_ID, DeletionDate: 1_800_000_000 } });
	const naming = (id: string | null, reply: Reply) =>
		stage.kms.script('CreateAlias', () => {
			if (id) world.named = id;
			return reply;
		});
	naming(KEY_ID, { json: null });
	return { ...stage, world, naming };
}

const order = (kms: FakeKms) => kms.requests.map(({ operation }) => operation);

it('creates a symmetric key with its tags, turns on its rotation, and then sets its alias', async () => {
	const { kms, worker } = await newFirm();
	expect(await worker.createKey(FIRM)).toMatchObject({ firm: FIRM, keyId: arnOf(), state: 'ENABLED', isOwn: false });
	expect(kms.sent('CreateKey')).toEqual([
		{
			KeySpec: 'SYMMETRIC_DEFAULT',
			KeyUsage: 'ENCRYPT_DECRYPT',
			Description: expect.stringContaining(FIRM),
			Tags: [
				{ TagKey: 'firmseal:firm', TagValue: FIRM },
				{ TagKey: 'firmseal:own-key', TagValue: 'false' },
			],
		},
	]);
	expect(kms.sent('CreateAlias')).toEqual([{ AliasName: ALIAS, TargetKeyId: KEY_ID }]);
	expect(order(kms).slice(0, 4)).toEqual(['DescribeKey', 'CreateKey', 'EnableKeyRotation', 'CreateAlias']);
	expect(kms.sent('ScheduleKeyDeletion')).toEqual([]);
});

it('creates nothing for a firm that has a key', async () => {
	const { kms, worker, world } = await newFirm();
	world.named = OTHER_ID;
	expect((await worker.createKey(FIRM)).keyId).toBe(arnOf(OTHER_ID));
	expect(kms.sent('CreateKey')).toEqual([]);
});

it('uses the key of the process that was first, and schedules its own for deletion', async () => {
	const { kms, worker, naming } = await newFirm();
	naming(OTHER_ID, { error: 'AlreadyExistsException' });
	expect((await worker.createKey(FIRM)).keyId).toBe(arnOf(OTHER_ID));
	expect(kms.sent('ScheduleKeyDeletion')).toEqual([{ KeyId: KEY_ID, PendingWindowInDays: 7 }]);
});

it('keeps its key if the existing alias points to it', async () => {
	const { kms, worker, naming } = await newFirm();
	naming(KEY_ID, { error: 'AlreadyExistsException' });
	expect((await worker.createKey(FIRM)).keyId).toBe(arnOf());
	expect(kms.sent('ScheduleKeyDeletion')).toEqual([]);
});

it.each(['AccessDeniedException', 'LimitExceededException'])(
	'schedules a key for deletion if it cannot get its alias: %s',
	async (error) => {
		const { kms, worker, naming } = await newFirm();
		naming(null, { error });
		await failureOf(worker.createKey(FIRM));
		expect(kms.sent('ScheduleKeyDeletion')).toEqual([{ KeyId: KEY_ID, PendingWindowInDays: 7 }]);
	},
);

it('schedules a key for deletion if its rotation cannot be turned on', async () => {
	const { kms, worker } = await newFirm();
	kms.script('EnableKeyRotation', { error: 'AccessDeniedException' });
	await failureOf(worker.createKey(FIRM));
	expect(kms.sent('CreateAlias')).toEqual([]);
	expect(kms.sent('ScheduleKeyDeletion')).toHaveLength(1);
});

it('never deletes a key that may have its alias: a missing answer is not a refusal', async () => {
	const { kms, worker, naming } = await newFirm();
	naming(KEY_ID, { reset: true });
	expect((await failureOf(worker.createKey(FIRM))).reason).toBe('AWAY');
	expect(kms.sent('ScheduleKeyDeletion')).toEqual([]);
	expect((await worker.createKey(FIRM)).keyId).toBe(arnOf());
	expect(kms.sent('CreateKey')).toHaveLength(1);
});

it('never deletes a key that has its alias, whatever fails afterwards', async () => {
	const { kms, worker } = await newFirm();
	kms.script('ListResourceTags', { error: 'AccessDeniedException' });
	expect((await failureOf(worker.createKey(FIRM))).reason).toBe('REFUSED');
	expect(kms.sent('ScheduleKeyDeletion')).toEqual([]);
});

it('waits until a new key and its alias are visible everywhere', async () => {
	const { kms, worker, world } = await newFirm();
	for (const operation of ['EnableKeyRotation', 'CreateAlias'])
		kms.script(operation, () => (kms.sent(operation).length > 1 ? { json: null } : { error: 'NotFoundException' }));
	let polls = 0;
	kms.script('DescribeKey', () => {
		polls++;
		return polls > 3 ? described() : { error: 'NotFoundException' };
	});
	expect(world.named).toBeNull();
	expect((await worker.createKey(FIRM)).keyId).toBe(arnOf());
	expect(kms.sent('CreateKey')).toHaveLength(1);
	expect(kms.sent('CreateAlias')).toHaveLength(2);
});
