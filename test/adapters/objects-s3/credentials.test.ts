import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, it, onTestFinished, vi } from 'vitest';
import { openS3Objects } from '../../../src/adapters/objects-s3/index.ts';
import { guardStore, ObjectStoreError } from '../../../src/documents/index.ts';
import { findNoNames, writeAwsFile } from '../../support/aws-files.ts';
import { newName, readAll, tagOf, write } from '../../support/objects.ts';

/** An environment without credentials: no settings, no files, no instance metadata. */
const findNoCredentials = (): void => writeAwsFile('');

/** A server, in place of S3 or the instance metadata, that counts requests. */
async function startCounting(status: number): Promise<{ url: string; count(): number }> {
	let count = 0;
	const server = createServer((_, response) => {
		count += 1;
		response.writeHead(status).end();
	}).listen(0, '127.0.0.1');
	await new Promise((resolve) => server.once('listening', resolve));
	onTestFinished(async () => {
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});
	return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, count: () => count };
}

const openWithout = (endpoint: string | null) =>
	guardStore(
		openS3Objects({ bucket: 'bucket', region: 'eu-central-1', endpoint, credentials: null, kmsKeyId: 'alias/objects' }),
	);

const SENTENCE =
	'This process has no credentials for the object store: give it a role, or set the standard AWS_ variables.';

it('reports missing credentials on every path, at once and without a request to the service', async () => {
	findNoCredentials();
	const service = await startCounting(500);
	const store = openWithout(service.url);
	const name = newName();
	const ways: Readonly<Record<string, () => Promise<unknown>>> = {
		check: () => store.check(),
		inspect: () => store.inspect(),
		measure: () => store.measure(name),
		read: () => readAll(store, name, { start: 0, end: 1 }),
		write: () => write(store, name, Buffer.alloc(1)),
		'write of parts': () => write(store, name, Buffer.alloc(8 * 2 ** 20 + 1)),
		delete: () => store.delete(tagOf(name)),
		sweep: () => store.sweep(new Date()),
	};
	for (const [way, work] of Object.entries(ways)) {
		const error = await work().catch((thrown: unknown) => thrown);
		expect([way, error]).toEqual([way, expect.any(ObjectStoreError)]);
		expect([way, error]).toMatchObject([way, { reason: 'AWAY', message: SENTENCE }]);
	}
	expect(service.count()).toBe(0);
});

it('asks the instance metadata for credentials a few times only, and reports that there are none', async () => {
	findNoCredentials();
	const machine = await startCounting(404);
	vi.stubEnv('AWS_EC2_METADATA_DISABLED', undefined);
	vi.stubEnv('AWS_EC2_METADATA_SERVICE_ENDPOINT', machine.url);
	const service = await startCounting(500);
	await expect(openWithout(service.url).check()).rejects.toMatchObject({ reason: 'AWAY', message: SENTENCE });
	expect(machine.count()).toBeGreaterThan(0);
	expect(machine.count()).toBeLessThan(10);
	expect(service.count()).toBe(0);
});

it('uses credentials that become available with the next request', async () => {
	findNoCredentials();
	const service = await startCounting(200);
	const store = openWithout(service.url);
	await expect(store.check()).rejects.toMatchObject({ reason: 'AWAY', message: SENTENCE });
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'tests');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'only-for-tests');
	await expect(store.check()).resolves.toBeUndefined();
	expect(service.count()).toBe(1);
});

it('contacts no service that is named only in an AWS configuration file, for objects or credentials', async () => {
	const elsewhere = await startCounting(500);
	const keys = ['aws_access_key_id = tests', 'aws_secret_access_key = only-for-tests'];
	const role = ['role_arn = arn:aws:iam::111122223333:role/any', 'source_profile = keys'];
	for (const [of, host] of [
		[keys, 'bucket.s3.eu-central-1.amazonaws.com'],
		[role, 'sts.eu-central-1.amazonaws.com'],
	] as const) {
		writeAwsFile(['[profile keys]', ...keys, '[default]', ...of, `endpoint_url = ${elsewhere.url}`, ''].join('\n'));
		const names = findNoNames();
		await expect(openWithout(null).check()).rejects.toBeInstanceOf(ObjectStoreError);
		expect([...names]).toEqual([host]);
	}
	expect(elsewhere.count()).toBe(0);
});
