import type { Person } from './person.ts';

export interface StreamMessage {
	readonly event: string;
	// biome-ignore lint/suspicious/noExplicitAny: tests read whatever the event has
	readonly data: any;
}

/** An open stream of GET /events. */
export interface EventListener {
	readonly status: number;
	readonly headers: Headers;
	/** Everything received so far. */
	text(): string;
	/** The next message. */
	next(): Promise<StreamMessage>;
	/** The messages before the next heartbeat, which a test's clock brings about. */
	untilBeat(): Promise<StreamMessage[]>;
	/** The messages until the server ends the stream. */
	untilEnd(): Promise<StreamMessage[]>;
	close(): void;
}

/** Opens a stream and reads it like a browser that uses fetch. The first message, a resync, is left to the caller. */
export async function listenTo(
	url: string,
	token: Person | null,
	headers: Readonly<Record<string, string>> = {},
): Promise<EventListener> {
	const leaving = new AbortController();
	const response = await fetch(`${url}/events`, {
		headers: { ...headers, ...(token && { authorization: `Bearer ${token}`, accept: 'text/event-stream' }) },
		signal: leaving.signal,
	});
	const reader = response.body?.pipeThrough(new TextDecoderStream()).getReader();
	let received = '';
	let rest = '';
	/** The next block between empty lines; null at the end. */
	async function nextBlock(): Promise<string | null> {
		while (!rest.includes('\n\n')) {
			const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
			if (done) return null;
			received += value;
			rest += value;
		}
		const [block = '', ...others] = rest.split('\n\n');
		rest = others.join('\n\n');
		return block;
	}
	async function until(isLast: (block: string | null) => boolean): Promise<StreamMessage[]> {
		const messages: StreamMessage[] = [];
		for (;;) {
			const block = await nextBlock();
			if (isLast(block)) return messages;
			if (block === null) throw new Error(`the stream ended: ${received}`);
			const message = messageOf(block);
			if (message) messages.push(message);
		}
	}
	return {
		status: response.status,
		headers: response.headers,
		text: () => received,
		async next() {
			for (;;) {
				const block = await nextBlock();
				if (block === null) throw new Error(`the stream ended: ${received}`);
				const message = messageOf(block);
				if (message) return message;
			}
		},
		untilBeat: () => until((block) => block?.startsWith(':') ?? false),
		untilEnd: () => until((block) => block === null),
		close: () => leaving.abort(),
	};
}

/** Null for a block that is no message, such as the time before a new attempt. */
function messageOf(block: string): StreamMessage | null {
	const fields = new Map(block.split('\n').map((line) => line.split(/: (.*)/s, 2) as [string, string]));
	const event = fields.get('event');
	return event === undefined ? null : { event, data: JSON.parse(fields.get('data') ?? 'null') };
}
