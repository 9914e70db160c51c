import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A relay to a database server that records and changes requests, and can hold back answers. */
export interface Relay {
	/** The server's URL through the relay. */
	readonly url: string;
	/** All requests since the last call of hold() or change(), as text. */
	asked(): string;
	/** Resolves when the requests contain this. @throws Error after ten seconds */
	untilAsked(text: string): Promise<void>;
	/** Holds back all answers from now on. */
	hold(): void;
	/** Passes on the held answers and all later ones. */
	release(): void;
	/** Replaces `from` by `to` in all requests from now on; both have the same length. */
	change(from: string, to: string): void;
	/** Resets all connections. */
	reset(): void;
	stop(): Promise<void>;
}

export async function startRelay(databaseUrl: string): Promise<Relay> {
	const to = new URL(databaseUrl);
	const sockets = new Set<Socket>();
	let asked = '';
	let held = Promise.resolve();
	let letGo = () => {};
	const heard = new EventEmitter();
	let changed: readonly [string, string] = ['', ''];

	const server = createServer((client) => {
		const service = connect({ host: to.hostname, port: Number(to.port) });
		for (const [socket, other] of [
			[client, service],
			[service, client],
		] as const) {
			sockets.add(socket);
			socket.on('error', () => other.destroy());
			socket.once('close', () => sockets.delete(socket) && other.destroy());
		}
		client.on('data', (bytes) => {
			const text = bytes.toString('latin1');
			asked += text;
			heard.emit('asked');
			service.write(Buffer.from(changed[0] ? text.replaceAll(...changed) : text, 'latin1'));
		});
		service.on('data', (bytes) => void held.then(() => client.write(bytes)));
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');

	const url = new URL(databaseUrl);
	url.host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
	return {
		url: url.href,
		asked: () => asked,
		async untilAsked(text) {
			while (!asked.includes(text)) await once(heard, 'asked');
		},
		hold() {
			asked = '';
			const gate = Promise.withResolvers<void>();
			held = gate.promise;
			letGo = gate.resolve;
		},
		release: () => letGo(),
		change(...texts) {
			asked = '';
			changed = texts;
		},
		reset() {
			for (const socket of sockets) socket.resetAndDestroy();
		},
		async stop() {
			letGo();
			for (const socket of sockets) socket.destroy();
			await new Promise((resolve) => server.close(resolve));
		},
	};
}
