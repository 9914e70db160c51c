import { beforeEach, describe, expect, it } from 'vitest';
import { parseStamp } from '../../../src/custody/index.ts';
import { refusal } from './attacker.ts';
import { type Device, decide, NOTE, newRow, someFirm } from './firm.ts';
import type { InMemoryApi } from './in-memory-api.ts';

let service: InMemoryApi;
let anna: Device;
let bert: Device;
beforeEach(async () => {
	const firm = await someFirm();
	service = firm.service;
	[anna, bert] = [await firm.anna(), await firm.bert()];
});

const INVOICE = '0190a3c4-0000-7000-8000-0000000000f1';
const values = { memo: 'For the trial', total: '120.50', amountDue: '120.50' };
const plain = (id = INVOICE) => newRow({ type: 'Invoice', id, kind: 'UPDATE', expectedRevision: 3, values });
const move = (className: string, custody: 'MOVING' | 'FIRM' | 'BACK') =>
	decide(service, anna, bert, { what: 'CUSTODY', class: className, custody });

describe('a device that seals what the platform has sealed', () => {
	it('stamps it as the platform’s, and others read it', async () => {
		await move('BILLING', 'MOVING');
		const row = plain();
		const [made] = await anna.vault.adopt([row]);
		if (made === undefined || 'why' in made) throw new Error(made?.why);
		expect(parseStamp(made.sealed.stamp)).toMatchObject({ origin: 'PLATFORM', revision: 4 });
		service.store(row, made.sealed);
		const [read] = await bert.read(service.record(INVOICE));
		expect(read?.fields).toEqual(Object.entries(values).map(([name, value]) => ({ name, value })));
	});

	it('does so in no other custody, whatever the service says', async () => {
		expect(await anna.vault.adopt([plain()])).toEqual([{ why: expect.stringContaining('Nothing was sealed') }]);
		await move('BILLING', 'FIRM');
		expect(await anna.vault.adopt([plain()])).toEqual([{ why: expect.stringContaining('does not say') }]);
	});

	it('takes no record for the platform’s that it has seen from a device', async () => {
		await move('BILLING', 'MOVING');
		const create = newRow({ type: 'Invoice', id: INVOICE, values });
		const [first] = await anna.vault.seal([create]);
		if (first === undefined) throw new Error('The vault sealed nothing.');
		service.store(create, first);
		await anna.read(service.record(INVOICE));
		expect(await anna.vault.adopt([plain()])).toEqual([{ why: expect.stringContaining('does not fit') }]);
	});
});

describe('a device that gives content back', () => {
	it('opens nothing for the platform before the log says BACK', async () => {
		expect(await anna.vault.openToReturn([service.record(NOTE)])).toEqual([
			{ why: expect.stringContaining('does not say') },
		]);
		await move('NOTE', 'BACK');
		expect(await anna.vault.openToReturn([service.record(NOTE)])).toEqual([
			{ values: { title: 'Plan', body: 'First draft' } },
		]);
	});

	it('gives back no record of which a value does not open, and none if it cannot be fresh', async () => {
		await move('NOTE', 'BACK');
		const record = service.record(NOTE);
		const [title, body] = record.fields;
		const swapped = { ...record, fields: [{ ...title, envelope: body?.envelope }, body] } as typeof record;
		expect(await anna.vault.openToReturn([swapped])).toEqual([
			{ why: expect.stringContaining('not the one that its author stamped') },
		]);
		service.time.step(3_600_000);
		expect(await refusal(anna.vault.openToReturn([record]))).toBe('not-fresh');
	});
});
