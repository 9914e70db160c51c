import { createHash } from 'node:crypto';
import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { GetObjectCommand, ListObjectsV2Command } from '@aws-sdk/client-s3';
import { afterAll, afterEach, beforeAll, describe, expect, inject, it } from 'vitest';
import { installedServices, serviceOfMoto } from '../support/buckets.ts';
import type { Fault } from '../support/fault-proxy.ts';
import { someBytes } from '../support/files.ts';
import { type Moto, startMoto } from '../support/moto.ts';
import { makeS3Stage, type S3Stage, STORE_TIMEOUT_MS } from './s3-stage.ts';

const { moto } = inject('clouds');
/** Ceph, if it is installed. */
const service = installedServices().at(-1);

const MIB = 2 ** 20;
/** A file that is uploaded in one request, and one in parts. */
const SIZES: readonly (readonly [string, number])[] = [
	['one request', 3 * MIB],
	['parts', 18 * MIB],
];

/** In milliseconds: two timed-out tries with the pause between, or one try of a part of 8 MiB with the abort, and time for a busy machine. */
const LONGEST = 4 * STORE_TIMEOUT_MS + 4_000;

const AT_ONCE: readonly (readonly [string, Fault])[] = [
	['does not respond', { end: { by: 'hang' } }],
	['resets', { end: { by: 'reset' } }],
	['is unreachable', { refuse: true }],
];
const inTheMiddle = (of: 'requests' | 'answers', after: number): readonly (readonly [string, Fault])[] => [
	['stops responding', { end: { by: 'hang', of, after } }],
	['closes the connection', { end: { by: 'reset', of, after } }],
];

