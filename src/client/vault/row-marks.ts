import { BoundedMap } from './bounded-map.ts';
import { type KeptRecords, PLACES } from './kept-records.ts';
import type { VaultReason } from './vault-error.ts';

/** By table and row id. */
export interface MarkedRow {
	readonly table: string;
	readonly row: string;
}

/** A row whose stamp verified. */
export interface StampedRevision extends MarkedRow {
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

/** Where the marks of a row are. */
interface Place {
	readonly key: string;
	readonly shard: string;
	/** The shard of stamps that were late. */
	readonly late: string;
}

/**
 * Of a shard. With 256 shards, 1,048,576 rows of about 120 bytes each. Beyond that, the row that changed longest ago is forgotten, and could
 * be rolled back.
 */
const MAX_MARKS = 4_096;
/** Enough for what an application shows at one time. */
const MAX_PLACES = 4_096;

const placesOf = (place: string) => ({ shard: `rows/${place}`, late: `late/${place}` });

/** The name of every record that marks can be in. */
export const markNames = (): string[] => PLACES.flatMap((place) => Object.values(placesOf(place)));

/** The highest revision of each row that the device has seen: FORMAT.md, section 13. */
export class RowMarks {
	readonly #records: KeptRecords;
	readonly #shards = new Map<string, Shard>();
	readonly #places = new BoundedMap<Promise<string>>(MAX_PLACES);

	constructor(records: KeptRecords) {
		this.#records = records;
	}

	/**
	 * Judges the rows in their order, and keeps what is new before it resolves. Rejects, and keeps nothing in memory, if the store fails.
	 * @throws VaultError `kept-gone`, `kept-changed`, `kept-older`
	 */
	async see(rows: readonly StampedRevision[]): Promise<readonly RevisionVerdict[]> {
		const places = await Promise.all(rows.map((row) => this.#placeOf(row)));
		const names = new Set(places.flatMap(({ shard, late }, at) => (rows[at]?.isAuthorGone ? [shard, late] : [shard])));
		const loaded = await Promise.all([...names].map(async (name) => [name, await this.#load(name)] as const));
		const shards = new Map(loaded.map(([name, shard]) => [name, new Map(shard)]));
		const changed = new Set<string>();
		const verdicts = rows.map((row, at): RevisionVerdict => {
			const { key, shard: name, late } = places[at] as Place;
			const compareIn = (shard: string) => compare(row, shards.get(shard)?.get(key));
			const present = compareIn(name);
			// A mark of its own: else someone who was removed could sign a high revision, and lock the row for all who are left.
			const isLate = present === 'new' && row.isAuthorGone;
			const compared = isLate ? compareIn(late) : present;
			if (compared === 'row-older' || compared === 'row-other') return { refused: compared };
			if (compared === 'new') {
				const shard = isLate ? late : name;
				keep(shards.get(shard) as Map<string, Mark>, key, row);
				changed.add(shard);
			}
			return { refused: null, isLate };
		});
		await this.#keep([...changed].map((name) => [name, bounded(shards.get(name) as Map<string, Mark>)]));
		return verdicts;
	}

	/** Whether the device has seen a stamp of the row; with `hash`, whether the newest one is exactly this one. */
	async hasSeen(row: MarkedRow, hash?: string): Promise<boolean> {
		const { key, shard } = await this.#placeOf(row);
		const mark = (await this.#load(shard)).get(key);
		return mark !== undefined && (hash === undefined || mark[1] === hash);
	}

	/** Reads the marks of many rows from the store at once. */
	async load(rows: readonly MarkedRow[]): Promise<void> {
		const places = await Promise.all(rows.map((row) => this.#placeOf(row)));
		await Promise.all(Array.from(new Set(places.map(({ shard }) => shard)), (name) => this.#load(name)));
	}

	/** By a key of the device: else someone could choose ids of rows that push the mark of another row out. */
	async #placeOf({ table, row }: MarkedRow): Promise<Place> {
		const key = `${table}/${row}`;
		return { key, ...placesOf(await this.#places.getOrMake(key, () => this.#records.placeOf(key))) };
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
