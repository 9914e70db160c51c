import { randomUUID } from 'node:crypto';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { bodyOf } from './request-body.ts';

/** One received call of KMS. */
export interface KmsCall {
	/** For example Decrypt. */
	readonly operation: string;
	/** Id of the firm whose key it names. Null for another key or none. */
	readonly firm: string | null;
	/** Content class in its encryption context. */
	readonly class: string | null;
	/** True if it sends grant tokens, which a call under a lease does. */
	readonly hasTokens: boolean;
	/** Name of the error of a refused call. */
	readonly refused: string | null;
	/** The request id of its answer. Null before the answer. */
	readonly requestId: string | null;
	/** Time of performance.now(), in milliseconds. */
	readonly at: number;
}

/** The name of the KMS error to answer with. Null to pass the call on. */
export type Refuse = (call: Asked) => string | null;

type Asked = Omit<KmsCall, 'refused' | 'requestId'>;

/** A proxy of a key service that refuses the calls that a test chooses, like KMS. */
export interface KmsProxy {
	/** Without a trailing slash. */
	readonly url: string;
	/** All calls so far, also refused ones. */
	readonly calls: readonly KmsCall[];
	/** Sets which calls are refused. */
	refuse(how: Refuse): void;
	stop(): Promise<void>;
}

/** Errors of the service. All others are the caller's. */
const OF_SERVICE: ReadonlySet<string> = new Set(['KMSInternalException', 'DependencyTimeoutException']);

const ALIAS = /^alias\/firmseal\/([0-9a-f-]{36})$/;

export async function startKmsProxy(upstream: string): Promise<KmsProxy> {
	const calls: (KmsCall & { requestId: string | null })[] = [];
	let how: Refuse = () => null;

	async function take(incoming: IncomingMessage, outgoing: ServerResponse): Promise<void> {
		const body = await bodyOf(incoming);
		if (body === null) return;
		const asked = read(incoming, body.toString());
		const name = how(asked);
		const call = { ...asked, refused: name, requestId: name && (randomUUID() as string) };
		calls.push(call);
		if (name === null)
			forward(upstream, incoming, body, outgoing, (headers) => {
				call.requestId = (headers['x-amzn-requestid'] as string | undefined) ?? null;
			});
		else
			outgoing
				.writeHead(OF_SERVICE.has(name) ? 500 : 400, {
					'content-type': 'application/x-amz-json-1.1',
					'x-amzn-requestid': call.requestId as string,
				})
				.end(JSON.stringify({ __type: name, message: 'as it was told' }));
	}

	const server = createServer((incoming, outgoing) => {
		take(incoming, outgoing).catch(() => outgoing.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		url: `http://127.0.0.1:${port}`,
		calls,
		refuse(next) {
			how = next;
		},
		stop: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}

function read({ headers }: IncomingMessage, text: string): Asked {
	const operation = String(headers['x-amz-target'] ?? '').replace('TrentService.', '');
	const { KeyId, EncryptionContext, GrantTokens } = JSON.parse(text || '{}');
	return {
		operation,
		firm: ALIAS.exec(KeyId)?.[1] ?? null,
		class: EncryptionContext?.class ?? null,
		hasTokens: Array.isArray(GrantTokens) && GrantTokens.length > 0,
		at: performance.now(),
	};
}

function forward(
	upstream: string,
	{ method, url, headers }: IncomingMessage,
	body: Buffer,
	outgoing: ServerResponse,
	onAnswer: (headers: IncomingHttpHeaders) => void,
) {
	const { hostname, port } = new URL(upstream);
	const onward = request(
		{ hostname, port, method, path: url, headers: { ...headers, connection: 'close' } },
		(answer) => {
			const { connection: _, ...kept } = answer.headers;
			onAnswer(answer.headers);
			outgoing.writeHead(answer.statusCode ?? 502, kept);
			answer.pipe(outgoing);
		},
	);
	onward.on('error', () => outgoing.destroy());
	outgoing.on('close', () => onward.destroy());
	onward.end(body);
}
