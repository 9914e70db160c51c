import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

export interface SeenByServer {
	readonly reason?: string;
	readonly firm?: { name: string };
	readonly openings?: { readonly nodes: object[] };
}

/** A proxy before the API that passes each answer with a lease to `change`. `time` counts these answers from 1. */
export async function lyingBefore(api: string, change: (lease: SeenByServer, time: number) => unknown) {
	let [asked, shown] = [0, 0];
	async function forward(request: IncomingMessage, answer: ServerResponse): Promise<void> {
		const {
			method,
			url,
			headers: { authorization = '' },
		} = request;
		asked += 1;
		const headers = { authorization, 'content-type': 'application/json' };
		const body = await text(request);
		const response = await fetch(new URL(url ?? '/', api), { method: method ?? 'POST', headers, body });
		const parsed = (await response.json()) as { data?: { breakGlassLease?: SeenByServer } };
		const lease = parsed.data?.breakGlassLease;
		if (lease) {
			shown += 1;
			change(lease, shown);
		}
		answer.writeHead(response.status, { 'content-type': 'application/json' }).end(JSON.stringify(parsed));
	}
	const server = createServer((request, answer) => void forward(request, answer));
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		get asked() {
			return asked;
		},
		[Symbol.asyncDispose]: () => new Promise<void>((resolve) => server.close(() => resolve())),
	};
}
