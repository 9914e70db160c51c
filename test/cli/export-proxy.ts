import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse, request as send } from 'node:http';
import type { AddressInfo } from 'node:net';

/** An answer, as it is to be given instead. */
export interface Given {
	readonly status?: number;
	readonly headers?: Readonly<Record<string, string>>;
	readonly text: string;
}

/** How a query is answered. Null: the connection is cut; `hold`: it is never answered. */
export type Fate = Given | null | 'hold';

/** Stands before the API, and answers queries and files as its options say. */
export interface ExportProxy {
	readonly url: string;
	/** Questions so far, each with its variables. */
	readonly asked: { readonly query: string; readonly variables: Readonly<Record<string, unknown>> }[];
	/** Paths of files that were asked for, and the range of each. */
	readonly files: string[];
	readonly ranges: (string | undefined)[];
	close(): Promise<void>;
}

export interface ProxyOptions {
	/** Of each question; `count` is its number, from 1. */
	readonly onQuestion?: (count: number, answer: Given, query: string) => Fate | Promise<Fate>;
	/** Of each file; null: as it is. */
	readonly onFile?: (count: number, path: string) => FileFate | null;
}

export interface FileFate {
	/** The whole answer. */
	readonly given?: Given;
	/** Bytes after which it stands still. */
	readonly holdAfter?: number;
	/** Changes what goes by. */
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
