import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import { listen } from './listen.ts';

/** One received request. */
export interface Received {
	readonly method: string;
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	readonly body: string;
	/** The message id in its header. */
	readonly id: string;
}

export type Answering = (request: Received, response: ServerResponse) => void;

/** A receiver of notices: an HTTP server on loopback that keeps its requests. */
export interface Receiver {
	readonly url: string;
	readonly port: number;
	readonly received: Received[];
	/** The maximum number of concurrent requests with the same id. */
	readonly mostAtATime: () => number;
	/** Sets the answer to later requests. */
	answer(how: Answering | number): void;
	close(): Promise<void>;
}

export async function openReceiver(port?: number): Promise<Receiver> {
	const received: Received[] = [];
	const open = new Map<string, number>();
	let most = 0;
	let answering: Answering = (_, response) => response.writeHead(204).end();
	const server: Server = createServer((request, response) => {
		const id = String(request.headers['webhook-id']);
		open.set(id, (open.get(id) ?? 0) + 1);
		most = Math.max(most, open.get(id) ?? 0);
		response.once('close', () => open.set(id, (open.get(id) ?? 1) - 1));
		let body = '';
		request.setEncoding('utf8').on('data', (text: string) => {
			body += text;
		});
		request.on('end', () => {
			const { method = '', url: path = '', headers } = request;
			const one = { method, path, headers, body, id };
			received.push(one);
			answering(one, response);
		});
	});
	const bound = await listen(server, port);
	return {
		port: bound,
		url: `http://127.0.0.1:${bound}/hooks/of-the-platform`,
		received,
		mostAtATime: () => most,
		answer(how) {
			answering = typeof how === 'number' ? (_, response) => response.writeHead(how).end() : how;
		},
		close() {
			server.closeAllConnections();
			return new Promise((resolve) => server.close(() => resolve()));
		},
	};
}
