import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Returns the answer to send for a page of leaves, changed or not; null cuts the connection. */
export type OnPage = (page: number, answer: string) => Promise<string | null> | string | null;

/** A proxy before the API that changes pages of leaves with `onPage`. */
export interface AuditProxy {
	readonly url: string;
	/** The first index of each page that was requested. */
	readonly asked: readonly number[];
	close(): void;
}

/** `onOther` returns the answer to send for every other request. */
export async function startAuditProxy(
	api: string,
	onPage: OnPage,
	onOther: (answer: string) => Promise<string> | string = (answer) => answer,
): Promise<AuditProxy> {
	const asked: number[] = [];
	async function pass(request: IncomingMessage, response: ServerResponse): Promise<void> {
		const pieces: Buffer[] = [];
		for await (const piece of request) pieces.push(piece as Buffer);
		const body = Buffer.concat(pieces).toString();
		const answer = await fetch(`${api}${request.url}`, {
			method: 'POST',
			headers: { 'content-type': 'application/json', authorization: request.headers.authorization ?? '' },
			body,
		});
		const text = await answer.text();
		const isPage = body.includes('AuditLeaves');
		if (isPage) asked.push(JSON.parse(body).variables.fromIndex);
		const changed = isPage ? await onPage(asked.length, text) : await onOther(text);
		if (changed === null) response.destroy();
		else response.writeHead(answer.status, { 'content-type': 'application/json' }).end(changed);
	}
	const server: Server = createServer((request, response) => {
		pass(request, response).catch(() => response.destroy());
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		asked,
		close: () => void server.close(),
	};
}