/** A proxy before a store that refuses each request a number of times, by its method, before it passes the request on. */
async function startThrottling(upstream: string, times: (method?: string) => number) {
	const { hostname, port } = new URL(upstream);
	const refusals = new Map<string, number>();
	const server = createServer((incoming, outgoing) => {
		const { method, url, headers } = incoming;
		const asked = `${method} ${url} ${headers.range}`;
		const refused = refusals.get(asked) ?? 0;
		if (refused < times(method)) {
			refusals.set(asked, refused + 1);
			incoming.resume().once('end', () => {
				outgoing.writeHead(503, { 'content-type': 'application/xml' });
				outgoing.end('<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>');
			});
			return;
		}
		const { expect: _, ...others } = headers;
		const onward = request({ hostname, port, method, path: url, headers: others }, (answer) => {
			outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
			answer.pipe(outgoing);
		});
		onward.once('error', () => outgoing.destroy());
		incoming.pipe(onward);
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		refusals,
		stop() {
			server.closeAllConnections();
			return new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

const title = service
	? `an object store (${service.name}) on a bad network`
	: 'an object store on a bad network (skipped: neither Ceph nor moto is installed)';
describe.skipIf(!service)(title, () => {
	let stage: S3Stage;

	beforeAll(async () => {
		if (service) stage = await makeS3Stage(service);
	});
	afterEach(() => stage?.proxy.set({}));
	afterAll(() => stage?.close());

	/** Runs something while members keep reading content that needs no store. */
	async function besideOthers<T>(work: Promise<T>): Promise<T> {
		let isOver = false;
		const ended = work.finally(() => {
			isOver = true;
		});
		while (!isOver) {
			expect(await stage.pulse()).toBeLessThan(2_000);
			await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 200))]);
		}
		return ended;
	}

	it.each<[string, Fault]>([
		['late', { latency: 20 }],
		['limited in bandwidth', { bytesPerSecond: 16 * MIB }],
	])('that is %s still lets uploads and downloads succeed', async (_, fault) => {
		await stage.proxy.set(fault);
		for (const [, size] of SIZES) {
			const bytes = someBytes(size);
			const document = await stage.newDocument();
			expect((await besideOthers(stage.put(document, bytes, stage.patient))).status).toBe(201);
			const got = await besideOthers(stage.get(document, {}, stage.patient));
			expect([got.status, got.bytes.equals(bytes)]).toEqual([200, true]);
		}
	});

	it.each(SIZES)(
		'has an object whose size and hash match the table, as can be checked without a key: an upload in %s',
		async (_, size) => {
			const document = await stage.store(someBytes(size));
			// Found by the tag alone, as docs/how-to/monitor.md describes.
			const [row] = await stage.installation.signIn('operator').begin(async (sql) => {
				await sql`set local role firmseal_operator`;
				return sql`select tag, size, encode(sha256, 'hex') as sha256 from stored_objects where document_id = ${document}`;
			});
			const { client, options } = stage.bucket;
			const Bucket = options.bucket;
			const { Contents = [] } = await client.send(new ListObjectsV2Command({ Bucket, Prefix: `${row?.tag}/` }));
			const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: Contents[0]?.Key }));
			const bytes = (await Body?.transformToByteArray()) ?? Buffer.alloc(0);
			expect(bytes.length).toBeGreaterThan(size);
			expect(row).toMatchObject({
				size: String(bytes.length),
				sha256: createHash('sha256').update(bytes).digest('hex'),
			});
		},
	);

	describe.each(SIZES)('that throttles requests: a file in %s', (_, size) => {
		// Default timeouts, so that only the refusals end a try.
		const behind = ({ url: endpoint }: { readonly url: string }) =>
			stage.serve(stage.openStore({ endpoint, idleTimeout: 15_000 }));

		it('is uploaded and downloaded, if each request succeeds in the end', async () => {
			const front = await startThrottling(service?.endpoint ?? '', () => 2);
			const api = await behind(front);
			const [bytes, document] = [someBytes(size), await stage.newDocument()];
			expect((await besideOthers(stage.put(document, bytes, api))).status).toBe(201);
			const got = await besideOthers(stage.get(document, {}, api));
			expect([got.status, got.bytes.equals(bytes)]).toEqual([200, true]);
			expect(new Set(front.refusals.values())).toEqual(new Set([2]));
			expect(api.lines.filter((line) => line.includes('the object store failed'))).toEqual([]);
			await api.stop();
			await front.stop();
		});

		it('is refused if no request with content succeeds, and nothing is lost', async () => {
			const bytes = someBytes(size);
			const [kept, document] = [await stage.store(bytes), await stage.newDocument()];
			const bearing = (method = '') => (['PUT', 'GET'].includes(method) ? Number.POSITIVE_INFINITY : 0);
			const front = await startThrottling(service?.endpoint ?? '', bearing);
			const api = await behind(front);
			for (const answer of [await stage.put(document, bytes, api), await stage.get(kept, {}, api)]) {
				expect([answer.status, JSON.parse(answer.bytes.toString()).code]).toEqual([503, 'INTERNAL']);
				expect(answer.headers['retry-after']).toBe('5');
			}
			const failures = api.lines.filter((line) => line.includes('the object store failed'));
			expect(failures.map((line) => JSON.parse(line).check)).toEqual(['AWAY', 'AWAY']);
			await api.stop();
			await front.stop();
			await stage.expectNothing(document);
			await stage.expectCleared(document);
			expect((await stage.get(kept)).bytes.equals(bytes)).toBe(true);
		});
	});

	describe.each(SIZES)('an upload in %s', (_, size) => {
		it.each([...AT_ONCE, ...inTheMiddle('requests', 1.5 * MIB)])(
			'while it %s is refused in time, invisible, and leaves nothing',
			async (_name, fault) => {
				const document = await stage.newDocument();
				await stage.proxy.set(fault);
				const put = await besideOthers(stage.put(document, someBytes(size)));
				expect([put.status, JSON.parse(put.bytes.toString()).code]).toEqual([503, 'INTERNAL']);
				expect(put.headers['retry-after']).toBe('5');
				expect(put.milliseconds).toBeLessThan(LONGEST);
				await stage.proxy.set({});
				await stage.expectNothing(document);
				await stage.expectCleared(document);
				// The upload can be repeated.
				expect((await stage.put(document, Buffer.from('again'))).status).toBe(201);
			},
		);

		it('succeeds although its connections are lost once', async () => {
			const document = await stage.newDocument();
			const bytes = someBytes(size);
			await stage.proxy.set({ end: { by: 'reset', of: 'requests', after: 1.5 * MIB, once: true } });
			const before = stage.proxy.connections();
			expect((await stage.put(document, bytes, stage.patient)).status).toBe(201);
			expect(stage.proxy.connections()).toBeGreaterThan(before + 1);
			expect((await stage.get(document)).bytes.equals(bytes)).toBe(true);
		});
	});

	it.each(AT_ONCE)('refuses a download before its first byte, in time, while it %s', async (_, fault) => {
		const document = await stage.store(someBytes(3 * MIB));
		await stage.proxy.set(fault);
		const got = await besideOthers(stage.get(document));
		expect([got.status, JSON.parse(got.bytes.toString()).code]).toEqual([503, 'INTERNAL']);
		expect(got.headers['retry-after']).toBe('5');
		expect(got.milliseconds).toBeLessThan(LONGEST);
		expect(await stage.sendings(document)).toEqual([]);
		await stage.proxy.set({});
		expect((await stage.get(document)).status).toBe(200);
	});

	it.each(inTheMiddle('answers', 1.5 * MIB))(
		'in a download that %s has sent a correct part, which is logged and can be resumed',
		async (_, fault) => {
			const bytes = someBytes(6 * MIB);
			const document = await stage.store(bytes);
			await stage.proxy.set(fault);
			const got = await besideOthers(stage.get(document));
			expect([got.status, got.isWhole]).toEqual([200, false]);
			expect(got.bytes.length).toBeGreaterThan(MIB);
			expect(got.bytes.length).toBeLessThan(1.5 * MIB);
			expect(got.bytes.equals(bytes.subarray(0, got.bytes.length))).toBe(true);
			expect(got.milliseconds).toBeLessThan(LONGEST);
			await expect
				.poll(() => stage.sendings(document))
				.toMatchObject([{ decision: 'FAILED', reason: 'CUT', bytes: got.bytes.length }]);
			await stage.proxy.set({});
			const rest = await stage.get(document, {
				range: `bytes=${got.bytes.length}-`,
				'if-range': String(got.headers.etag),
			});
			expect(rest.status).toBe(206);
			expect(Buffer.concat([got.bytes, rest.bytes]).equals(bytes)).toBe(true);
			await expect.poll(async () => (await stage.sendings(document)).at(-1)?.bytes).toBe(rest.bytes.length);
		},
	);

	const refused = async (options: Parameters<S3Stage['openStore']>[0]) => {
		const other = await stage.serve(stage.openStore(options));
		const bytes = someBytes(MIB);
		const kept = await stage.store(bytes);
		const document = await stage.newDocument();
		for (const answer of [await stage.put(document, bytes, other), await stage.get(kept, {}, other)]) {
			expect([answer.status, JSON.parse(answer.bytes.toString()).code]).toEqual([503, 'INTERNAL']);
			expect(answer.bytes.toString()).not.toContain('bucket');
		}
		const failures = other.lines.filter((line) => line.includes('the object store failed'));
		expect(failures.map((line) => JSON.parse(line).check)).toEqual(['REFUSED', 'REFUSED']);
		const ready = await (await fetch(`${other.url}/health/ready`)).json();
		expect(ready).toMatchObject({ ok: true, checks: { objects: false } });
		expect(
			(await other.ask(stage.firm.member, `{ document(id: "${kept}") { byteSize } }`)).data.document.byteSize,
		).toBe(MIB);
		await other.stop();
		await stage.expectNothing(document);
		expect((await stage.get(kept)).bytes.equals(bytes)).toBe(true);
	};

	it('without the bucket makes files unavailable, the log reports it, and everything else continues', () =>
		refused({ bucket: 'firmseal-no-such-bucket' }));
	it.skipIf(service?.name === 'moto')(
		`that refuses the credentials makes files unavailable, the log reports it, and everything else continues${service?.name === 'moto' ? ' (skipped: moto accepts any)' : ''}`,
		() => refused({ credentials: { accessKeyId: 'no-one', secretAccessKey: 'nothing' } }),
	);

	it('is reported only in the log, without any file or location', async () => {
		const { lines } = stage.api;
		expect(lines.filter((line) => line.includes('the object store failed')).length).toBeGreaterThan(0);
		expect(lines.filter((line) => line.includes('a file was not sent completely')).length).toBe(2);
		expect(lines.filter((line) => line.includes('unexpected error'))).toEqual([]);
		for (const secret of [stage.bucket.options.bucket, `${stage.firm.member}`.split('.')[0] ?? ''])
			expect(lines.filter((line) => line.includes(secret))).toEqual([]);
	});
});

