import { expect, it } from 'vitest';
import { renderFacts } from '../../../bench/files/facts.ts';

it('facts are a table, and those with a target say whether it is met', () => {
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
