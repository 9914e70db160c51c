import type { EntryDraft } from '../audit/index.ts';
import { FirmsealError } from '../errors.ts';

/** The answer is the same if the log is full, slow, closing or away: only the operator's metrics say which. */
export function auditUnavailableError(): FirmsealError {
	return new FirmsealError('AUDIT_UNAVAILABLE', 'The audit log cannot be written at the moment: try again shortly.');
}

/** A draft with the id and the time that it got when it was appended. Its batch adds boot and sequence. */
export interface StampedDraft {
	readonly draft: EntryDraft;
	readonly id: string;
	readonly at: string;
}

/** One append() call without an answer yet. Only the first answer counts; later ones do nothing. */
export interface PendingAppend {
	readonly entries: readonly StampedDraft[];
	resolve(): void;
	reject(error: Error): void;
}

export interface AppendQueue {
	/** The promise settles with the caller's answer, at most `deadline` milliseconds from now. */
	add(entries: readonly StampedDraft[]): Promise<void>;
	/** Removes callers from the queue, the longest waiting first, one for each step. From then on the caller's entries may be written. */
	take(): Iterable<PendingAppend>;
	/** Number of entries that wait and are in no batch. */
	entries(): number;
	/** Resolves when every caller that is in the queue now has an answer. */
	allAnswered(): Promise<void>;
}

/** First come, first served. If a caller reaches its deadline before a batch takes its entries, they are never written. */
export function createAppendQueue(deadline: number): AppendQueue {
	/** In order of arrival. A Set, so that removing a caller from the middle is cheap. */
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
