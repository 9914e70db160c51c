import { randomInt } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { isResponseOver } from '../response-over.ts';

/** Bytes that the reader has not taken yet. A reader who falls further behind is cut. */
const MAX_UNSENT = 64 * 1024;
/** Milliseconds after which a client connects again: spread, so that not all come at once after a restart. */
const RETRY = { min: 1_000, max: 4_000 } as const;

/** Writes server-sent events (HTML Standard, section 9.2) to an answer. Never waits for the reader. */
export class EventWriter {
	readonly #raw: ServerResponse;
	readonly #cut: () => void;
	#unsent = 0;
	#lastId = 0;
	#isOver = false;

	/** `cut` ends the answer of a reader who is too slow. */
	constructor(raw: ServerResponse, cut: () => void) {
		this.#raw = raw;
		this.#cut = cut;
	}

	/** Sends the head of the answer. `headers`: those that the server has set already. */
	open(headers: Readonly<Record<string, unknown>>): void {
		this.#raw.writeHead(200, {
			...headers,
			'content-type': 'text/event-stream',
			'cache-control': 'no-store',
			'x-accel-buffering': 'no',
		} as Record<string, string>);
		this.#write(`retry: ${retry()}\n\n`);
	}

	send(event: string, data: object): void {
		this.#lastId += 1;
		this.#write(`id: ${this.#lastId}\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
	}

	/** A comment, so that no proxy takes the stream for dead. */
	beat(): void {
		this.#write(': still here\n\n');
	}

	end(reason: string): void {
		if (this.#isOver) return;
		this.#write(`retry: ${retry()}\n\n`);
		this.send('end', { reason });
		this.#isOver = true;
		if (!isResponseOver(this.#raw)) this.#raw.end();
	}

	#write(text: string): void {
		if (this.#isOver || isResponseOver(this.#raw)) return;
		this.#unsent += text.length;
		this.#raw.write(text, () => {
			this.#unsent -= text.length;
		});
		if (this.#unsent <= MAX_UNSENT) return;
		this.#isOver = true;
		this.#cut();
	}
}

const retry = () => randomInt(RETRY.min, RETRY.max);
