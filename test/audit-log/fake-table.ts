import { parseLeaf } from '../../src/audit/index.ts';
import type { LogRow } from '../../src/audit-log/index.ts';

/** The fate of a write: committed; refused; committed with an error as the answer; first refused and then committed late. */
export type Fate = 'commit' | 'fail' | 'commit-then-fail' | 'fail-then-commit';

/** The log's table, with its unique (boot, sequence), behind a network. */
export class FakeTable {
	readonly rows: LogRow[] = [];
	readonly batches: (readonly LogRow[])[] = [];
	mostInFlight = 0;
	#inFlight = 0;
	readonly #fates: Iterator<{ fate: Fate; ticks: number }>;

	constructor(fates: Iterable<{ fate: Fate; ticks: number }> = []) {
		this.#fates = fates[Symbol.iterator]();
	}

	write = async (rows: readonly LogRow[]): Promise<void> => {
		this.batches.push(rows);
		this.#inFlight += 1;
		this.mostInFlight = Math.max(this.mostInFlight, this.#inFlight);
		const { fate, ticks } = this.#fates.next().value ?? { fate: 'commit', ticks: 0 };
		try {
			await wait(ticks);
			if (fate === 'fail') throw new Error('connection reset');
			if (fate === 'fail-then-commit') {
				void wait(ticks)
					.then(() => this.#insert(rows))
					.catch(() => undefined);
				throw new Error('statement timeout');
			}
			this.#insert(rows);
			if (fate === 'commit-then-fail') throw new Error('connection lost after COMMIT');
		} finally {
			this.#inFlight -= 1;
		}
	};

	lastSequence = async (boot: string): Promise<number> =>
		Math.max(0, ...this.rows.filter((row) => row.boot === boot).map((row) => row.sequence));

	/** The records of all rows by sequence, one for each entry that names it. */
	records(): string[] {
		const rows = this.rows.toSorted((a, b) => a.sequence - b.sequence);
		return rows.flatMap((row) => parseLeaf(row.leaf).records);
	}

	#insert(rows: readonly LogRow[]): void {
		const taken = new Set(this.rows.map((row) => `${row.boot} ${row.sequence}`));
		if (rows.some((row) => taken.has(`${row.boot} ${row.sequence}`))) {
			throw new Error('duplicate key value violates unique constraint');
		}
		this.rows.push(...rows);
	}
}

/** Lets other tasks run `ticks` times. */
export async function wait(ticks: number): Promise<void> {
	for (let tick = 0; tick < ticks; tick++) await new Promise((resolve) => setImmediate(resolve));
}
