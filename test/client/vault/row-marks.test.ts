import { expect, it } from 'vitest';
import { KeptRecords } from '../../../src/client/vault/kept-records.ts';
import { RowMarks } from '../../../src/client/vault/row-marks.ts';
import { someDevice } from '../../custody/some.ts';
import { MemoryStore } from './memory-store.ts';

const stamped = (row: string, revision: number, isAuthorGone = false) => ({
	table: 'notes',
	row,
	revision,
	hash: `${revision}`.padStart(64, '0'),
	isAuthorGone,
});
const idOf = (at: number): string => `0190a3c4-0000-7000-8000-${at.toString(16).padStart(10, '0')}d1`;

async function someMarks() {
	const store = new MemoryStore();
	const { kept } = await someDevice();
	await KeptRecords.begin(store, 'a/', kept);
	return { store, marks: new RowMarks(await KeptRecords.open(store, 'a/', kept)) };
}

it('thousands of rows whose ids were chosen push no mark out', async () => {
	const { marks, store } = await someMarks();
	await marks.see([stamped(idOf(0), 2)]);
	await marks.see(Array.from({ length: 5_000 }, (_, at) => stamped(idOf(at + 1), 1)));
	expect(await marks.see([stamped(idOf(0), 1)])).toEqual([{ refused: 'row-older' }]);
	const sizes = [...store.kept].map(([, bytes]) => bytes.length);
	expect(sizes.reduce((sum, size) => sum + size, 0) / 5_000).toBeLessThan(140);
});

it('stamps of someone who was removed push no mark of others out', async () => {
	const { marks, store } = await someMarks();
	await marks.see([stamped(idOf(0), 2)]);
	const names = () => [...store.kept.keys()].filter((name) => name.includes('/rows/'));
	const before = names();
	await marks.see([stamped(idOf(0), 9, true), stamped(idOf(1), 9, true)]);
	expect(names()).toEqual(before);
	expect(await marks.see([stamped(idOf(0), 8, true), stamped(idOf(0), 2)])).toEqual([
		{ refused: 'row-older' },
		{ refused: null, isLate: false },
	]);
});