const standing = `a suspended object store${moto ? '' : ' (skipped: moto_server is not installed)'}`;
describe.skipIf(!moto)(standing, () => {
	let own: Moto;
	let stage: S3Stage;

	beforeAll(async () => {
		own = (await startMoto()) as Moto;
		stage = await makeS3Stage(serviceOfMoto(own.url));
	});
	afterAll(async () => {
		own?.signal('SIGCONT');
		await stage?.close();
		await own?.stop();
	});

	it('makes pending requests fail in time, and nothing is lost when it continues (SIGSTOP, SIGCONT)', async () => {
		const bytes = someBytes(3 * MIB);
		const [kept, document] = [await stage.store(bytes), await stage.newDocument()];
		own.signal('SIGSTOP');
		const [put, got, pulse] = await Promise.all([stage.put(document, bytes), stage.get(kept), stage.pulse()]);
		own.signal('SIGCONT');
		expect([put.status, got.status]).toEqual([503, 503]);
		expect(Math.max(put.milliseconds, got.milliseconds)).toBeLessThan(LONGEST);
		expect(pulse).toBeLessThan(2_000);
		await stage.expectNothing(document);
		await stage.expectCleared(document);
		expect((await stage.put(document, bytes, stage.patient)).status).toBe(201);
		for (const each of [kept, document]) expect((await stage.get(each)).bytes.equals(bytes)).toBe(true);
	});
});
