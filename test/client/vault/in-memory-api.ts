import { CONTENT_TYPES } from '../../../src/client/coordinates.generated.ts';
import type { RecordToOpen, RowToSeal, SealedContent } from '../../../src/client/opener.ts';
import type { VaultOperations } from '../../../src/client/vault/index.ts';
import { extendKeyLog, type KeyLog, readEntry, readKeyLog } from '../../../src/custody/index.ts';
import { FIRM } from '../../custody/some.ts';
import { type LogKey, rootOf, signCheckpoint, vkeyOf } from './checkpoints.ts';
import type { SteppedTime } from './stepped-time.ts';

type Changes = Awaited<ReturnType<VaultOperations['addMember']>>;
export type Served = Parameters<VaultOperations['extend']>[0];

export const INSTALLATION = 'vault.example';
export const ORIGIN = `${INSTALLATION}/firmseal/${FIRM}/keys`;

export interface StoredRow {
	readonly type: string;
	readonly id: string;
	readonly thread: string | null;
	readonly stamp: string;
	readonly revision: number;
	/** Base64 of envelopes, by field. */
	readonly fields: Readonly<Record<string, string | null>>;
}

/** A service that does what it should: it stores entries, wraps and rows, and opens nothing. A test takes a copy and lies with it. */
export class InMemoryApi {
	readonly time: SteppedTime;
	readonly key: LogKey;
	entries: string[] = [];
	log: KeyLog | null = null;
	names: Changes['names'][number][] = [];
	wraps: string[] = [];
	shares: Changes['shares'][number][] = [];
	readonly rows = new Map<string, StoredRow>();

	constructor(time: SteppedTime, key: LogKey) {
		this.time = time;
		this.key = key;
	}

	copy(time = this.time): InMemoryApi {
		const copy = new InMemoryApi(time, this.key);
		copy.entries = [...this.entries];
		copy.log = this.log;
		copy.names = [...this.names];
		copy.wraps = [...this.wraps];
		copy.shares = [...this.shares];
		for (const [id, row] of this.rows) copy.rows.set(id, row);
		return copy;
	}

	/** All entries, or none. Rejects with CONFLICT if another came first. */
	async append({ entries, wraps, names, shares }: Changes): Promise<void> {
		let { log } = this;
		for (const entry of entries) log = await extendKeyLog(log, await readEntry(entry));
		this.log = log;
		this.entries.push(...entries);
		this.wraps.push(...wraps);
		this.names.push(...names);
		this.shares.push(...shares);
	}

	/** Without a rule: what a lying service shows. */
	async show(entries: readonly string[]): Promise<void> {
		this.entries = [...entries];
		this.log = await readKeyLog(entries);
	}

	/** What the service says of the log, from an entry on. */
	async served(from = 0): Promise<Served> {
		const { entries, names } = this;
		return { entries: entries.slice(from), names, ...(await this.checkpoint()) };
	}

	async checkpoint(time: number | null = Math.floor(this.time.now() / 1_000)) {
		const parts = { origin: ORIGIN, size: this.entries.length, root: await rootOf(this.entries), time };
		return { checkpoint: await signCheckpoint(this.key, parts), vkeys: [await vkeyOf(ORIGIN, this.key)] };
	}

	wrapsFor(device: string): string[] {
		return this.wraps.filter((wrap) => wrap.includes(`"recipient":"${device}"`));
	}

	store(row: RowToSeal, sealed: SealedContent): void {
		const before = this.rows.get(row.id);
		const changed = Object.fromEntries(sealed.fields.map(({ name, envelope }) => [name, envelope]));
		const fields = { ...before?.fields, ...changed };
		const revision = (before?.revision ?? 0) + 1;
		const thread = row.thread ?? before?.thread ?? null;
		this.rows.set(row.id, { type: row.type, id: row.id, thread, stamp: sealed.stamp, revision, fields });
	}

	/** The record as an answer has it, with some fields or all. */
	record(id: string, names?: readonly string[]): RecordToOpen {
		return recordOf(this.rows.get(id) as StoredRow, names);
	}
}

export function recordOf(row: StoredRow, names?: readonly string[]): RecordToOpen {
	const { type, id, thread, stamp } = row;
	const all = Object.entries(CONTENT_TYPES[type]?.fields ?? {}).filter(([, { isServerMade }]) => isServerMade !== true);
	const wanted = names ?? all.map(([name]) => name);
	const fields = wanted.map((name) => ({ name, envelope: row.fields[name] ?? null }));
	return { path: [], type, id, firm: FIRM, thread, stamp, fields, requestedId: id };
}
