import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { installedServices } from '../support/buckets.ts';
import { someBytes } from '../support/files.ts';
import { makeS3Stage, type S3Stage } from './s3-stage.ts';
const [service] = installedServices().toReversed();
describe('probe', () => {
	let stage: S3Stage;
	beforeAll(async () => { stage = await makeS3Stage(service!); });
	afterAll(() => stage?.close());
	for (const [size, name] of [[3, 'small'], [20, 'large']] as const)
	for (const fault of [
		{ end: { by: 'hang', of: 'requests', after: 1_500_000 } },
		{ end: { by: 'reset', of: 'requests', after: 1_500_000 } },
		{ end: { by: 'hang' } }, { end: { by: 'reset' } }, { refuse: true } ] as const)
	it(`${name} ${JSON.stringify(fault)}`, async () => {
		const document = await stage.newDocument();
		await stage.proxy.set(fault);
		const put = await stage.put(document, someBytes(size * 2 ** 20));
		console.log(name, JSON.stringify(fault), put.status, put.isWhole, put.bytes.toString(), put.headers['retry-after'], Math.round(put.milliseconds), stage.api.lines.filter((l) => l.includes('store')).at(-1));
		await stage.proxy.set({});
		await stage.expectNothing(document);
		await stage.expectCleared(document);
	}, 120_000);
});
