import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { newName, readAll, reasonOf } from '../../support/objects.ts';
import { type Answer, type Asked, type FakeS3, RESPONSE_TIMEOUT_MS, refusal, startFakeS3 } from './fake-s3.ts';

const name = newName();
const RANGE = { start: 100, end: 1_100 };
const BYTES = Buffer.alloc(1_000, 'of the object ');
const whole = { 'content-length': '1000', 'content-range': 'bytes 100-1099/5000' };

describe('reading from S3', () => {
	const running: FakeS3[] = [];
	afterEach(() => Promise.all(running.splice(0).map((fake) => fake.close())));

	async function start(answer: (asked: Asked, count: number) => Answer): Promise<FakeS3> {
		let count = 0;
		const fake = await startFakeS3((asked) => answer(asked, ++count));
		running.push(fake);
		return fake;
	}
	const reasonFor = async (answer: Answer) => {
		const { store, asked } = await start(() => answer);
		return [await reasonOf(readAll(store, name, RANGE)), asked.length];
	};

	it('requests exactly the range', async () => {
		const { store, asked } = await start(() => ({ status: 206, headers: whole, body: BYTES }));
		expect(await readAll(store, name, RANGE)).toEqual(BYTES);
		expect(asked.map(({ method, path, headers: { range } }) => ({ method, path, range }))).toEqual([
			{ method: 'GET', path: `/bucket/${name}`, range: 'bytes=100-1099' },
		]);
	});

	it('accepts nothing except the range', async () => {
		for (const headers of [
			{ 'content-length': '1000' },
			{ 'content-length': '1000', 'content-range': 'bytes 101-1100/5000' },
			{ 'content-length': '1000', 'content-range': 'bytes 100-1100/5000' },
			{ 'content-length': '999', 'content-range': 'bytes 100-1099/5000' },
		])
			expect(
				await reasonFor({ status: 206, headers, body: BYTES.subarray(0, Number(headers['content-length'])) }),
			).toEqual(['AWAY', 1]);
	});

	it('retries if the response is the rest of another object, and gives up after three attempts', async () => {
		const answer = { status: 206, headers: whole, body: BYTES };
		// Before the headers, which are sent with the first byte of the body.
		const unreadable: Answer = {
			status: 206,
			headers: whole,
			afterwards(response) {
				response.socket?.write('<Rest/>');
				response.end(BYTES);
			},
		};
		const { store, asked } = await start((_, count) => (count === 1 ? unreadable : answer));
		expect(await readAll(store, name, RANGE)).toEqual(BYTES);
		expect(asked.length).toBe(2);
		expect(await reasonFor(unreadable)).toEqual(['AWAY', 3]);
	});

	it('fails if the connection breaks in the middle', async () => {
		const cut: Answer = {
			status: 206,
			headers: whole,
			body: BYTES.subarray(0, 500),
			afterwards: (response) => setTimeout(() => response.destroy(), 30),
		};
		expect(await reasonFor(cut)).toEqual(['AWAY', 1]);
	});

	it('waits no longer than its idle timeout for a response or for the next bytes', async () => {
		// Two attempts. On a busy machine the timeout may end before a request is sent.
		const [reason, asked] = await reasonFor(null);
		expect([reason, [1, 2].includes(asked as number)]).toEqual(['AWAY', true]);
		const stuck: Answer = { status: 206, headers: whole, body: BYTES.subarray(0, 500), afterwards: () => {} };
		expect(await reasonFor(stuck)).toEqual(['AWAY', 1]);
	});

	it('waits for a slow reader', async () => {
		const [first, ...parts] = [0, 400, 800].map((start) => BYTES.subarray(start, start + 400));
		const { store } = await start(() => ({
			status: 206,
			headers: whole,
			...(first && { body: first }),
			afterwards(response: ServerResponse) {
				vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
				setTimeout(() => response.write(parts[0]), 50);
				setTimeout(() => response.end(parts[1]), 100);
			},
		}));
		onTestFinished(() => void vi.useRealTimers());
		const read: Uint8Array[] = [];
		for await (const piece of store.read(name, RANGE, new AbortController().signal)) {
			read.push(Uint8Array.from(piece));
			vi.advanceTimersByTime(2 * RESPONSE_TIMEOUT_MS);
		}
		expect(Buffer.concat(read)).toEqual(BYTES);
	});

	it('makes three attempts at most while the service reports an error', async () => {
		const ok = { status: 206, headers: whole, body: BYTES };
		const { store, asked } = await start((_, count) => (count < 3 ? refusal(503, 'SlowDown') : ok));
		expect(await readAll(store, name, RANGE)).toEqual(BYTES);
		expect(asked.length).toBe(3);
		expect(await reasonFor(refusal(503, 'SlowDown'))).toEqual(['AWAY', 3]);
		expect(await reasonFor(refusal(500, 'InternalError'))).toEqual(['AWAY', 3]);
	});

	it('ends at once if it is aborted', async () => {
		const reader = new AbortController();
		const { store, asked } = await start(() => {
			reader.abort();
			return null;
		});
		expect(await reasonOf(readAll(store, name, RANGE, reader.signal))).toBe('AWAY');
		// A timeout would be retried; an abort is not.
		expect(asked).toHaveLength(1);
	});

	it.each([
		[404, 'NoSuchKey', 'ABSENT', /No object/],
		[404, 'NoSuchBucket', 'REFUSED', /bucket in FIRMSEAL_S3_BUCKET does not exist/],
		[416, 'InvalidRange', 'AWAY', /shorter/],
		[301, 'PermanentRedirect', 'REFUSED', /not in the region/],
		[400, 'AuthorizationHeaderMalformed', 'REFUSED', /not in the region/],
		[403, 'AccessDenied', 'REFUSED', /rights/],
		[403, 'InvalidAccessKeyId', 'REFUSED', /credentials/],
		[403, 'SignatureDoesNotMatch', 'REFUSED', /credentials/],
		[400, 'ExpiredToken', 'REFUSED', /credentials/],
		[403, 'RequestTimeTooSkewed', 'REFUSED', /clock/],
		[400, 'KMS.DisabledException', 'REFUSED', /key/],
		[400, 'KMS.KMSInvalidStateException', 'REFUSED', /key/],
		[400, 'SomethingNew', 'REFUSED', /AWS_REGION/],
		[507, 'InsufficientStorage', 'FULL', /room/],
	])('reports %i %s as %s', async (status, code, reason, text) => {
		const { store } = await start(() => refusal(status, code));
		const error = await readAll(store, name, RANGE).catch((thrown: unknown) => thrown);
		expect(error).toMatchObject({
			name: 'ObjectStoreError',
			code: 'INTERNAL',
			reason,
			message: expect.stringMatching(text),
		});
		// The service's own text is not kept.
		expect(String(error)).not.toContain('secret-name');
		expect(JSON.stringify(error)).not.toContain('secret-name');
	});
});
