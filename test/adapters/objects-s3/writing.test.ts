import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { bytesOf, newName, reasonOf, tagOf, write } from '../../support/objects.ts';
import { type Answer, type Asked, BY_KMS, type FakeS3, refusal, startFakeS3 } from './fake-s3.ts';

const PART = 8 * 2 ** 20;
const name = newName();
const xml = (body: string): Answer => ({ headers: { 'content-type': 'application/xml', ...BY_KMS }, body });

/** A service that accepts everything. `instead` may answer first. */
function service(instead: (asked: Asked, step: string) => Answer | undefined = () => undefined) {
	return (asked: Asked): Answer => {
		const step = stepOf(asked);
		const other = instead(asked, step);
		if (other !== undefined) return other;
		if (step === 'HEAD') return { status: 404 };
		if (step === 'begin')
			return xml('<InitiateMultipartUploadResult><UploadId>up1</UploadId></InitiateMultipartUploadResult>');
		if (step.startsWith('part')) return { headers: { etag: `"${step}"` } };
		if (step === 'end')
			return xml('<CompleteMultipartUploadResult><ETag>"whole"</ETag></CompleteMultipartUploadResult>');
		if (step === 'abort') return { status: 204 };
		if (step === 'list parts') return refusal(404, 'NoSuchUpload');
		return { headers: { etag: '"one"', ...BY_KMS } };
	};
}

function stepOf({ method, query }: Asked): string {
	if (query.has('uploads')) return method === 'POST' ? 'begin' : 'list uploads';
	const part = query.get('partNumber');
	if (part !== null) return `part ${part}`;
	if (query.has('uploadId')) return { POST: 'end', DELETE: 'abort' }[method] ?? 'list parts';
	return method;
}

const base64 = (algorithm: 'sha256' | 'crc32', bytes: Uint8Array) => {
	if (algorithm === 'sha256') return createHash('sha256').update(bytes).digest('base64');
	const sum = Buffer.alloc(4);
	sum.writeUInt32BE(crc32(bytes));
	return sum.toString('base64');
};

