import { expect, it } from 'vitest';
import { flipped, respelled } from '../../custody/some.ts';
import { change, newRow, someFirm } from './firm.ts';

const ROWS = 1_000;
const idOf = (at: number): string => `0190a3c4-0000-7000-9000-${(at * 7_919).toString(16).padStart(12, '0')}`;

it('an answer of a thousand records is opened in one batch, and what was changed in it stays closed', async () => {
	const { service, anna, cara } = await someFirm();
	const [author, reader] = [await anna(), await cara()];
	const rows = Array.from({ length: ROWS }, (_, at) =>
		newRow({ type: 'Note', id: idOf(at), values: { title: `Title ${at}`, body: 'x'.repeat(at) } }),
	);
	const sealed = await author.vault.seal(rows);
	for (const [at, row] of rows.entries()) service.store(row, sealed[at] as (typeof sealed)[number]);
	const records = rows.map(({ id }) => service.record(id));
	const isChanged = (at: number): boolean => at % 10 === 3;
	const answer = records.map((record, at) => {
		if (!isChanged(at)) return record;
		const [title, body] = record.fields as [(typeof record.fields)[number], (typeof record.fields)[number]];
		const envelope = respelled(title.envelope as string, (bytes) => flipped(bytes, at % (8 * bytes.length)));
		return { ...record, fields: [{ ...title, envelope }, body] };
	});
	for (const opened of [await reader.vault.open(answer), await reader.vault.open(answer)]) {
		for (const [at, { fields }] of opened.entries()) {
			const title = isChanged(at) ? { why: expect.any(String) } : { value: `Title ${at}` };
			expect(fields).toEqual([
				{ name: 'title', ...title },
				{ name: 'body', value: 'x'.repeat(at) },
			]);
		}
	}
	const updates = rows.slice(0, 100).map(({ id }) => change(service, id, { body: 'y' }));
	const changed = await reader.vault.seal(updates);
	for (const [at, row] of updates.entries()) service.store(row, changed[at] as (typeof changed)[number]);
	const again = await author.vault.open(updates.map(({ id }) => service.record(id)));
	expect(again.every(({ fields }) => 'value' in (fields[1] ?? {}))).toBe(true);
	const old = await author.vault.open(records.slice(0, 100));
	expect(old.every(({ fields }) => fields.every((field) => 'why' in field))).toBe(true);
});
