import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy to a database that can be blocked: open connections break, and new ones are refused. */
export async function openBlockableProxy(url: string) {
	const { hostname, port } = new URL(url);
	const sockets = new Set<Socket>();
	let isOpen = true;
	const server = createServer((near) => {
		if (!isOpen) {
			near.destroy();
			return;
		}
		const far = connect(Number(port), hostname);
		for (const [one, other] of [
			[near, far],
			[far, near],
		] as const) {
			sockets.add(one);
			one
				.on('error', () => {})
				.on('close', () => {
					sockets.delete(one);
					other.destroy();
				});
			one.pipe(other);
		}
	}).listen(0, '127.0.0.1');
	await once(server, 'listening');
	const own = server.address() as { port: number };
	const drop = () => {
		for (const socket of sockets) socket.destroy();
	};
	return {
		url: Object.assign(new URL(url), { hostname: '127.0.0.1', port: own.port }).href,
		async shut() {
			isOpen = false;
			drop();
		},
		async open() {
			isOpen = true;
		},
		async close() {
			drop();
			server.close();
		},
	};
}
