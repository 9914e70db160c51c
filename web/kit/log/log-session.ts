import { sameBytes } from '../../../src/audit/verify/hash.ts';
import type { Sha256 } from '../../../src/audit/verify/log.ts';
import { acceptCheckpoint } from './accept-checkpoint.ts';
import { LogAlarm } from './alarm.ts';
import { compareLease, type LeaseCheck, type ShownLease } from './compare-lease.ts';
import type { KeptAlarm, KeptCheckpoint, KeptLog, KeptLogStore } from './kept-log.ts';
import { type LeafWalk, startWalk } from './leaf-walk.ts';
import { type LogSummary, summaryOf } from './log-summary.ts';
import type { OfferedLog } from './offered-log.ts';

export interface LogSessionOptions {
	readonly firm: string;
	readonly store: KeptLogStore;
	readonly sha256: Sha256;
	/** RFC 3339. */
	readonly now: () => string;
	/** Entries between two times at which what was read is kept. */
	readonly saveEvery?: number;
}

const MOST_HISTORY = 400;
const MOST_ALARMS = 20;
const SAVE_EVERY = 10_000;

/**
 * The check of one firm's log in one browser: begin(), accept(), add() until all entries are there, finish(). Whatever does not verify is a
 * LogAlarm, is kept as evidence, and never replaces what was kept before.
 */
export class LogSession {
	readonly #options: LogSessionOptions;
	#kept: KeptLog | null = null;
	#walk: LeafWalk | null = null;
	#saved = 0;
	/** Whether the walk goes on from entries of an earlier visit that no signed root has covered. */
	#isResumed = false;

	constructor(options: LogSessionOptions) {
		this.#options = options;
	}

	/** The size that this browser keeps, from which the API must prove that the log continues; null at first. */
	async begin(): Promise<number | null> {
		this.#walk = null;
		this.#kept = await this.#options.store.load(this.#options.firm);
		return this.#kept?.head.size ?? null;
	}

	/** Accepts the state that the server offers, and says from which entry on it is to be read. @throws LogAlarm */
	async accept(offered: OfferedLog, trustsOffered: boolean): Promise<{ readonly from: number; readonly size: number }> {
		const { firm, now, store } = this.#options;
		const kept = this.#kept;
		try {
			const { origin, head, vkeys } = await acceptCheckpoint(offered, { firm, kept, trustsOffered });
			const before = kept ?? { since: now(), history: [], verified: null, verifiedAt: null, begun: null, alarms: [] };
			this.#kept = { ...before, v: 1, firm, origin, vkeys, head, history: continued(before.history, head) };
			await store.save(this.#kept);
		} catch (error) {
			return this.#alarm(error, offered.checkpoint.note);
		}
		const { begun, verified, head } = this.#kept;
		this.#isResumed = begun !== null && begun.size <= head.size;
		const from = this.#isResumed ? begun : verified;
		this.#walk = startWalk(firm, from, this.#options.sha256);
		this.#saved = this.#walk.size;
		return { from: this.#walk.size, size: head.size };
	}

	/** Adds the next entries, and returns how many there are now. */
	async add(leaves: readonly string[]): Promise<number> {
		const { kept, walk } = this.#open();
		walk.add(leaves);
		if (walk.size - this.#saved >= (this.#options.saveEvery ?? SAVE_EVERY)) {
			this.#saved = walk.size;
			this.#kept = { ...kept, begun: walk.state() };
			await this.#options.store.save(this.#kept);
		}
		return walk.size;
	}

	/**
	 * Compares the entries with what was signed. Null if all is right; otherwise the entry from which they must be read again, because those of
	 * an earlier visit, which no signed root has covered yet, may be the wrong ones. @throws LogAlarm
	 */
	async finish(): Promise<number | null> {
		const { kept, walk } = this.#open();
		if (walk.size === kept.head.size && sameBytes(walk.root(), kept.head.root)) {
			this.#kept = { ...kept, verified: walk.state(), verifiedAt: kept.head.createdAt, begun: null };
			await this.#options.store.save(this.#kept);
			return null;
		}
		const sound = kept.verified?.size ?? 0;
		// What could not be proven is read again at the next visit.
		this.#kept = { ...kept, begun: null };
		await this.#options.store.save(this.#kept);
		if (this.#isResumed) {
			this.#isResumed = false;
			this.#walk = startWalk(kept.firm, kept.verified, this.#options.sha256);
			this.#saved = sound;
			return sound;
		}
		const between = `${(sound + 1).toLocaleString('en')} and ${kept.head.size.toLocaleString('en')}`;
		const why = `The entries that the server sends are not those that were signed: one between ${between} was changed, added, moved or left out.`;
		return this.#alarm(new LogAlarm('LEAVES', why), kept.head.note);
	}

	/** Null unless exactly the first `size` entries are verified: then what the page has read does not belong to what was verified. */
	compare(shown: ShownLease, size: number): LeaseCheck | null {
		const { verified = null, verifiedAt = null } = this.#kept ?? {};
		if (verified?.size !== size || verifiedAt === null) return null;
		return compareLease(shown, {
			record: verified.records.leases.get(shown.id) ?? null,
			signedAt: verifiedAt,
			sha256: this.#options.sha256,
		});
	}

	/** Keeps an alarm that the page has found itself, such as an entry that is not sent. */
	async keepAlarm(alarm: LogAlarm): Promise<void> {
		this.#walk = null;
		await this.#keepAlarm(alarm, this.#kept?.head.note ?? '');
	}

	/** What is kept and verified; null if nothing is kept. */
	summary(): LogSummary | null {
		return this.#kept && summaryOf(this.#kept);
	}

	/** For a bundle: what was accepted. */
	get kept(): KeptLog | null {
		return this.#kept;
	}

	#open(): { kept: KeptLog; walk: LeafWalk } {
		if (this.#kept === null || this.#walk === null) throw new Error('No checkpoint was accepted.');
		return { kept: this.#kept, walk: this.#walk };
	}

	/** Keeps the evidence of an alarm, and nothing else of what was offered. @throws `error` */
	async #alarm(error: unknown, note: string): Promise<never> {
		this.#walk = null;
		if (error instanceof LogAlarm) await this.#keepAlarm(error, note);
		throw error;
	}

	async #keepAlarm({ kind, message }: LogAlarm, note: string): Promise<void> {
		const kept = this.#kept;
		if (kept === null) return;
		const alarm: KeptAlarm = { at: this.#options.now(), kind, why: message, note };
		if (kept.alarms.some((one) => one.kind === kind && one.note === note)) return;
		this.#kept = { ...kept, alarms: [...kept.alarms, alarm].slice(-MOST_ALARMS) };
		await this.#options.store.save(this.#kept);
	}
}

const continued = (history: KeptLog['history'], { size, createdAt }: KeptCheckpoint): KeptLog['history'] =>
	history.at(-1)?.size === size ? history : [...history, { size, at: createdAt }].slice(-MOST_HISTORY);
