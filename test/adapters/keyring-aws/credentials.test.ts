import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';
import { findNoNames, writeAwsFile } from '../../support/aws-files.ts';
import { assumed, notAssumed } from '../../support/fake-kms.ts';
import { FIRM, failureOf, NO_ROLES, newStage, REGION, roleOf } from './stage.ts';

const ROLES = { ...NO_ROLES, worker: roleOf('worker') };

it('reports that there are no credentials', async () => {
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
		expect(error.message).toMatch(/has no AWS credentials: give its .*AWS_ACCESS_KEY_ID/);
	}
	expect(kms.requests).toEqual([]);
});

it.each([
	['AccessDenied', 'REFUSED', /may not assume the role in FIRMSEAL_KMS_ROLE_WORKER/],
	['ValidationError', 'REFUSED', /may not assume the role in FIRMSEAL_KMS_ROLE_WORKER/],
	['InvalidClientTokenId', 'AWAY', /does not accept the credentials/],
	['ExpiredToken', 'AWAY', /does not accept the credentials/],
	['SignatureDoesNotMatch', 'AWAY', /does not accept the credentials/],
	['Throttling', 'THROTTLED', /overloaded/],
])('reports a role that STS answers with %s: %s', async (code, reason, sentence) => {
	const { kms, open } = await newStage();
	kms.script('AssumeRole', notAssumed(code));
	const error = await failureOf(open('worker', { roles: ROLES }).check());
	// KMS was not called, so a request id would belong to STS.
	expect(error).toMatchObject({ reason, requestId: null });
	expect(error.message).toMatch(sentence);
	expect(error.message).not.toContain('arn:');
	expect(kms.sent('AssumeRole')).toHaveLength(1);
	expect(kms.sent('DescribeKey')).toEqual([]);
});

it('is AWAY in time while STS hangs, and recovers once it answers', async () => {
	const { kms, open } = await newStage();
	const worker = open('worker', { roles: ROLES, timeouts: { connect: 100, request: 200 } });
	kms.script('AssumeRole', { hang: 'all' });
	expect((await failureOf(worker.check())).reason).toBe('AWAY');
	kms.script('AssumeRole', assumed(roleOf('worker')));
	await expect(worker.check()).resolves.toBeUndefined();
	await worker.describeKey(FIRM);
	expect(kms.sent('AssumeRole')).toHaveLength(2);
});

/** Ways to name endpoints in AWS's shared configuration file. */
const ELSEWHERE = {
	'endpoint_url for all': (url: string) => [`endpoint_url = ${url}`],
	'endpoint_url for each': (url: string) => [
		'services = elsewhere',
		'[services elsewhere]',
		...['kms', 'sts'].flatMap((service) => [`${service} =`, `  endpoint_url = ${url}`]),
	],
};
const KEYS = ['aws_access_key_id = AKIATEST', 'aws_secret_access_key = test'];

it.each([
	['with keys', NO_ROLES, 'kms', []],
	['with keys that assume a role of a setting', ROLES, 'sts', []],
	['with keys that assume a role of the file', NO_ROLES, 'sts', [`role_arn = ${roleOf('any')}`]],
])('contacts no service that is named only in an AWS configuration file: %s', async (_, roles, service, role) => {
	const { kms, open } = await newStage();
	for (const lines of Object.values(ELSEWHERE)) {
		const of = role.length > 0 ? [...role, 'source_profile = keys'] : KEYS;
		writeAwsFile(['[profile keys]', ...KEYS, '[default]', ...of, ...lines(kms.url), ''].join('\n'));
		const names = findNoNames();
		const endpoints = { kms: null, sts: null };
		const timeouts = { connect: 5_000, request: 5_000 };
		expect((await failureOf(open('worker', { roles, endpoints, timeouts }).check())).reason).toBe('AWAY');
		expect([...names]).toEqual([`${service}.${REGION}.amazonaws.com`]);
	}
	expect(kms.requests).toEqual([]);
});

it('assumes a role from such a file at the STS endpoint of the settings', async () => {
	const { kms, open } = await newStage();
	const role = [`role_arn = ${roleOf('any')}`, 'source_profile = keys', 'endpoint_url = http://127.0.0.1:1'];
	writeAwsFile(['[profile keys]', ...KEYS, '[default]', ...role, ''].join('\n'));
	vi.stubEnv('AWS_ENDPOINT_URL_STS', kms.url);
	await open('worker').check();
	expect(kms.sent('AssumeRole')).toHaveLength(1);
});

it('can be used before the platform key exists, but not without the right to describe it', async () => {
	const { kms, worker } = await newStage();
	kms.script('DescribeKey', { error: 'NotFoundException' });
	await expect(worker.check()).resolves.toBeUndefined();
	kms.script('DescribeKey', { error: 'AccessDeniedException' });
	expect(await failureOf(worker.check())).toMatchObject({
		reason: 'REFUSED',
		message: expect.stringContaining('role'),
	});
});
