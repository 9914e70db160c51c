import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What a proxy does with one connection. */
export interface Fate {
	/** Bytes of the answer, or of the request, after which it is cut. */
	readonly cutAnswerAfter?: number;
	readonly cutRequestAfter?: number;
	/** Bytes of the request, or of the answer, after which it stands still until `goOn` is called. */
	readonly holdRequestAfter?: number;
	readonly holdAnswerAfter?: number;
	/** Called when it stands still or is cut. */
	readonly onReached?: () => void;
}

export interface FileProxy {
	readonly url: string;
	/** The heads of the requests that were passed on, in order. */
	readonly heads: string[];
	/** What becomes of the next connections for files; the rest go through. */
	readonly fates: Fate[];
	/** Lets everything go on that stands still. */
	goOn(): void;
	/** Cuts everything that stands still. */
	cut(): void;
	close(): Promise<void>;
}

/** Passes bytes on to a server, and cuts or holds connections as it is told; those for /graphql go through. */
export async function startProxy(upstream: string): Promise<FileProxy> {
	const heads: string[] = [];
	const fates: Fate[] = [];
	const held = new Set<Socket>();
	const open = new Set<Socket>();
	const { hostname, port } = new URL(upstream);
	const server: Server = createServer((client) => {
		const behind = connect(Number(port), hostname);
		for (const socket of [client, behind]) {
			open.add(socket);
			socket.on('error', () => {}).on('close', () => open.delete(socket));
		}
		client.once('data', (first) => {
			const head = first.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
			const isOfFiles = /^\w+ \/documents\//.test(head);
			if (isOfFiles) heads.push(head);
			const fate = (isOfFiles && fates.shift()) || {};
			const cut = () => {
				client.resetAndDestroy();
				behind.resetAndDestroy();
				fate.onReached?.();
			};
			pass(client, behind, { cutAfter: fate.cutRequestAfter, holdAfter: fate.holdRequestAfter });
			pass(behind, client, { cutAfter: fate.cutAnswerAfter, holdAfter: fate.holdAnswerAfter });
			client.emit('data', first);

			function pass(
				from: Socket,
				to: Socket,
				{ cutAfter, holdAfter }: { cutAfter?: number | undefined; holdAfter?: number | undefined },
			) {
				let passed = 0;
				let isHeld = false;
				from.on('data', (piece: Buffer) => {
					const isCut = cutAfter !== undefined && passed + piece.length >= cutAfter;
					const rest = isCut ? piece.subarray(0, cutAfter - passed) : piece;
					passed += rest.length;
					const isFull = !to.write(rest, () => isCut && cut());
					if (isCut) from.pause();
					else if (holdAfter !== undefined && !isHeld && passed >= holdAfter) {
						isHeld = true;
						from.pause();
						held.add(from);
						fate.onReached?.();
					} else if (isFull) {
						from.pause();
						to.once('drain', () => from.resume());
					}
				});
				from.on('end', () => to.end());
				from.on('close', () => to.destroy());
			}
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		heads,
		fates,
		goOn() {
			for (const socket of held) socket.resume();
			held.clear();
		},
		cut() {
			for (const socket of held) socket.resetAndDestroy();
			held.clear();
		},
		async close() {
			for (const socket of open) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}
