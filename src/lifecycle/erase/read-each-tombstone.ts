import { type Plane, selectKnownTombstones, type Tombstone } from '../../database/index.ts';
import { fetchTombstone, type Tombstones } from './tombstones.ts';

/** Rows that are asked for at once, and tombstones. */
const PAGE = 1_000;
const AT_ONCE = 16;

interface Parts {
	readonly plane: Pick<Plane, 'read'>;
	readonly tombstones: Tombstones;
	/** Whether a row is of what the tombstone of its number says. */
	readonly isRight: (row: Tombstone, tombstone: Tombstone) => boolean | Promise<boolean>;
}

/** Answers the tombstone of a number under which the database has something else; null: there is none such. */
export type TombstoneComparison = (signal: AbortSignal) => Promise<Tombstone | null>;

/**
 * Holds what the database says of tombstones against them, for a number in a row is no proof that its tombstone was ever read: each once, by whoever
 * keeps the comparison, and later what is new or was not written yet. A call throws what the store and the plane throw; the next goes on.
 */
export function readEachTombstone({ plane, tombstones, isRight }: Parts): TombstoneComparison {
	/** Every number below it is right, and so are these. */
	let low = 0;
	const right = new Set<number>();

	async function compare(row: Tombstone, signal: AbortSignal): Promise<Tombstone | null> {
		const found = await fetchTombstone(tombstones, row.number, signal);
		if (!found) return null;
		const tombstone = { ...found, number: row.number };
		if (!(await isRight(row, tombstone))) return tombstone;
		right.add(row.number);
		return null;
	}

	return async (signal) => {
		for (let first = low; ; ) {
			const page = await plane.read(null, (tx) => selectKnownTombstones(tx, first, PAGE));
			const open = page.filter(({ number }) => !right.has(number));
			for (let start = 0; start < open.length; start += AT_ONCE) {
				const some = open.slice(start, start + AT_ONCE);
				const [wrong] = (await Promise.all(some.map((row) => compare(row, signal)))).filter((found) => found !== null);
				if (wrong) return wrong;
			}
			while (right.delete(low)) low += 1;
			const last = page.at(-1);
			if (!last) return null;
			first = last.number + 1;
		}
	};
}
