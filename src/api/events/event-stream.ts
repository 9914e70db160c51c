import { type ChangeEvent, mayLearnOf, type Principal, rolesOf } from '../../access/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { EventWriter } from './event-writer.ts';

/** Milliseconds between two reads of the person's rights while something waits to be sent. */
const BETWEEN_CHECKS = 1_000;
/** The same while nothing waits. With the time between two steps of the feed, a stream ends within two seconds after the right has ended. */
const BETWEEN_IDLE_CHECKS = 1_500;
/** Milliseconds after which a stream ends if the rights can't be read. */
const MAX_UNCHECKED = 10_000;
/** Milliseconds between two resyncs: each makes the client read everything again. */
const BETWEEN_RESYNCS = 5_000;
/** Events that wait to be sent. For more, the client is told to read everything again. */
const MAX_PENDING = 500;

const REFUSALS: ReadonlySet<string> = new Set(['UNAUTHENTICATED', 'FORBIDDEN']);

export interface EventStreamOptions {
	readonly principal: Principal;
	readonly writer: Pick<EventWriter, 'send' | 'beat' | 'end'>;
	readonly now: () => number;
	/** The person's present rights. @throws FirmsealError UNAUTHENTICATED or FORBIDDEN if they have none. */
	readonly identify: () => Promise<Principal>;
	/** Leaves out the records that are not shared with the client of a portal user now. */
	readonly filterShared: (principal: Principal, events: readonly ChangeEvent[]) => Promise<readonly ChangeEvent[]>;
}

/**
 * One open stream. Before events are sent, the person's rights are read again, at most once a second. Events of one object that wait are sent once.
 */
export class EventStream {
	readonly #options: EventStreamOptions;
	readonly #pending = new Map<string, ChangeEvent>();
	#principal: Principal;
	/** The last attempt to read the rights, and the last success. */
	#triedAt: number;
	#provenAt: number;
	#needsResync = false;
	#resyncedAt: number;
	#hasEnded = false;

	constructor(options: EventStreamOptions) {
		this.#options = options;
		this.#principal = options.principal;
		this.#triedAt = this.#provenAt = this.#resyncedAt = options.now();
	}

	get principal(): Principal {
		return this.#principal;
	}

	/** The first message: the client reads what it shows. */
	greet(): void {
		this.#options.writer.send('resync', {});
	}

	add(event: ChangeEvent): void {
		if (this.#pending.size >= MAX_PENDING) {
			this.#pending.clear();
			this.resync();
		} else this.#pending.set(`${event.kind} ${event.type} ${event.id}`, event);
	}

	/** Events may be missing. */
	resync(): void {
		this.#needsResync = true;
	}

	beat(): void {
		this.#options.writer.beat();
	}

	end(reason: string): void {
		if (!this.#hasEnded) this.#options.writer.end(reason);
		this.#hasEnded = true;
	}

	/** Reads the rights if it is time, and sends what waits. Never rejects. */
	async flush(): Promise<void> {
		const now = this.#options.now();
		const isWaiting = this.#pending.size > 0 || this.#isResyncDue(now);
		if (this.#hasEnded || now - this.#triedAt < (isWaiting ? BETWEEN_CHECKS : BETWEEN_IDLE_CHECKS)) return;
		this.#triedAt = now;
		try {
			this.#setPrincipal(await this.#options.identify());
			if (this.#hasEnded) return;
			const events = [...this.#pending.values()].filter((event) => mayLearnOf(this.#principal, event));
			const visible = await this.#options.filterShared(this.#principal, events);
			this.#provenAt = now;
			this.#send(visible, now);
		} catch (error) {
			if (error instanceof FirmsealError && REFUSALS.has(error.code)) this.end(error.code);
			else if (now - this.#provenAt >= MAX_UNCHECKED) this.end('UNAVAILABLE');
		}
	}

	#isResyncDue(now: number): boolean {
		return this.#needsResync && now - this.#resyncedAt >= BETWEEN_RESYNCS;
	}

	/** A person who moved to another firm or client has no right to this stream. With other roles, they see other things. */
	#setPrincipal(principal: Principal): void {
		const before = this.#principal;
		if (scopeOf(before) !== scopeOf(principal)) {
			this.end('FORBIDDEN');
			return;
		}
		if (rolesOf(before).toSorted().join() !== rolesOf(principal).toSorted().join()) this.resync();
		this.#principal = principal;
	}

	#send(events: readonly ChangeEvent[], now: number): void {
		if (this.#hasEnded) return;
		this.#pending.clear();
		for (const { kind, type, id, firmId } of events)
			this.#options.writer.send(kind, { kind, ...(kind === 'RECORD' && { type }), id, firmId });
		if (!this.#isResyncDue(now)) return;
		this.#needsResync = false;
		this.#resyncedAt = now;
		this.#options.writer.send('resync', {});
	}
}

const scopeOf = (principal: Principal): string =>
	principal.kind === 'firm' ? `${principal.user} ${principal.firm} ${principal.client}` : principal.user;
