import type { KeptRecords } from './kept-records.ts';
import type { VaultReason } from './vault-error.ts';

/** A row whose stamp verified. */
export interface StampedRevision {
	readonly table: string;
	/** Row id. */
	readonly row: string;
	readonly revision: number;
	/** stampHash() of its stamp. */
	readonly hash: string;
	/** Whether its author may not write the class any more, so that the stamp could have been made after that. */
	readonly isAuthorGone: boolean;
}

/** `isLate`: the author was gone when the device first saw this stamp. */
export type RevisionVerdict = { readonly refused: VaultReason } | { readonly refused: null; readonly isLate: boolean };

/** Highest revision, hash of its stamp. */
type Mark = readonly [revision: number, hash: string];
type Shard = ReadonlyMap<string, Mark>;

/** With 256 shards, 1,048,576 rows. Beyond that, the row that changed longest ago is forgotten, and could be rolled back. */
const MAX_MARKS = 4_096;

/** The highest revision of each row that the device has seen: FORMAT.md, section 13. */
export class RowMarks {
	readonly #records: KeptRecords;
	readonly #shards = new Map<string, Shard>();

	constructor(records: KeptRecords) {
		this.#records = records;
	}

	/**
	 * Judges the rows in their order, and keeps what is new before it resolves. Rejects, and keeps nothing in memory, if the store fails.
	 * @throws VaultError `kept-gone`, `kept-changed`, `kept-older`
	 */
	async see(rows: readonly StampedRevision[]): Promise<readonly RevisionVerdict[]> {
		const names = [...new Set(rows.map(shardOf))];
		const loaded = await Promise.all(names.map(async (name) => [name, await this.#load(name)] as const));
		const shards = new Map(loaded.map(([name, shard]) => [name, new Map(shard)]));
		const changed = new Set<string>();
		const verdicts = rows.map((row): RevisionVerdict => {
			const name = shardOf(row);
			const shard = shards.get(name) as Map<string, Mark>;
			const key = `${row.table}/${row.row}`;
			const present = compare(row, shard.get(key));
			// A mark of its own: else someone who was removed could sign a high revision, and lock the row for all who are left.
			const isLate = present === 'new' && row.isAuthorGone;
			const mark = isLate ? `${key}/late` : key;
			const compared = isLate ? compare(row, shard.get(mark)) : present;
			if (compared === 'row-older' || compared === 'row-other') return { refused: compared };
			if (compared === 'new') {
				keep(shard, mark, row);
				changed.add(name);
			}
			return { refused: null, isLate };
		});
		await this.#keep([...changed].map((name) => [name, bounded(shards.get(name) as Map<string, Mark>)]));
		return verdicts;
	}

	/** Whether the device has seen a stamp of the row. */
	async hasSeen(table: string, row: string): Promise<boolean> {
		return (await this.#load(shardOf({ row }))).has(`${table}/${row}`);
	}

	async #load(name: string): Promise<Shard> {
		const known = this.#shards.get(name);
		if (known !== undefined) return known;
		const shard = new Map((await this.#records.load<[string, Mark][]>(name)) ?? []);
		this.#shards.set(name, shard);
		return shard;
	}

	async #keep(changed: readonly (readonly [string, Shard])[]): Promise<void> {
		if (changed.length === 0) return;
		await this.#records.save(Object.fromEntries(changed.map(([name, shard]) => [name, [...shard]])));
		for (const [name, shard] of changed) this.#shards.set(name, shard);
	}
}

/** By the last byte of the id, which is random. The first ones are the time in all ids of one decade. */
const shardOf = ({ row }: Pick<StampedRevision, 'row'>): string => `rows/${row.slice(-2)}`;

/** Null for exactly the stamp of the mark. */
function compare(row: StampedRevision, [revision, hash]: Mark = [0, '']): 'new' | 'row-older' | 'row-other' | null {
	if (row.revision > revision) return 'new';
	if (row.revision < revision) return 'row-older';
	return row.hash === hash ? null : 'row-other';
}

function keep(shard: Map<string, Mark>, key: string, { revision, hash }: StampedRevision): void {
	shard.delete(key);
	shard.set(key, [revision, hash]);
}

function bounded(shard: Map<string, Mark>): Shard {
	for (const key of shard.keys()) {
		if (shard.size <= MAX_MARKS) break;
		shard.delete(key);
	}
	return shard;
}
