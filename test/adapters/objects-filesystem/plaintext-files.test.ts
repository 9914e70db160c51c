import { lstatSync, mkdirSync, mkdtempSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openPlaintextFiles } from '../../../src/adapters/objects-filesystem/index.ts';
import { guardPlaintextStore, isPlaintextLocation, type PlaintextStore } from '../../../src/documents/index.ts';

const BYTES = Buffer.from('in the clear');

describe('plaintext files in a directory', () => {
	let around: string;
	let directory: string;
	let store: PlaintextStore;
	beforeEach(async () => {
		around = mkdtempSync(join(tmpdir(), 'firmseal-clear-'));
		directory = join(around, 'files');
		mkdirSync(join(directory, '2019'), { recursive: true });
		writeFileSync(join(around, 'moved.pdf'), BYTES);
		writeFileSync(join(directory, '2019/file.pdf'), BYTES);
		symlinkSync(join(around, 'moved.pdf'), join(directory, 'link.pdf'));
		symlinkSync(around, join(directory, 'elsewhere'));
		store = await openPlaintextFiles(directory);
	});
	afterEach(() => rmSync(around, { recursive: true, force: true }));

	const read = async (location: string): Promise<Buffer> => {
		const pieces: Uint8Array[] = [];
		const range = { start: 0, end: BYTES.length };
		for await (const piece of store.read(location, range, AbortSignal.timeout(5_000)))
			pieces.push(Uint8Array.from(piece));
		return Buffer.concat(pieces);
	};
	const NO_FILES = ['link.pdf', 'elsewhere', 'elsewhere/moved.pdf', '2019', '2019/none.pdf', '2019/file.pdf/none.pdf'];

	it('are regular files only: links are neither followed nor listed', async () => {
		expect([await store.measure('2019/file.pdf'), await read('2019/file.pdf')]).toEqual([BYTES.length, BYTES]);
		for (const location of NO_FILES) {
			expect([location, await store.measure(location)]).toEqual([location, null]);
			await expect(read(location), location).rejects.toMatchObject({ reason: 'ABSENT' });
		}
	});

	it('are removed; a name without a file is not reported as removed', async () => {
		expect(await store.remove('2019/file.pdf')).toEqual({ outcome: 'GONE' });
		expect(await store.measure('2019/file.pdf')).toBeNull();
		const others = ['link.pdf', 'elsewhere', 'elsewhere/moved.pdf', '2019'];
		for (const location of NO_FILES) {
			const outcome = others.includes(location) ? 'OTHER' : 'ABSENT';
			expect([location, await store.remove(location)]).toEqual([location, { outcome }]);
		}
		// A program that reads the file there still finds it.
		expect(lstatSync(join(directory, 'link.pdf')).isSymbolicLink()).toBe(true);
	});

	it('are unavailable, not missing, if their disk is unavailable', async () => {
		renameSync(directory, join(around, 'disk'));
		const away = { reason: 'AWAY', message: expect.stringContaining('FIRMSEAL_CLEAR_OBJECTS') };
		for (const isMounted of [false, true]) {
			if (isMounted) mkdirSync(directory);
			await expect(store.measure('2019/file.pdf')).rejects.toMatchObject(away);
			await expect(read('2019/file.pdf')).rejects.toMatchObject(away);
			await expect(store.remove('2019/file.pdf')).rejects.toMatchObject(away);
		}
		await expect(openPlaintextFiles(join(around, 'none'))).rejects.toThrow(
			'FIRMSEAL_CLEAR_OBJECTS cannot be used (ENOENT): fix the path.',
		);
	});

	it('are found by their names exactly as written', async () => {
		for (const location of ['\uFEFFa.pdf', 'a\u200B.pdf', 'a/../a.pdf', './a.pdf', 'a//b.pdf', '/a.pdf', 'a\\b', ''])
			expect([location, isPlaintextLocation(location)]).toEqual([location, false]);
		await expect(guardPlaintextStore(store).remove('../moved.pdf')).rejects.toMatchObject({ code: 'INTERNAL' });
	});
});
