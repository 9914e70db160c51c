import { EventEmitter, once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A way to a database server on which what is asked can be read and changed, and what is answered kept back. */
export interface Relay {
	/** The server's URL by this way. */
	readonly url: string;
	/** Everything that was asked since the last call of hold() or change(), as text. */
	asked(): string;
	/** Resolves once so much has been asked. @throws Error after ten seconds. */
	untilAsked(text: string): Promise<void>;
	/** Keeps all answers back from now on. */
	hold(): void;
	/** Lets them pass, and all that follow. */
	release(): void;
	/** Writes `to` wherever `from` is asked from now on; both of the same length. */
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
