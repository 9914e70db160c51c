import type { EntryDraft } from '../audit/index.ts';
import { unavailable } from './unavailable.ts';

/** A draft with what it got when it was appended; boot and sequence come with its batch. */
export interface Stamped {
	readonly draft: EntryDraft;
	readonly id: string;
	readonly at: string;
}

/** One append() call that has no answer yet. The first answer counts, later ones do nothing. */
export interface Waiting {
	readonly entries: readonly Stamped[];
	resolve(): void;
	reject(error: Error): void;
}

export interface WaitingRoom {
	/** The promise settles with the caller's answer: `deadline` milliseconds from now at the latest. */
	enter(entries: readonly Stamped[]): Promise<void>;
	/** Takes callers out, the longest waiting first, one for each step: from then on its entries may be written. */
	take(): Iterable<Waiting>;
	/** Entries that wait and are in no batch. */
	entries(): number;
	/** Resolves when every caller who has entered so far has an answer. */
	everyoneAnswered(): Promise<void>;
}

/** First come, first served. Who leaves at the deadline before a batch took its entries leaves nothing to be written. */
export function createWaitingRoom(deadline: number): WaitingRoom {
	/** In order of arrival; a Set, so that leaving from the middle is cheap. */
	const queue = new Set<Waiting>();
	const unanswered = new Set<Promise<void>>();
	let entries = 0;

	function leave(caller: Waiting): void {
		if (queue.delete(caller)) entries -= caller.entries.length;
	}

	function enter(arriving: readonly Stamped[]): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const timer = setTimeout(() => {
			leave(caller);
			caller.reject(unavailable());
		}, deadline);
		const answered = () => {
			clearTimeout(timer);
			unanswered.delete(promise);
		};
		const caller: Waiting = {
			entries: arriving,
			resolve() {
				answered();
				resolve();
			},
			reject(error) {
				answered();
				reject(error);
			},
		};
		queue.add(caller);
		unanswered.add(promise);
		entries += arriving.length;
		return promise;
	}

	function* take(): Generator<Waiting> {
		for (const caller of queue) {
			leave(caller);
			yield caller;
		}
	}

	return {
		enter,
		take,
		entries: () => entries,
		async everyoneAnswered() {
			await Promise.allSettled(unanswered);
		},
	};
}
