import { type BackgroundTask, type Clock, type LoopLog, runLoops } from '../../clock/index.ts';
import type { EventStream } from './event-stream.ts';
import type { EventReader } from './read-events.ts';

/** Milliseconds between two reads of new events. */
const PERIOD = 500;
/** Milliseconds after which events may have been deleted before they were read: half the time for which the worker keeps them. */
const MAX_PAUSE = 30_000;
/** Milliseconds between two comments in a stream without events. */
const HEARTBEAT = 15_000;
/** Streams whose rights are read at the same time, so that requests of others find a free connection. */
const LANES = 2;

export interface EventFeedOptions {
	readonly clock: Clock;
	readonly reader: EventReader;
	readonly logger: LoopLog;
}

/** The open streams of one plane, and the loop that reads new events for all of them. Without a stream it reads nothing. */
export class EventFeed implements BackgroundTask {
	readonly #clock: Clock;
	readonly #reader: EventReader;
	readonly #streams = new Set<EventStream>();
	readonly #loops: BackgroundTask;
	#position: string | null = null;
	#readAt = 0;
	/** Whether events may be missing, because a read failed. */
	#hasMissed = false;
	#isDraining = false;
	/** Reads one after the other. */
	#last: Promise<unknown> = Promise.resolve();

	constructor({ clock, reader, logger }: EventFeedOptions) {
		this.#clock = clock;
		this.#reader = reader;
		const loops = [
			{
				name: 'reading events',
				failure: 'events could not be read: retrying',
				period: PERIOD,
				after: PERIOD,
				ref: false,
				step: () => this.#step(),
			},
			{
				name: 'keeping event streams open',
				period: HEARTBEAT,
				after: HEARTBEAT,
				ref: false,
				step: async () => {
					for (const stream of this.#streams) stream.beat();
					return false;
				},
			},
		];
		this.#loops = runLoops(loops, { clock, logger });
	}

	get size(): number {
		return this.#streams.size;
	}

	/**
	 * Adds a stream, and greets it once nothing can be missed any more: what the client reads after the greeting is newer than the position.
	 * @throws DatabaseError, AUDIT_UNAVAILABLE if the database doesn't answer
	 */
	async add(stream: EventStream, open: () => void): Promise<void> {
		this.#streams.add(stream);
		try {
			await this.#inTurn(() => this.#start());
		} catch (error) {
			this.#streams.delete(stream);
			throw error;
		}
		if (!this.#streams.has(stream)) return;
		open();
		stream.greet();
		if (this.#isDraining) stream.end('DRAINING');
	}

	remove(stream: EventStream): void {
		this.#streams.delete(stream);
	}

	/** Ends all streams, because the server stops. Their clients connect again. */
	drain(): void {
		this.#isDraining = true;
		for (const stream of this.#streams) stream.end('DRAINING');
	}

	stop(): Promise<void> {
		return this.#loops.stop();
	}

	async #step(): Promise<false> {
		if (this.#streams.size === 0) {
			this.#position = null;
			this.#hasMissed = false;
			return false;
		}
		try {
			await this.#inTurn(() => this.#read());
		} finally {
			await this.#flushAll();
		}
		return false;
	}

	async #start(): Promise<void> {
		// The process may have been paused.
		if (this.#position !== null && this.#clock.now() - this.#readAt > MAX_PAUSE) {
			this.#position = null;
			this.#hasMissed = true;
		}
		if (this.#position !== null) return;
		const began = this.#clock.now();
		this.#position = await this.#reader.position();
		this.#readAt = began;
	}

	async #read(): Promise<void> {
		try {
			await this.#start();
			const firms = new Set([...this.#streams].flatMap(({ principal: p }) => (p.kind === 'firm' ? [p.firm] : [])));
			const began = this.#clock.now();
			const { now, events, incomplete } = await this.#reader.read(this.#position as string, [...firms]);
			this.#position = now;
			this.#readAt = began;
			for (const stream of this.#streams) {
				const { principal } = stream;
				const firm = principal.kind === 'firm' ? principal.firm : null;
				for (const event of events) if (firm === null || event.firmId === firm) stream.add(event);
				if (this.#hasMissed || isIncomplete(incomplete, firm)) stream.resync();
			}
			this.#hasMissed = false;
		} catch (error) {
			this.#position = null;
			this.#hasMissed = true;
			throw error;
		}
	}

	async #flushAll(): Promise<void> {
		const rest = [...this.#streams];
		const lane = async () => {
			for (let stream = rest.pop(); stream; stream = rest.pop()) await stream.flush();
		};
		await Promise.all(Array.from({ length: LANES }, lane));
	}

	#inTurn<T>(work: () => Promise<T>): Promise<T> {
		const turn = this.#last.then(work);
		this.#last = turn.catch(() => {});
		return turn;
	}
}

/** `firm`: null for someone who sees all firms. */
const isIncomplete = (incomplete: ReadonlySet<string> | 'ALL', firm: string | null): boolean =>
	incomplete === 'ALL' || (firm === null ? incomplete.size > 0 : incomplete.has(firm));
