import type { ApiFetch } from '../api/index.ts';
import { reportConnection } from '../api/status.ts';

/** What GET /events tells: that something changed, never what it says. */
export interface FirmsealEvent {
	readonly kind: string;
	readonly id?: string;
	readonly firmId?: string;
	readonly type?: string;
}

type Listener = (event: FirmsealEvent) => void;

/** Milliseconds before the stream is opened again after it broke. */
const PAUSE = 2_000;
/** The server ends a stream for good. The next attempt says why, so it comes at once. */
const REFUSED = /^event: end\ndata: .*"(?:UNAUTHENTICATED|FORBIDDEN)"/m;
/** Milliseconds without a byte after which the stream counts as dead: the server sends a comment every 15 seconds. */
const SILENCE = 35_000;

/** Reads GET /events as long as the page is open, and opens it again when it ends. */
export class EventFeed {
	readonly #listeners = new Set<Listener>();
	readonly #apiFetch: ApiFetch;

	constructor(apiFetch: ApiFetch) {
		this.#apiFetch = apiFetch;
	}

	subscribe(listener: Listener): () => void {
		this.#listeners.add(listener);
		return () => this.#listeners.delete(listener);
	}

	/** Returns a function that stops it. */
	start(): () => void {
		const stopping = new AbortController();
		void this.#run(stopping.signal);
		return () => stopping.abort();
	}

	async #run(signal: AbortSignal): Promise<void> {
		while (!signal.aborted) {
			let isRefused = false;
			try {
				isRefused = await this.#read(signal);
			} catch {
				// The status bar says so, and the next attempt follows.
			}
			if (!signal.aborted && !isRefused) await new Promise((resolve) => setTimeout(resolve, PAUSE));
		}
	}

	/** Whether the server has ended the stream for good. */
	async #read(signal: AbortSignal): Promise<boolean> {
		const answer = await this.#apiFetch('/events', { isRead: true, signal, headers: { accept: 'text/event-stream' } });
		if (answer.status === 401 || answer.status === 403) this.#announce({ kind: 'end' });
		if (!answer.ok || !answer.body) return false;
		const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
		const giveUp = () => void reader.cancel().catch(() => undefined);
		let rest = '';
		let isRefused = false;
		for (let part = await within(reader.read(), giveUp); !part.done; part = await within(reader.read(), giveUp)) {
			// The last request may have failed for a reason of its own.
			reportConnection(true);
			const messages = (rest + part.value).split('\n\n');
			rest = messages.pop() ?? '';
			for (const message of messages) {
				this.#tell(message);
				isRefused ||= REFUSED.test(message);
			}
		}
		return isRefused;
	}

	#tell(message: string): void {
		const data = /^data: ?(.*)$/m.exec(message)?.[1];
		const kind = /^event: ?(.*)$/m.exec(message)?.[1];
		if (data === undefined) return;
		const event: FirmsealEvent = { kind: kind ?? 'message', ...JSON.parse(data) };
		this.#announce(event);
	}

	#announce(event: FirmsealEvent): void {
		for (const listener of this.#listeners) listener(event);
	}
}

/** Waits for a part of the stream; gives it up once the computer is offline, or after too long a silence: no error says that a stream is dead. */
async function within<Part>(reading: Promise<Part>, giveUp: () => void): Promise<Part> {
	const timer = setTimeout(giveUp, SILENCE);
	addEventListener('offline', giveUp);
	try {
		return await reading;
	} finally {
		clearTimeout(timer);
		removeEventListener('offline', giveUp);
	}
}
