// test/support/fault-proxy.ts disturbs all traffic of a network. This proxy reads requests, so that each file request can have its own fate.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What happens to the bytes of one connection in one direction. */
interface Fate {
	/** The number of bytes to pass on before the connection is cut. */
	readonly cutAfter?: number;
	/** The number of bytes after which the connection pauses, until resume() or cut(). */
	readonly holdAfter?: number;
	/** Called when the connection pauses or is cut. */
	readonly onReached?: () => void;
}

export interface FileProxy {
	readonly url: string;
	/** The heads of the file requests, in order. */
	readonly heads: string[];
	/** The fates of the next file requests and their answers. Later ones pass unchanged. */
	readonly fates: { readonly request?: Fate; readonly answer?: Fate }[];
	/** Pauses the next file request, or its answer, after `bytes` bytes. Resolves when it pauses. */
	hold(side: 'request' | 'answer', bytes: number): Promise<void>;
	/** Resumes every paused connection. */
	resume(): void;
	/** Cuts every paused connection. */
	cut(): void;
	close(): Promise<void>;
}

/** Starts a proxy that passes bytes on to a server, and cuts or pauses the connections of files as `fates` says. */
export async function startProxy(upstream: string): Promise<FileProxy> {
	const { hostname, port } = new URL(upstream);
	const heads: string[] = [];
	const fates: FileProxy['fates'] = [];
	const held = new Set<Socket>();
	const open = new Set<Socket>();
	const server: Server = createServer((client) => {
		const behind = connect(Number(port), hostname);
		for (const socket of [client, behind]) {
			open.add(socket);
			socket.on('error', () => {}).on('close', () => open.delete(socket));
		}
		client.once('data', (first) => {
			const head = first.toString('latin1').split('\r\n\r\n', 1)[0] ?? '';
			const isOfFile = /^\w+ \/documents\//.test(head);
			if (isOfFile) heads.push(head);
			const fate = (isOfFile && fates.shift()) || {};
			pass(client, behind, fate.request ?? {}, held);
			pass(behind, client, fate.answer ?? {}, held);
			client.emit('data', first);
		});
	});
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	const release = (how: (socket: Socket) => void) => {
		const sockets = [...held];
		held.clear();
		sockets.forEach(how);
	};
	return {
		url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
		heads,
		fates,
		hold: (side, bytes) =>
			new Promise((resolve) => {
				fates.push({ [side]: { holdAfter: bytes, onReached: resolve } });
			}),
		resume: () => release((socket) => socket.resume()),
		cut: () => release((socket) => socket.resetAndDestroy()),
		async close() {
			for (const socket of open) socket.destroy();
			server.close();
			await once(server, 'close');
		},
	};
}

/** A cut resets the sender's connection. The bytes that were passed on before still arrive. */
function pass(from: Socket, to: Socket, { cutAfter, holdAfter, onReached }: Fate, held: Set<Socket>): void {
	let passed = 0;
	let wasHeld = false;
	from.on('data', (piece: Buffer) => {
		const isCut = cutAfter !== undefined && passed + piece.length >= cutAfter;
		const rest = isCut ? piece.subarray(0, cutAfter - passed) : piece;
		passed += rest.length;
		const isFull = !to.write(rest);
		if (isCut) {
			from.pause();
			to.end(() => {
				from.resetAndDestroy();
				onReached?.();
			});
		} else if (holdAfter !== undefined && !wasHeld && passed >= holdAfter) {
			wasHeld = true;
			from.pause();
			held.add(from);
			onReached?.();
		} else if (isFull) {
			from.pause();
			to.once('drain', () => from.resume());
		}
	});
	from.on('end', () => to.end());
	// A sender that has sent everything may close before a slow reader has received it.
	from.on('close', () => from.readableEnded || to.destroy());
}
