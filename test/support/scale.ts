import { hash } from 'node:crypto';

/** Whether this run uses full counts: `npm run test:soak`. */
export const isSoak = process.env.FIRMSEAL_TEST_TIER === 'soak';

/** The number of repetitions: rounds, kills, attempts, runs of a property. The fast tier has a tenth of it, or `fast`. */
export const scale = (full: number, fast = Math.ceil(full / 10)): number => (isSoak ? full : fast);

/** The seed of everything random. The same seed repeats a run. */
export const SEED = Number(process.env.FIRMSEAL_TEST_SEED ?? 20_261_128);

/** A number from 0 to 1, the same for the same name and seed. */
export const drawn = (name: string): number => hash('sha256', `${SEED} ${name}`, 'buffer').readUInt32BE() / 2 ** 32;

/** A sequence of such numbers. */
export function draws(name: string): () => number {
	let count = 0;
	return () => drawn(`${name} ${count++}`);
}

/** All items of a list of similar cases; in the fast tier every fourth. */
export const sampled = <T>(all: readonly T[]): readonly T[] => all.filter((_, at) => isSoak || at % 4 === 0);
