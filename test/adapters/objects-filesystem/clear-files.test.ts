import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openClearFiles } from '../../../src/adapters/objects-filesystem/index.ts';
import { guardClearStore, isClearLocation } from '../../../src/documents/index.ts';

describe('files in the clear below a directory', () => {
	let root: string;
	let outside: string;
	beforeEach(() => {
		[root, outside] = [mkdtempSync(join(tmpdir(), 'clear-')), mkdtempSync(join(tmpdir(), 'outside-'))];
		writeFileSync(join(outside, 'secret.txt'), 'not theirs');
	});
	afterEach(() => {
		for (const directory of [root, outside]) rmSync(directory, { recursive: true, force: true });
	});
	const open = async () => guardClearStore(await openClearFiles(root));

	it('are removed, and nothing else is: what a link leads to would stay, and so does the link', async () => {
		writeFileSync(join(root, 'a.pdf'), 'a');
		symlinkSync(join(root, 'a.pdf'), join(root, 'inner.pdf'));
		symlinkSync(join(outside, 'secret.txt'), join(root, 'link.pdf'));
		symlinkSync(outside, join(root, 'elsewhere'));
		mkdirSync(join(root, 'directory'));
		const store = await open();
		for (const location of ['inner.pdf', 'link.pdf', 'elsewhere', 'elsewhere/secret.txt', 'directory', 'none.pdf'])
			expect([location, await store.remove(location)]).toEqual([location, { outcome: 'ABSENT' }]);
		expect(readFileSync(join(root, 'link.pdf'), 'utf8')).toBe('not theirs');
		expect(existsSync(join(root, 'directory'))).toBe(true);
		expect(await store.remove('a.pdf')).toEqual({ outcome: 'GONE' });
		expect(await store.remove('a.pdf')).toEqual({ outcome: 'ABSENT' });
	});

	it('are reached by their names as they are written', async () => {
		for (const location of ['\uFEFFa.pdf', 'a\u200B.pdf', 'a/../a.pdf', './a.pdf', 'a//b.pdf', '/a.pdf', 'a\\b', ''])
			expect([location, isClearLocation(location)]).toEqual([location, false]);
		await expect((await open()).remove('../secret.txt')).rejects.toMatchObject({ code: 'INTERNAL' });
	});
});
