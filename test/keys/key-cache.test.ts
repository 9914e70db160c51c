import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createKeyCache } from '../../src/keys/key-cache.ts';

const TTL = 10;
const MAX_ENTRIES = 3;

const firm = fc.constantFrom('firm-a', 'firm-b');
const id = fc.record({ firm, name: fc.constantFrom('NOTE', 'MESSAGE'), version: fc.integer({ min: 1, max: 2 }) });
const step = fc.oneof(
	{ weight: 6, arbitrary: fc.record({ do: fc.constant('at' as const), id }) },
	{ weight: 3, arbitrary: fc.record({ do: fc.constant('load' as const), id }) },
	fc.record({ do: fc.constant('drop' as const), id }),
	fc.record({ do: fc.constant('purge' as const), firm: fc.option(firm, { nil: undefined }) }),
	fc.record({ do: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: TTL }) }),
);

describe('a key cache', () => {
	it('behaves like a plain list of its keys, for any order of calls', async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
				let time = 1;
				let made = 0;
				const cache = createKeyCache<{ readonly made: number }>({
					max: MAX_ENTRIES,
					ttlSeconds: TTL,
					clock: { now: () => time },
				});
				/** The expected contents, least recently used first. */
				let cached: { readonly path: string; readonly made: number; readonly until: number }[] = [];
				for (const each of steps) {
					if (each.do === 'wait') {
						time += each.seconds * 1000;
						continue;
					}
					if (each.do === 'purge') {
						cache.purge(each.firm);
						cached = cached.filter(({ path }) => each.firm !== undefined && !path.startsWith(`${each.firm}/`));
						continue;
					}
					const path = `${each.id.firm}/${each.id.name}/${each.id.version}`;
					const others = cached.filter((entry) => entry.path !== path);
					if (each.do === 'drop') {
						cache.drop(each.id);
						cached = others;
						continue;
					}
					const known = cached.find((entry) => entry.path === path && time <= entry.until);
					if (each.do === 'load') {
						made += 1;
						const value = { made };
						await cache.load(each.id, async () => value);
						cached = [...others, { path, made, until: time + TTL * 1000 }];
					} else if (cache.at(each.id)) {
						expect(cache.at({ ...each.id })).toEqual({ made: known?.made });
					} else {
						// Only a key that was dropped, expired or evicted since is missing.
						expect(known === undefined || cached.length > MAX_ENTRIES).toBe(true);
					}
					expect(cache.size()).toBeLessThanOrEqual(MAX_ENTRIES);
				}
				cache.purge();
			}),
		);
	});

	const NOTE = { firm: 'firm-a', name: 'NOTE', version: 1 };
	const value = () => Promise.resolve({});

	it.each<[string, (cache: ReturnType<typeof createKeyCache>) => unknown]>([
		['is purged', (cache) => cache.purge('firm-a')],
		['is purged with all', (cache) => cache.purge()],
		['is dropped', (cache) => cache.drop(NOTE)],
		['is evicted by another version', (cache) => cache.load({ ...NOTE, version: 2 }, value)],
		['is evicted by a key of another firm', (cache) => cache.load({ ...NOTE, firm: 'firm-b' }, value)],
		['is evicted by a key of another name', (cache) => cache.load({ ...NOTE, name: 'MESSAGE' }, value)],
	])('does not return its most recent key again once that %s', async (_how, end) => {
		const cache = createKeyCache({ max: 1, ttlSeconds: TTL, clock: { now: () => 1 } });
		await cache.load(NOTE, value);
		expect(cache.at(NOTE)).toBe(cache.at(NOTE));
		await end(cache);
		expect(cache.at(NOTE)).toBeUndefined();
	});

	it('does not return its most recent key again once it has expired', async () => {
		let time = 1;
		const cache = createKeyCache({ max: 1, ttlSeconds: TTL, clock: { now: () => time } });
		await cache.load(NOTE, value);
		time += TTL * 1000 - 1;
		expect(cache.at(NOTE)).toBeDefined();
		expect(cache.at(NOTE)).toBeDefined();
		time += 2;
		expect(cache.at(NOTE)).toBeUndefined();
	});
});
