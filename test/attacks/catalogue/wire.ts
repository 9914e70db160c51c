import { request as requestHttp } from 'node:http';
import { connect } from 'node:net';
import type { Answer } from '../../support/ask.ts';

/** A request that may be malformed: headers may repeat, and the body may be any bytes. */
export interface Request {
	readonly method?: string;
	readonly path?: string;
	/** The Host header. By default the host that the request is sent to. */
	readonly host?: string;
	/** Name, value, name, value … */
	readonly headers?: readonly string[];
	readonly body?: Uint8Array | string;
}

export async function sendTo(
	origin: string,
	{ method = 'POST', path = '/graphql', host = new URL(origin).host, headers = [], body = '' }: Request,
): Promise<Answer> {
	const { hostname, port } = new URL(origin);
	return new Promise((resolve, reject) => {
		const sent = requestHttp(
			{ hostname, port, method, path, headers: ['host', host, ...lengthOf(headers, body), ...headers] },
			(answer) => {
				const parts: Buffer[] = [];
				answer.on('data', (part: Buffer) => parts.push(part));
				answer.on('end', () => {
					const known = Object.entries(answer.headers).map(
						([name, value]) => [name, String(value)] as [string, string],
					);
					resolve(answerOf(answer.statusCode ?? 0, new Headers(known), Buffer.concat(parts).toString()));
				});
			},
		);
		sent.on('error', reject);
		sent.end(body);
	});
}

const lengthOf = (headers: readonly string[], body: Uint8Array | string): string[] =>
	headers.some((name) => /^(content-length|transfer-encoding)$/i.test(name))
		? []
		: ['content-length', String(Buffer.byteLength(body))];

/** Sends a query and reads only the head of its answer. Returns a function that closes the connection. */
export async function holdAnswer(origin: string, token: string, query: string): Promise<() => void> {
	const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}` };
	return new Promise((resolve, reject) => {
		const sent = requestHttp(`${origin}/graphql`, { method: 'POST', agent: false, headers }, (answer) =>
			resolve(() => void answer.on('error', () => {}).destroy()),
		);
		sent.on('error', reject).end(JSON.stringify({ query }));
	});
}

/** Sends bytes, and returns everything that came until the server closed the connection or was silent for 5 seconds. */
export async function sendBytes(origin: string, bytes: string): Promise<string> {
	const { hostname, port } = new URL(origin);
	return new Promise((resolve, reject) => {
		let text = '';
		const socket = connect(Number(port), hostname, () => socket.write(bytes));
		socket.setTimeout(5_000, () => socket.destroy());
		socket.setEncoding('utf8').on('data', (part: string) => {
			text += part;
		});
		socket.on('error', reject);
		socket.on('close', () => resolve(text));
	});
}

/** Turns a problem document into one error with its code, like a GraphQL error without a path. */
function answerOf(status: number, headers: Headers, text: string): Answer {
	const body = text.startsWith('{') ? JSON.parse(text) : {};
	const problem = body.code ? [{ message: body.detail, extensions: { code: body.code } }] : [];
	return {
		status,
		headers,
		text,
		data: body.data,
		errors: body.errors ?? problem,
		sealed: body.extensions?.sealed ?? [],
	};
}
