import { describe, expect, it } from 'vitest';
import {
	EMPTY_DRAFT,
	type InvoiceDraft,
	inputOf,
	mistakesIn,
	newLine,
	sumOf,
} from '../../../web/workspace/screens/invoices/invoice-draft.ts';

const line = (quantity: string, unitAmount: string) => ({ ...newLine(), quantity, unitAmount });
const draft = (part: Partial<InvoiceDraft>): InvoiceDraft => ({ ...EMPTY_DRAFT, number: '2026-1', ...part });

describe('the total of an invoice that is being written', () => {
	it('is the exact sum of the lines, if its writer states none', () => {
		const written = draft({ lines: [line('1.5', '210.10'), line('3', '0.1')] });
		expect(mistakesIn(written)).toEqual({});
		expect(inputOf(written, null).total).toBe('315.45');
	});

	it('is what its writer states, whatever the lines add up to', () => {
		const written = draft({ lines: [line('1', '100')], total: '90.00' });
		expect(inputOf(written, null).total).toBe('90.00');
	});

	it('is asked for, if the lines have no sum', () => {
		for (const lines of [[], [line('1', '')], [line('1', '10'), line('', '5')]]) {
			const written = draft({ lines });
			expect(sumOf(written)).toBeNull();
			expect(mistakesIn(written).total).toMatch(/^Write the total: /);
		}
	});

	it('is refused, if the sum is finer than the API takes', () => {
		const written = draft({ lines: [line('0.001', '0.01')] });
		expect(mistakesIn(written).total).toMatch(/at most 4 digits after the point/);
		expect(mistakesIn({ ...written, total: '0.01' })).toEqual({});
	});

	it('is what remains due, if nothing else is stated', () => {
		const lines = [line('2', '50')];
		// A new invoice leaves it to the API; one that was changed states it.
		expect(inputOf(draft({ lines }), null)).not.toHaveProperty('amountDue');
		const before = { issuedAt: null, dueAt: null } as Parameters<typeof inputOf>[1];
		expect(inputOf(draft({ lines }), before).amountDue).toBe('100.00');
		expect(inputOf(draft({ lines, amountDue: '40' }), before).amountDue).toBe('40');
	});
});
