import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { openS3Objects } from '../../../src/adapters/objects-s3/index.ts';
import { guardStore, type ObjectStore } from '../../../src/documents/index.ts';
import { bodyOf } from '../../support/request-body.ts';

export interface Asked {
	readonly method: string;
	readonly path: string;
	readonly query: URLSearchParams;
	readonly headers: IncomingHttpHeaders;
	readonly body: Buffer;
}

/** An answer; `null` to never answer. */
export type Answer = {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly body?: string | Uint8Array;
	/** Sent after the body. */
	readonly afterwards?: (response: ServerResponse) => void;
} | null;

export interface FakeS3 {
	readonly store: ObjectStore;
	readonly asked: readonly Asked[];
	close(): Promise<void>;
}

/** The store's timeout in milliseconds. */
export const RESPONSE_TIMEOUT_MS = 800;

/** A service whose answers are set by the test. */
export async function startFakeS3(answer: (asked: Asked) => Answer): Promise<FakeS3> {
	const asked: Asked[] = [];
	async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const body = await bodyOf(request);
		if (body === null) return;
		const url = new URL(request.url ?? '', 'http://fake');
		const one = {
			method: request.method ?? '',
			path: decodeURIComponent(url.pathname),
			query: url.searchParams,
			headers: request.headers,
			body,
		};
		asked.push(one);
		const given = answer(one);
		if (given === null) return;
		response.writeHead(given.status ?? 200, { ...given.headers });
		if (given.body !== undefined) response.write(given.body);
		if (given.afterwards) given.afterwards(response);
		else response.end();
	}
	const server = createServer((request, response) => void handle(request, response));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const store = openS3Objects({
		bucket: 'bucket',
		region: 'eu-central-1',
		endpoint: `http://127.0.0.1:${port}`,
		credentials: { accessKeyId: 'tests', secretAccessKey: 'only-for-tests' },
		kmsKeyId: 'alias/objects',
		idleTimeout: RESPONSE_TIMEOUT_MS,
	});
	return {
		store: guardStore(store),
		asked,
		close() {
			server.closeAllConnections();
			return new Promise<void>((resolve) => server.close(() => resolve()));
		},
	};
}

export const refusal = (status: number, code: string): Answer => ({
	status,
	headers: { 'content-type': 'application/xml' },
	body: `<?xml version="1.0" encoding="UTF-8"?><Error><Code>${code}</Code><Message>about secret-name</Message></Error>`,
});

/** The headers with which S3 reports an encrypted object. */
export const BY_KMS = { 'x-amz-server-side-encryption': 'aws:kms' };