describe('writing to S3', () => {
	const running: FakeS3[] = [];
	afterEach(() => Promise.all(running.splice(0).map((fake) => fake.close())));

	async function start(instead?: Parameters<typeof service>[0]): Promise<FakeS3 & { steps: () => string[] }> {
		const fake = await startFakeS3(service(instead));
		running.push(fake);
		return { ...fake, steps: () => fake.asked.map(stepOf) };
	}

	it('sends a small object in one request, encrypted, with a checksum, and only if there is none', async () => {
		const { store, asked, steps } = await start();
		const bytes = bytesOf(1_000);
		await write(store, name, bytes);
		expect(steps()).toEqual(['HEAD', 'PUT']);
		expect(asked[1]?.path).toBe(`/bucket/${name}`);
		expect(asked[1]?.body.equals(bytes)).toBe(true);
		expect(asked[1]?.headers).toMatchObject({
			'if-none-match': '*',
			'x-amz-checksum-sha256': base64('sha256', bytes),
			'x-amz-server-side-encryption': 'aws:kms',
			'x-amz-server-side-encryption-aws-kms-key-id': 'alias/objects',
			'x-amz-server-side-encryption-bucket-key-enabled': 'true',
			'x-amz-meta-firmseal-tag': tagOf(name),
		});
	});

	it('sends a large object in parts, with a checksum for each part and for the whole', async () => {
		const { store, asked, steps } = await start();
		const bytes = bytesOf(2 * PART + 5);
		await write(store, name, bytes);
		expect(steps().toSorted()).toEqual(['HEAD', 'begin', 'end', 'part 1', 'part 2', 'part 3']);
		expect(steps().slice(0, 2)).toEqual(['HEAD', 'begin']);
		const of = (step: string) => asked.find((each) => stepOf(each) === step);
		expect(of('begin')?.headers).toMatchObject({
			'x-amz-server-side-encryption': 'aws:kms',
			'x-amz-server-side-encryption-aws-kms-key-id': 'alias/objects',
			'x-amz-server-side-encryption-bucket-key-enabled': 'true',
			'x-amz-meta-firmseal-tag': tagOf(name),
			'x-amz-checksum-algorithm': 'CRC32',
			'x-amz-checksum-type': 'FULL_OBJECT',
		});
		for (const number of [1, 2, 3]) {
			const part = bytes.subarray((number - 1) * PART, number * PART);
			expect(of(`part ${number}`)?.body.equals(part)).toBe(true);
			expect(of(`part ${number}`)?.headers['x-amz-checksum-crc32']).toBe(base64('crc32', part));
		}
		expect(of('end')?.headers).toMatchObject({
			'if-none-match': '*',
			'x-amz-checksum-crc32': base64('crc32', bytes),
			'x-amz-mp-object-size': String(bytes.length),
		});
		const listed = [
			...(of('end')
				?.body.toString()
				.matchAll(/<PartNumber>(\d)<\/PartNumber>/g) ?? []),
		];
		expect(listed.map(([, number]) => number)).toEqual(['1', '2', '3']);
	});

	it('reports a refusal of the last request as an object that exists already', async () => {
		for (const length of [10, PART + 1]) {
			const { store } = await start((_, step) =>
				step === 'PUT' || step === 'end' ? refusal(412, 'PreconditionFailed') : undefined,
			);
			expect(await reasonOf(write(store, name, bytesOf(length)))).toBe('EXISTS');
		}
	});

	it('sends nothing if the object exists or the caller may not write', async () => {
		const there = await start((_, step) => (step === 'HEAD' ? { headers: { 'content-length': '5' } } : undefined));
		expect(await reasonOf(write(there.store, name, bytesOf(5)))).toBe('EXISTS');
		const denied = await start((_, step) => (step === 'HEAD' ? { status: 403 } : undefined));
		expect(await reasonOf(write(denied.store, name, bytesOf(5)))).toBe('REFUSED');
		expect([there.steps(), denied.steps()]).toEqual([['HEAD'], ['HEAD']]);
	});

	it('aborts the parts of a failed upload, and again if one arrived late', async () => {
		let late = 2;
		const { store, steps } = await start((_, step) => {
			if (step === 'part 2') return refusal(403, 'AccessDenied');
			if (step === 'list parts' && late-- > 0) return xml('<ListPartsResult></ListPartsResult>');
			return undefined;
		});
		expect(await reasonOf(write(store, name, bytesOf(4 * PART)))).toBe('REFUSED');
		expect(steps()).not.toContain('end');
		expect(steps().slice(-6)).toEqual(['abort', 'list parts', 'abort', 'list parts', 'abort', 'list parts']);
	});

	it('keeps the original error if the abort fails too', async () => {
		const { store } = await start((_, step) => {
			if (step === 'part 2') return refusal(507, 'InsufficientStorage');
			return step === 'abort' ? refusal(403, 'AccessDenied') : undefined;
		});
		expect(await reasonOf(write(store, name, bytesOf(3 * PART)))).toBe('FULL');
	});

	it('sends a part again if it did not arrive', async () => {
		let failures = 2;
		const { store, steps } = await start((_, step) =>
			step === 'part 1' && failures-- > 0 ? refusal(500, 'InternalError') : undefined,
		);
		expect((await write(store, name, bytesOf(PART + 1))).size).toBe(PART + 1);
		expect(steps().filter((step) => step === 'part 1').length).toBe(3);
	});

	it.each([
		['PUT', 10],
		['part 1', PART + 1],
	])('sends a body once if the service does not answer: %s', async (silent, length) => {
		const { store, steps } = await start((_, step) => (step === silent ? null : undefined));
		expect(await reasonOf(write(store, name, bytesOf(length)))).toBe('AWAY');
		// On a busy machine the timeout may end before the request is sent.
		expect([[], [silent]]).toContainEqual(steps().filter((step) => step === silent));
	});

	it('stores nothing if the service does not encrypt', async () => {
		const { store, steps, asked } = await start((_, step) => {
			if (step === 'PUT') return { headers: { etag: '"one"', 'x-amz-version-id': 'v1' } };
			const begun = '<InitiateMultipartUploadResult><UploadId>up1</UploadId></InitiateMultipartUploadResult>';
			return step === 'begin' ? { body: begun } : undefined;
		});
		expect(await reasonOf(write(store, name, bytesOf(5)))).toBe('REFUSED');
		expect(asked.at(-1)).toMatchObject({ method: 'DELETE', path: `/bucket/${name}` });
		expect(asked.at(-1)?.query.get('versionId')).toBe('v1');
		expect(await reasonOf(write(store, name, bytesOf(PART + 1)))).toBe('REFUSED');
		expect(steps().slice(-2)).toEqual(['abort', 'list parts']);
	});
});
