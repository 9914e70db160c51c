import { expect, it } from 'vitest';
import { lifecycleFacts } from '../../../bench/jobs/measure-lifecycle.ts';

const few = { rows: 6_000, seconds: 2, worker: 0.5, database: 0.5, peak: 300e6 };
const many = { rows: 60_000, seconds: 12, worker: 6, database: 4, peak: 330e6 };

const lines = (...measured: readonly (typeof few | (Omit<typeof few, 'database'> & { readonly database: null }))[]) =>
	lifecycleFacts('Values', measured).facts.map(({ what, value, target }) => [what, value, target]);

it('rows per second are given per processor, and memory is compared with that of the smallest run', () => {
	expect(lines(few, many)).toEqual([
		['6,000 rows, a second', 3_000, null],
		['6,000 rows, processor of the worker', 0.5, null],
		['6,000 rows, processor of the database', 0.5, null],
		['6,000 rows, a second of a processor', 6_000, null],
		['6,000 rows, memory of the worker', 300, null],
		['60,000 rows, a second', 5_000, null],
		['60,000 rows, processor of the worker', 6, null],
		['60,000 rows, processor of the database', 4, null],
		['60,000 rows, a second of a processor', 6_000, 5_000],
		['60,000 rows, memory of the worker', 330, null],
		['60,000 rows, memory over that of the fewest', 1.1, 1.2],
	]);
});

it('the processor is left out if the CPU time of the database is unknown', () => {
	expect(lines({ ...few, database: null }).map(([what]) => what)).toEqual([
		'6,000 rows, a second',
		'6,000 rows, processor of the worker',
		'6,000 rows, memory of the worker',
	]);
});
