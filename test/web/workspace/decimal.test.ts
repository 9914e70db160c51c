import { describe, expect, it } from 'vitest';
import { isAmount, isDecimal, multiply, sum } from '../../../web/workspace/screens/invoices/decimal.ts';

describe('Money on an invoice', () => {
	it('is exact where floating-point numbers are not', () => {
		expect(multiply('0.1', '0.2')).toBe('0.02');
		expect(sum(['0.1', '0.2'])).toBe('0.30');
		expect(multiply('3', '9007199254740993.01')).toBe('27021597764222979.03');
	});

	it.each([
		[['1250.5', '0.05'], '1250.55'],
		[['-0.30', '0.1'], '-0.20'],
		[['1.2345', '0.0005'], '1.235'],
		[[], '0.00'],
	])('adds %j to %s', (amounts, total) => {
		expect(sum(amounts)).toBe(total);
	});

	it('has no sum and no amount if a number is missing or wrong', () => {
		for (const wrong of ['', '1,5', '1e3', '.5', '1.', ' 1', '--1', 'NaN']) {
			expect(isDecimal(wrong)).toBe(false);
			expect(multiply(wrong, '1')).toBeNull();
			expect(sum(['1', wrong])).toBeNull();
		}
		expect(sum(['1', null])).toBeNull();
	});

	it('takes as a total what the API takes', () => {
		expect(['0', '-12.5', '999999999999999.9999'].every(isAmount)).toBe(true);
		expect(['1000000000000000', '1.23456', '01', '', '1.'].some(isAmount)).toBe(false);
	});
});
