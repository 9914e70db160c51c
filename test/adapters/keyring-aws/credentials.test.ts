import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { assumed, notAssumed } from '../../support/fake-kms.ts';
import { FIRM, failureOf, NO_ROLES, newStage, roleOf } from './stage.ts';

const ROLES = { ...NO_ROLES, worker: roleOf('worker') };

it('says that there are no credentials', async () => {
	const { kms, open } = await newStage();
	const home = mkdtempSync(join(tmpdir(), 'firmseal-home-'));
	onTestFinished(() => rmSync(home, { recursive: true }));
	vi.stubEnv('HOME', home);
	vi.stubEnv('AWS_ACCESS_KEY_ID', undefined);
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', undefined);
	vi.stubEnv('AWS_EC2_METADATA_DISABLED', 'true');
	for (const roles of [NO_ROLES, ROLES]) {
		const error = await failureOf(open('worker', { roles }).check());
		expect(error.reason).toBe('AWAY');
		expect(error.message).toMatch(/has no AWS credentials: give it .*AWS_ACCESS_KEY_ID/);
	}
	expect(kms.requests).toEqual([]);
});

it.each([
	['AccessDenied', 'REFUSED', /may not assume the role in FIRMSEAL_KMS_ROLE_WORKER/],
	['ValidationError', 'REFUSED', /may not assume the role in FIRMSEAL_KMS_ROLE_WORKER/],
	['InvalidClientTokenId', 'AWAY', /does not accept the credentials/],
	['ExpiredToken', 'AWAY', /does not accept the credentials/],
	['SignatureDoesNotMatch', 'AWAY', /does not accept the credentials/],
	['Throttling', 'THROTTLED', /too much to do/],
])('says of a role that STS answers with %s: %s', async (code, reason, sentence) => {
	const { kms, open } = await newStage();
	kms.script('AssumeRole', notAssumed(code));
	const error = await failureOf(open('worker', { roles: ROLES }).check());
	// KMS was not asked: an id would be of a call to STS.
	expect(error).toMatchObject({ reason, requestId: null });
	expect(error.message).toMatch(sentence);
	expect(error.message).not.toContain('arn:');
	expect(kms.sent('AssumeRole')).toHaveLength(1);
	expect(kms.sent('DescribeKey')).toEqual([]);
});

it('is AWAY in time when STS hangs, and well when it answers again', async () => {
	const { kms, open } = await newStage();
	const worker = open('worker', { roles: ROLES, timeouts: { connect: 100, request: 200 } });
	kms.script('AssumeRole', { hang: 'all' });
	expect((await failureOf(worker.check())).reason).toBe('AWAY');
	kms.script('AssumeRole', assumed(roleOf('worker')));
	await expect(worker.check()).resolves.toBeUndefined();
	await worker.describeKey(FIRM);
	expect(kms.sent('AssumeRole')).toHaveLength(2);
});

it('can be used before the platform has its key, and not without a right to look', async () => {
	const { kms, worker } = await newStage();
	kms.script('DescribeKey', { error: 'NotFoundException' });
	await expect(worker.check()).resolves.toBeUndefined();
	kms.script('DescribeKey', { error: 'AccessDeniedException' });
	expect(await failureOf(worker.check())).toMatchObject({
		reason: 'REFUSED',
		message: expect.stringContaining('role'),
	});
});
