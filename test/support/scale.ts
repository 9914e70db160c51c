import { hash } from 'node:crypto';

/** Whether the counts are the full ones: `npm run test:soak`. */
export const isSoak = process.env.FIRMSEAL_TEST_TIER === 'soak';

/** How often something is done: rounds, kills, attempts, runs of a property; a tenth of it, or `fast`, in the fast tier. */
export const scale = (full: number, fast = Math.ceil(full / 10)): number => (isSoak ? full : fast);

/** Of everything random; one number gives the same run again. */
export const SEED = Number(process.env.FIRMSEAL_TEST_SEED ?? 20_261_128);

/** From 0 to 1, the same for the same name and seed. */
export const drawn = (name: string): number => hash('sha256', `${SEED} ${name}`, 'buffer').readUInt32BE() / 2 ** 32;

/** Such numbers, one after the other. */
export function draws(name: string): () => number {
	let count = 0;
	return () => drawn(`${name} ${count++}`);
}

/** All of what is alike but for its place in a list; in the fast tier one of four. */
export const sampled = <T>(all: readonly T[]): readonly T[] => all.filter((_, at) => isSoak || at % 4 === 0);
