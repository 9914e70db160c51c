import type { EntryDraft } from '../audit/index.ts';
import { auditUnavailableError } from './audit-unavailable.ts';

/** A draft with what it got when it was appended; boot and sequence come with its batch. */
export interface StampedDraft {
	readonly draft: EntryDraft;
	readonly id: string;
	readonly at: string;
}

/** One append() call that has no answer yet. The first answer counts, later ones do nothing. */
export interface PendingAppend {
	readonly entries: readonly StampedDraft[];
	resolve(): void;
	reject(error: Error): void;
}

export interface AppendQueue {
	/** The promise settles with the caller's answer: `deadline` milliseconds from now at the latest. */
	add(entries: readonly StampedDraft[]): Promise<void>;
	/** Takes callers out, the longest waiting first, one for each step: from then on its entries may be written. */
	take(): Iterable<PendingAppend>;
	/** Entries that wait and are in no batch. */
	entries(): number;
	/** Resolves when every caller who has entered so far has an answer. */
	allAnswered(): Promise<void>;
}

/** First come, first served. Who leaves at the deadline before a batch took its entries leaves nothing to be written. */
export function createAppendQueue(deadline: number): AppendQueue {
	/** In order of arrival; a Set, so that leaving from the middle is cheap. */
	const queue = new Set<PendingAppend>();
	const unanswered = new Set<Promise<void>>();
	let entries = 0;

	function leave(caller: PendingAppend): void {
		if (queue.delete(caller)) entries -= caller.entries.length;
	}

	function enter(arriving: readonly StampedDraft[]): Promise<void> {
		const { promise, resolve, reject } = Promise.withResolvers<void>();
		const timer = setTimeout(() => {
			leave(caller);
			caller.reject(auditUnavailableError());
		}, deadline);
		const answered = () => {
			clearTimeout(timer);
			unanswered.delete(promise);
		};
		const caller: PendingAppend = {
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

	function* take(): Generator<PendingAppend> {
		for (const caller of queue) {
			leave(caller);
			yield caller;
		}
	}

	return {
		add: enter,
		take,
		entries: () => entries,
		async allAnswered() {
			await Promise.allSettled(unanswered);
		},
	};
}
