import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What becomes of a page of leaves: the answer as it is, or another; null: the connection is cut. */
export type OnPage = (page: number, answer: string) => Promise<string | null> | string | null;

/** Stands before the API, and changes pages of leaves as `onPage` says. */
export interface AuditProxy {
	readonly url: string;
	/** What pages were asked for, by their first index. */
	readonly asked: readonly number[];
	close(): void;
}

/** `onOther`: what becomes of any other answer. */
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
