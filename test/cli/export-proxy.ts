import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer that the proxy gives instead of the API's. */
export interface Given {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly text: string;
}

/** How the proxy answers a query. null cuts the connection; `hold` never answers. */
export type Fate = Given | null | 'hold';

/** A proxy before the API that answers queries and file requests as its options say. */
export interface ExportProxy {
	readonly url: string;
	/** The queries so far, with their variables. */
	readonly asked: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }[];
	/** The paths of the requested files; `ranges` has the Range header of each. */
	readonly files: string[];
	readonly ranges: (string | undefined)[];
	close(): Promise<void>;
}

export interface ProxyOptions {
	/** Called for each query; `count` is its number, from 1. */
	readonly onQuestion?: (count: number, answer: Given, query: string) => Fate | Promise<Fate>;
	/** Called for each file; null sends it unchanged. */
	readonly onFile?: (count: number, path: string) => FileFate | null;
}

export interface FileFate {
	/** Sent instead of the file. */
	readonly given?: Given;
	/** The number of bytes after which the transfer pauses for ever. */
	readonly holdAfter?: number;
	/** Changes each piece of the file. */
	readonly change?: (piece: Buffer) => Buffer;
}

export async function startExportProxy(api: string, options: ProxyOptions = {}): Promise<ExportProxy> {
	const { onQuestion = (_, answer) => answer, onFile = () => null } = options;
	const asked: ExportProxy['asked'] = [];
	const files: string[] = [];
	const ranges: ExportProxy['ranges'] = [];

	async function question(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const pieces: Buffer[] = [];
		for await (const piece of request) pieces.push(piece as Buffer);
		const body = Buffer.concat(pieces).toString();
		const { query, variables } = JSON.parse(body);
		asked.push({ query, variables });
		const count = asked.length;
		const answer = await fetch(`${api}/graphql`, {
			method: 'POST',
			headers: {
				'content-type': 'application/json',
				accept: 'application/json',
				authorization: request.headers.authorization ?? '',
			},
			body,
		});
		const fate = await onQuestion(count, { status: answer.status, text: await answer.text() }, query);
		if (fate === 'hold') return;
		if (fate === null) response.destroy();
		else give(response, fate);
	}

	function file(request: IncomingMessage, response: ServerResponse): void {
		files.push(request.url ?? '');
		ranges.push(request.headers.range);
		const fate = onFile(files.length, request.url ?? '') ?? {};
		if (fate.given) {
			give(response, fate.given);
			return;
		}
		const behind = send(`${api}${request.url}`, { headers: request.headers }, (answer) => {
			response.writeHead(answer.statusCode ?? 500, answer.headers);
			let passed = 0;
			answer.on('data', (piece: Buffer) => {
				passed += piece.length;
				response.write(fate.change ? fate.change(piece) : piece);
				if (fate.holdAfter !== undefined && passed >= fate.holdAfter) answer.pause();
			});
			answer.on('end', () => response.end());
			answer.on('error', () => {}).on('close', () => answer.complete || response.destroy());
		});
		response.on('close', () => behind.destroy());
		behind.on('error', () => response.destroy()).end();
	}

	const server = createServer((request, response) => {
		if (request.url !== '/graphql') file(request, response);
		else question(request, response).catch(() => response.destroy());
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		asked,
		files,
		ranges,
		async close() {
			server.closeAllConnections();
			server.close();
			await once(server, 'close');
		},
	};
}

const give = (response: ServerResponse, { status = 200, headers, text }: Given) =>
	void response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(text);
