import { expect, it } from 'vitest';
import { read } from './tree.ts';

const lines = read('drizzle/catalogue.lock.txt').split('\n');

/** A migration after the baseline must set these for its own objects (drizzle/0021_every_object.sql). */
it.each([
	['table has row security, also for its owner', /^tables: \w+ is a table/, /, row security on and forced$/],
	['trigger also fires in a session in replica mode', /^triggers: CREATE TRIGGER/, /, always$/],
	['function has a fixed search_path', /^functions: /, /, set search_path=pg_catalog, pg_temp, /],
])('each %s', (_promise, object, form) => {
	const there = lines.filter((line) => object.test(line));
	expect(there.length).toBeGreaterThan(60);
	expect(there.filter((line) => !form.test(line))).toEqual([]);
});

it('PUBLIC may call no function', () => {
	expect(lines.filter((line) => /^privileges: execute on function .* to PUBLIC/.test(line))).toEqual([]);
});
