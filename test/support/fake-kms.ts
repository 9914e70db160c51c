import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from './request-body.ts';

/** A received request: an operation of KMS, or AssumeRole of STS. */
export interface WireRequest {
	readonly operation: string;
	/** The access key that signed it. */
	readonly caller: string;
	// biome-ignore lint/suspicious/noExplicitAny: whatever was sent, for assertions
	readonly body: any;
}

/** The reply to an operation. */
export type Reply =
	| { readonly json: unknown; readonly requestId?: string | null }
	/** An error of KMS, by its name. */
	| { readonly error: string; readonly status?: number; readonly requestId?: string }
	| { readonly text: string; readonly status: number; readonly type?: string; readonly requestId?: string }
	/** Sends no byte (`all`), or nothing after the headers (`head`). */
	| { readonly hang: 'all' | 'head' }
	/** Resets the connection. */
	| { readonly reset: true };

type Script = Reply | ((body: WireRequest['body'], caller: string) => Reply);

/** A key service with scripted replies that records its requests. */
export interface FakeKms {
	readonly url: string;
	readonly requests: readonly WireRequest[];
	/** Sets the reply of an operation. Other operations get UnknownOperationException. */
	script(operation: string, reply: Script): void;
	/** The received requests of one operation. */
	sent(operation: string): readonly WireRequest['body'][];
	stop(): Promise<void>;
}

/** Speaks AWS JSON 1.1 for KMS, and the query protocol for STS. */
export async function startFakeKms(): Promise<FakeKms> {
	const scripts = new Map<string, Script>();
	const requests: WireRequest[] = [];
	const server = createServer((request, response) => void take(request, response));
	async function take(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const body = await bodyOf(request);
		if (body === null) return;
		const received = read(request, body.toString());
		requests.push(received);
		const script = scripts.get(received.operation) ?? { error: 'UnknownOperationException' };
		send(response, typeof script === 'function' ? script(received.body, received.caller) : script);
	}
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		requests,
		script: (operation, reply) => void scripts.set(operation, reply),
		sent: (operation) => requests.filter((each) => each.operation === operation).map(({ body }) => body),
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function read({ headers }: IncomingMessage, text: string): WireRequest {
	const caller = /Credential=([^/]+)/.exec(headers.authorization ?? '')?.[1] ?? '';
	const target = headers['x-amz-target'];
	if (typeof target === 'string')
		return { operation: target.replace('TrentService.', ''), caller, body: JSON.parse(text) };
	const body = Object.fromEntries(new URLSearchParams(text));
	return { operation: body.Action ?? '', caller, body };
}

function send(response: ServerResponse, reply: Reply): void {
	if ('reset' in reply) {
		response.socket?.resetAndDestroy();
		return;
	}
	if ('hang' in reply) {
		if (reply.hang === 'head') {
			response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'content-length': '1000' });
			response.write('{');
		}
		return;
	}
	if ('text' in reply) {
		const headers = { 'content-type': reply.type ?? 'text/html' };
		const id = reply.requestId && { 'x-amzn-requestid': reply.requestId };
		response.writeHead(reply.status, { ...headers, ...id }).end(reply.text);
		return;
	}
	const [status, json] =
		'error' in reply
			? [
					reply.status ?? 400,
					{ __type: reply.error, message: 'arn:aws:kms:eu-central-1:111122223333:key/of-another-caller' },
				]
			: [200, reply.json];
	const requestId = 'requestId' in reply ? reply.requestId : randomUUID();
	response.writeHead(status, {
		'content-type': 'application/x-amz-json-1.1',
		...(requestId && { 'x-amzn-requestid': requestId }),
	});
	response.end(JSON.stringify(json));
}

/** STS's answer to AssumeRole, with the access key that signs later calls. */
export const assumed = (role: string, accessKey = 'ASIAROLE'): Reply => ({
	status: 200,
	type: 'text/xml',
	text: `<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><AssumedRoleUser><Arn>${role}</Arn><AssumedRoleId>AROA:x</AssumedRoleId></AssumedRoleUser><Credentials><AccessKeyId>${accessKey}</AccessKeyId><SecretAccessKey>secret</SecretAccessKey><SessionToken>token</SessionToken><Expiration>${new Date(Date.now() + 3_600_000).toISOString()}</Expiration></Credentials></AssumeRoleResult><ResponseMetadata><RequestId>r</RequestId></ResponseMetadata></AssumeRoleResponse>`,
});

/** An error of STS. */
export const notAssumed = (code: string, status = 403): Reply => ({
	status,
	type: 'text/xml',
	requestId: 'of-sts',
	text: `<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><Error><Type>Sender</Type><Code>${code}</Code><Message>arn:aws:iam::111122223333:role/secret</Message></Error><RequestId>r</RequestId></ErrorResponse>`,
});
