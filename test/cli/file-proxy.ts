// Not test/support/fault-proxy.ts: that troubles a whole network, whatever goes over it; this one reads requests, and each for a file gets a
// fate of its own.
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** What becomes of the bytes of one connection, in one direction. */
interface Fate {
	/** Bytes that are passed on before it is cut. */
	readonly cutAfter?: number;
	/** Bytes after which it stands still, until all that stand still go on or are cut. */
	readonly holdAfter?: number;
	/** Called when it stands still or is cut. */
	readonly onReached?: () => void;
}

export interface FileProxy {
	readonly url: string;
	/** The heads of the requests for files that were passed on, in order. */
	readonly heads: string[];
	/** What becomes of the next requests for files, and of their answers; the rest go through. */
	readonly fates: { readonly request?: Fate; readonly answer?: Fate }[];
	/** Lets the next request for a file stand still after so many bytes, or its answer; resolves when it does. */
	hold(side: 'request' | 'answer', bytes: number): Promise<void>;
	/** Lets everything go on that stands still. */
	resume(): void;
	/** Cuts everything that stands still. */
	cut(): void;
	close(): Promise<void>;
}

/** Passes bytes on to a server, and cuts or holds the connections of files as `fates` says. */
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

/** Who cuts hangs up on the sender; what has been passed on still arrives. */
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
	// Whoever has sent everything may be gone before a slow reader has got it.
	from.on('close', () => from.readableEnded || to.destroy());
}
