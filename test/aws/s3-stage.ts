import { request } from 'node:http';
import { expect } from 'vitest';
import { openS3Objects } from '../../src/adapters/objects-s3/index.ts';
import { type Entry, parseLeaf } from '../../src/audit/index.ts';
import { deleteScheduledObjects, guardStore, type ObjectStore } from '../../src/documents/index.ts';
import { openLog, openPlaneOf } from '../../src/wiring/index.ts';
import { makeBucket, type Service, type TestBucket } from '../support/buckets.ts';
import { type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts';
import { contentOf, makeDocument } from '../support/files.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';

/** The store's timeout in milliseconds, for an answer and for its next bytes. */
export const STORE_TIMEOUT_MS = 1_000;

/** The result of an upload or download. */
export interface Exchange {
	/** null without an answer. */
	readonly status: number | null;
	readonly headers: Readonly<Record<string, string | string[] | undefined>>;
	readonly bytes: Buffer;
	/** Whether the answer is complete. */
	readonly isWhole: boolean;
	readonly milliseconds: number;
}

/** An installation whose files are in a store behind a network that can have any fault. */
export interface S3Stage {
	readonly bucket: TestBucket;
	readonly proxy: FaultProxy;
	readonly installation: TestInstallation;
	readonly firm: TestFirm;
	/** Its store has PATIENCE. */
	readonly api: TestApi;
	/** The same store with default timeouts. */
	readonly patient: TestApi;
	/** Starts another API on another store. */
	serve(store: ObjectStore): Promise<TestApi>;
	/** The store, for `serve`, with other options. */
	openStore(options?: Partial<TestBucket['options']>): ObjectStore;
	newDocument(): Promise<string>;
	/** Makes a document with this file, without faults. */
	store(bytes: Buffer): Promise<string>;
	put(document: string, bytes: Buffer, api?: TestApi): Promise<Exchange>;
	get(document: string, headers?: Readonly<Record<string, string>>, api?: TestApi): Promise<Exchange>;
	/** Checks that the document has no file. */
	expectNothing(document: string): Promise<void>;
	/** Checks that the worker removes rows, objects, versions and unfinished uploads of a document. */
	expectCleared(document: string): Promise<void>;
	/** Audit entries about the files of a document, oldest first. */
	sendings(document: string): Promise<Entry[]>;
	/** Milliseconds that a read of metadata takes. */
	pulse(): Promise<number>;
	close(): Promise<void>;
}

export async function makeS3Stage(service: Service): Promise<S3Stage> {
	const bucket = await makeBucket(service);
	const proxy = await startFaultProxy(service.endpoint);
	const installation = await makeInstallation(embedded).catch(async (error: unknown) => {
		await proxy.stop();
		throw error;
	});
	const { admin } = installation;
	const open = (endpoint: string, options: Partial<TestBucket['options']> = {}) =>
		guardStore(openS3Objects({ ...bucket.options, endpoint, idleTimeout: STORE_TIMEOUT_MS, ...options }));
	const serve = (store: ObjectStore) => installation.serve({}, { store });
	const firm = await installation.addFirm('north');
	const api = await serve(open(proxy.url));
	const patient = await serve(guardStore(openS3Objects({ ...bucket.options, endpoint: proxy.url })));
	const tagsOf = async (document: string): Promise<string[]> =>
		(await admin`select tag from stored_objects where document_id = ${document}`).map(({ tag }) => tag);

	function exchange(at: TestApi, method: string, path: string, headers: object, body?: Buffer): Promise<Exchange> {
		const start = performance.now();
		return new Promise((resolve) => {
			const pieces: Buffer[] = [];
			let answer: { status: number; headers: Exchange['headers'] } | null = null;
			const end = (isWhole: boolean) =>
				resolve({
					status: answer?.status ?? null,
					headers: answer?.headers ?? {},
					bytes: Buffer.concat(pieces),
					isWhole,
					milliseconds: performance.now() - start,
				});
			const asking = request(at.url + path, {
				method,
				agent: false,
				headers: { authorization: `Bearer ${firm.member}`, ...headers, ...(body && { 'content-length': body.length }) },
			});
			asking.on('response', (incoming) => {
				answer = { status: incoming.statusCode ?? 0, headers: incoming.headers };
				incoming.on('data', (piece: Buffer) => pieces.push(piece));
				incoming.on('error', () => {});
				incoming.on('close', () => end(incoming.complete));
			});
			asking.on('error', () => answer ?? end(false));
			asking.end(body);
		});
	}
	const newDocument = () => makeDocument(api.ask, firm.member);
	const put: S3Stage['put'] = (document, bytes, at = api) => exchange(at, 'PUT', contentOf(document), {}, bytes);
	const get: S3Stage['get'] = (document, headers = {}, at = api) => exchange(at, 'GET', contentOf(document), headers);

	return {
		bucket,
		proxy,
		installation,
		firm,
		api,
		patient,
		serve,
		openStore: (options) => open(proxy.url, options),
		newDocument,
		put,
		get,
		async store(bytes) {
			const document = await newDocument();
			expect((await put(document, bytes, patient)).status).toBe(201);
			return document;
		},
		async expectNothing(document) {
			const { data } = await api.ask(
				firm.member,
				`{ document(id: "${document}") { byteSize status objectKey versions { byteSize } } }`,
			);
			expect(data.document).toEqual({ byteSize: null, status: 'PENDING', objectKey: null, versions: [] });
			expect((await get(document)).status).toBe(404);
		},
		async expectCleared(document) {
			const tags = await tagsOf(document);
			expect(tags.length).toBeGreaterThan(0);
			const rows = await admin`select state from stored_objects where document_id = ${document}`;
			expect(rows.map(({ state }) => state)).toEqual(tags.map(() => 'DELETING'));
			// Moves the claim back by the minute for which a worker leaves a claimed object to its claimer.
			await admin`update stored_objects set touched_at = now() - interval '3 minutes' where document_id = ${document}`;
			const plane = openPlaneOf(installation.database, 'firmseal_worker', 2);
			const logPlane = openPlaneOf(installation.database, 'firmseal_worker', 1);
			const audit = openLog(logPlane);
			const cleared = await deleteScheduledObjects({ plane, store: open(service.endpoint), audit });
			await audit.close();
			await Promise.all([plane.close(), logPlane.close()]);
			expect(cleared).toMatchObject({ failure: null });
			expect(await tagsOf(document)).toEqual([]);
			for (const tag of tags) expect(await bucket.countUnder(`${tag}/`)).toBe(0);
		},
		async sendings(document) {
			const rows = await admin`select leaf from audit_entries where leaf::jsonb ->> 'action' = 'content.send'
				and leaf::jsonb -> 'coordinates' ->> 0 = 'Document.content' order by appended_at, sequence`;
			return rows.map(({ leaf }) => parseLeaf(leaf)).filter(({ records }) => records[0] === document);
		},
		async pulse() {
			const start = performance.now();
			const { errors } = await api.ask(firm.member, '{ documents(first: 1) { totalCount nodes { id name } } }');
			expect(errors).toEqual([]);
			return performance.now() - start;
		},
		async close() {
			await proxy.set({});
			await installation.close();
			await proxy.stop();
		},
	};
}
