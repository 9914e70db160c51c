import { expect, it } from 'vitest';
import { readStat } from '../../../bench/harness/processor-time.ts';

it('reads the parent and the CPU time of a process with any name', () => {
	const text = '71 (a) b (c) S 1 71 71 0 -1 4194560 2507 69 8 0 150 50 25 75 20 0 1 0 9071 1048576 500';
	expect(readStat(text)).toEqual({ parent: '1', seconds: 3 });
});
