import { expect, it } from 'vitest';
import { COPY_END, COPY_START, copyRow } from '../../../bench/jobs/copy-rows.ts';

it('writes rows in the format of a binary COPY of PostgreSQL', () => {
	expect(COPY_START.toString('hex')).toBe('5047434f50590aff0d0a000000000000000000');
	expect(copyRow([Uint8Array.of(1, 2), new Uint8Array()]).toString('hex')).toBe('0002000000020102' + '00000000');
	expect(COPY_END.toString('hex')).toBe('ffff');
});
