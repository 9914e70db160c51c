import { expect, it } from 'vitest';
import { renderFacts } from '../../../bench/harness/facts.ts';

it('facts are printed as a table that says for each target whether it is met', () => {
	const text = renderFacts({
		title: 'A file',
		facts: [
			{ what: 'memory', value: 12.345, unit: 'MB', target: null },
			{ what: 'more', value: 30, unit: 'MB', target: 30 },
			{ what: 'read', value: 1_097_729, unit: 'bytes', target: 1_097_728 },
		],
	});
	expect(text.split('\n')).toEqual([
		'A file',
		'memory          12.3 MB',
		'more              30 MB            <= 30 MB     met',
		'read    1,097,729 bytes  <= 1,097,728 bytes  missed',
		'',
	]);
});

it('a minimum target is met from its value upwards', () => {
	const rate = { unit: 'rows/s', target: 5_000, isLeast: true } as const;
	const text = renderFacts({
		title: 'Rows',
		facts: [
			{ what: 'fast', value: 5_000, ...rate },
			{ what: 'slow', value: 4_999, ...rate },
		],
	});
	expect(text.split('\n')).toEqual([
		'Rows',
		'fast  5,000 rows/s  >= 5,000 rows/s     met',
		'slow  4,999 rows/s  >= 5,000 rows/s  missed',
		'',
	]);
});
