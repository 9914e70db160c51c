import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { listen } from './listen.ts';

/** Faults of a network. {} is a network without faults. */
export interface Fault {
	/** Delay in milliseconds, in each direction. */
	readonly latency?: number;
	/** Limit for each connection, in each direction. */
	readonly bytesPerSecond?: number;
	/** Stops listening, and resets open connections. */
	readonly refuse?: true;
	/**
	 * `hang`: no more bytes pass, without a notice. `reset`: resets every connection, also new ones. It starts at once or after `after`
	 * bytes of requests or answers since set(), counted over all connections, or for `each` one. `once`: the fault ends after one time.
	 */
	readonly end?: {
		readonly by: 'hang' | 'reset';
		readonly of?: Way;
		readonly after?: number;
		readonly each?: true;
		readonly once?: true;
	};
}

type Way = 'requests' | 'answers';

/** A TCP proxy on this machine with settable network faults. */
export interface FaultProxy {
	/** Without a trailing slash. */
	readonly url: string;
	/** Sets the fault. Hanging connections are reset, so that none of their bytes arrive late. */
	set(fault: Fault): Promise<void>;
	/** The number of accepted connections. */
	connections(): number;
	/** Bytes that have passed since set(). */
	passed(way: Way): number;
	stop(): Promise<void>;
}

/** Maximum bytes in flight, in each direction of a connection. */
const MAX_IN_FLIGHT = 512 * 1024;

export async function startFaultProxy(upstream: string): Promise<FaultProxy> {
	const to = new URL(upstream);
	const open = new Set<Socket>();
	let fault: Fault = {};
	let changed = Promise.withResolvers<void>();
	let passed = { requests: 0, answers: 0 };
	let passedOf = new WeakMap<Socket, typeof passed>();
	let taken = 0;
	let server: Server | null = null;
	let port: number | undefined;

	const begin = async (): Promise<void> => {
		server = createServer({ allowHalfOpen: true }, take);
		port = await listen(server, port);
	};
	const resetAll = () => {
		for (const socket of open) socket.resetAndDestroy();
	};
	const close = async (): Promise<void> => {
		const closing = server;
		server = null;
		resetAll();
		if (closing) await new Promise((resolve) => closing.close(resolve));
	};

	const countOf = (client: Socket) => {
		const count = passedOf.get(client) ?? { requests: 0, answers: 0 };
		passedOf.set(client, count);
		return count;
	};

	/** The number of bytes that may pass before the fault ends the connection. */
	const room = (client: Socket, way: Way): number => {
		const { end } = fault;
		if (!end) return Number.POSITIVE_INFINITY;
		const { of = 'requests', after = 0, each = false } = end;
		const left = after - (each ? countOf(client) : passed)[of];
		if (left <= 0) return 0;
		return of === way ? left : Number.POSITIVE_INFINITY;
	};

	/** Passes a chunk on, as far as the fault allows. */
	async function pass(piece: Buffer, client: Socket, way: Way, target: Socket, due: number): Promise<void> {
		await delay(Math.max(0, due - performance.now()));
		for (let left = piece; left.length > 0 && !client.destroyed && !target.destroyed; ) {
			const now = left.subarray(0, room(client, way));
			if (now.length > 0) {
				passed[way] += now.length;
				countOf(client)[way] += now.length;
				left = left.subarray(now.length);
				const { bytesPerSecond } = fault;
				if (bytesPerSecond) await delay((now.length / bytesPerSecond) * 1_000);
				if (!target.write(now)) await Promise.race([once(target, 'drain'), once(target, 'close')]);
			} else if (fault.end?.by === 'reset') {
				if (fault.end.each) client.resetAndDestroy();
				else resetAll();
				if (fault.end.once) fault = {};
				return;
			} else await changed.promise;
		}
	}

	async function pump(client: Socket, way: Way, from: Socket, target: Socket): Promise<void> {
		let sending = Promise.resolve();
		let waiting = 0;
		for await (const piece of from) {
			const due = performance.now() + (fault.latency ?? 0);
			waiting += piece.length;
			sending = sending.then(() => pass(piece, client, way, target, due));
			sending = sending.finally(() => {
				waiting -= piece.length;
			});
			sending.catch(() => {});
			if (waiting > MAX_IN_FLIGHT) await sending;
		}
		await sending;
		target.end();
	}

	function take(client: Socket): void {
		taken++;
		open.add(client);
		client.once('close', () => open.delete(client));
		client.on('error', () => {});
		if (fault.end?.by === 'reset' && room(client, 'requests') === 0) {
			client.resetAndDestroy();
			return;
		}
		const service = connect({ host: to.hostname, port: Number(to.port), allowHalfOpen: true });
		service.on('error', () => client.resetAndDestroy());
		client.once('close', () => service.destroy());
		// Bytes that the service sent before it closed are still in flight.
		service.once('close', () => service.readableEnded || client.destroy());
		pump(client, 'requests', client, service).catch(() => service.destroy());
		pump(client, 'answers', service, client).catch(() => client.destroy());
	}

	await begin();
	return {
		url: `http://127.0.0.1:${port}`,
		async set(next) {
			const { end } = fault;
			if (end?.by === 'hang' || (next.end?.by === 'reset' && !next.end.after)) resetAll();
			fault = next;
			passed = { requests: 0, answers: 0 };
			passedOf = new WeakMap();
			changed.resolve();
			changed = Promise.withResolvers();
			if (next.refuse) await close();
			else if (!server) await begin();
		},
		connections: () => taken,
		passed: (way) => passed[way],
		async stop() {
			changed.resolve();
			await close();
		},
	};
}
