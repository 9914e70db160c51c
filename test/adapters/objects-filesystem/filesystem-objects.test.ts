import { execFileSync, spawn } from 'node:child_process';
import {
	chmodSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { type FileHandle, open as openFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openFilesystemObjects } from '../../../src/adapters/objects-filesystem/index.ts';
import { guardStore, type ObjectStore } from '../../../src/documents/index.ts';
import { SetupError } from '../../../src/errors.ts';
import { bytesOf, newName, readAll, reasonOf, tagOf, write } from '../../support/objects.ts';
import { makeReadOnly, mount, unmount, whyNoDisk } from '../../support/small-disk.ts';

const isRoot = process.getuid?.() === 0;
const writer = join(import.meta.dirname, 'writer.ts');
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('objects in a directory', () => {
	let base: string;
	let directory: string;
	let store: ObjectStore;

	const open = async (at = directory) => guardStore(await openFilesystemObjects({ directory: at }));
	const pathOf = (name: string) => join(directory, name);
	const read = (name: string, length: number) => readAll(store, name, { start: 0, end: length });

	beforeEach(async () => {
		base = mkdtempSync(join(tmpdir(), 'firmseal-objects-'));
		directory = join(base, 'data', 'objects');
		store = await open();
	});
	afterEach(() => rmSync(base, { recursive: true, force: true }));

	it('are accessible to their owner only', async () => {
		const name = newName();
		await write(store, name, bytesOf(10));
		expect(modeOf(directory)).toBe(0o700);
		expect(modeOf(pathOf(tagOf(name)))).toBe(0o700);
		expect(modeOf(pathOf(name))).toBe(0o600);
		expect(readdirSync(pathOf(tagOf(name)))).toEqual([name.slice(37)]);
	});

	it('are synced to disk before they get their name, and so is the name before they are acknowledged', async () => {
		const probe = await openFile(base, 'r');
		const handles: Pick<FileHandle, 'sync'> = Object.getPrototypeOf(probe);
		await probe.close();
		const name = newName();
		const { sync } = handles;
		const synced: unknown[] = [];
		const spy = vi.spyOn(handles, 'sync').mockImplementation(async function (this: FileHandle) {
			const { ino, size } = await this.stat();
			const named = existsSync(pathOf(name));
			const directories = [directory, pathOf(tagOf(name))];
			const of = directories.find((path) => statSync(path).ino === ino);
			synced.push(of === undefined ? { size, named } : { of, named });
			await sync.call(this);
		});
		try {
			await write(store, name, bytesOf(1_000_000));
		} finally {
			spy.mockRestore();
		}
		expect(synced[0]).toEqual({ size: 1_000_000, named: false });
		expect(new Set(synced.slice(1))).toEqual(
			new Set([
				{ of: pathOf(tagOf(name)), named: true },
				{ of: directory, named: true },
			]),
		);
	});

	it('are refused if others can access the directory', async () => {
		for (const mode of [0o750, 0o705, 0o777]) {
			chmodSync(directory, mode);
			await expect(open()).rejects.toThrow(SetupError);
			await expect(open()).rejects.toThrow(
				/open to other users: it must be a directory that only the user who runs Firmseal can access\. Use chown and chmod 700\.$/,
			);
		}
		const file = join(base, 'file');
		writeFileSync(file, '');
		await expect(open(file)).rejects.toThrow(SetupError);
		chmodSync(directory, 0o700);
		symlinkSync(directory, join(base, 'link'));
		await expect(open(join(base, 'link'))).rejects.toThrow(/is not a directory/);
	});

	it.skipIf(!isRoot)(
		`are refused in another user’s directory${isRoot ? '' : ' (skipped: only root can make one)'}`,
		async () => {
			chownSync(directory, 65_534, 65_534);
			await expect(open()).rejects.toThrow(/belongs to another user/);
			expect((await store.inspect())[0]).toMatchObject({ ok: false, fix: expect.stringMatching(/another user/) });
		},
	);

	it('are not read if others could have written or can read them', async () => {
		const outside = join(base, 'outside');
		mkdirSync(outside, { mode: 0o700 });
		writeFileSync(join(outside, 'secret'), 'not an object', { mode: 0o600 });
		const refused = async (name: string) => {
			expect(await reasonOf(store.measure(name))).toBe('REFUSED');
			expect(await reasonOf(read(name, 5))).toBe('REFUSED');
		};
		const linked = newName();
		mkdirSync(pathOf(tagOf(linked)), { mode: 0o700 });
		symlinkSync(join(outside, 'secret'), pathOf(linked));
		await refused(linked);
		const below = newName();
		symlinkSync(outside, pathOf(tagOf(below)));
		await refused(below);
		expect(await reasonOf(write(store, below, bytesOf(5)))).toBe('REFUSED');
		expect(readdirSync(outside)).toEqual(['secret']);
		const readable = newName();
		await write(store, readable, bytesOf(5));
		chmodSync(pathOf(readable), 0o644);
		await refused(readable);
		const pipe = newName();
		mkdirSync(pathOf(tagOf(pipe)), { mode: 0o700 });
		execFileSync('mkfifo', ['-m', '600', pathOf(pipe)]);
		await refused(pipe);
		const directoryInstead = newName();
		mkdirSync(pathOf(directoryInstead), { recursive: true, mode: 0o700 });
		await refused(directoryInstead);
	});

	it('are deleted without leaving the directory', async () => {
		const outside = join(base, 'outside');
		mkdirSync(outside, { mode: 0o700 });
		writeFileSync(join(outside, 'kept'), 'kept');
		const [linked, below] = [newName(), newName()];
		symlinkSync(outside, pathOf(tagOf(linked)));
		mkdirSync(pathOf(tagOf(below)), { mode: 0o700 });
		symlinkSync(outside, pathOf(below));
		await store.delete(tagOf(linked));
		await store.delete(tagOf(below));
		expect(readdirSync(outside)).toEqual(['kept']);
		expect(readdirSync(directory)).toEqual([]);
	});

	it('are swept without leaving the directory, and without touching files that are not ours', async () => {
		const outside = join(base, 'outside');
		mkdirSync(outside, { mode: 0o700 });
		const unfinished = '.01234567-0123-4123-8123-0123456789ab.new';
		writeFileSync(join(outside, unfinished), 'kept');
		symlinkSync(outside, pathOf(tagOf(newName())));
		mkdirSync(pathOf('foreign'), { mode: 0o700 });
		writeFileSync(pathOf(`foreign/${unfinished}`), 'kept');
		const empty = tagOf(newName());
		mkdirSync(pathOf(empty), { mode: 0o700 });
		expect(await store.sweep(new Date(Date.now() - 60_000))).toBe(0);
		expect(existsSync(pathOf(empty))).toBe(true);
		expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(0);
		expect(existsSync(pathOf(empty))).toBe(false);
		expect([existsSync(join(outside, unfinished)), existsSync(pathOf(`foreign/${unfinished}`))]).toEqual([true, true]);
	});

	it('show nothing of a killed process, and a sweep removes its leftovers', async () => {
		const name = newName();
		const child = spawn(process.execPath, [writer, directory, name], { stdio: ['ignore', 'pipe', 'inherit'] });
		await new Promise<void>((resolve) => child.stdout.once('data', () => resolve()));
		child.kill('SIGKILL');
		await new Promise((resolve) => child.once('exit', resolve));
		expect(await store.measure(name)).toBeNull();
		const [left = ''] = readdirSync(pathOf(tagOf(name)));
		expect(statSync(join(pathOf(tagOf(name)), left)).size).toBeGreaterThan(0);
		expect(await store.sweep(new Date(Date.now() + 60_000))).toBe(1);
		expect(readdirSync(directory)).toEqual([]);
	});

	it('are written by one of several concurrent processes', async () => {
		const name = newName();
		const run = () =>
			new Promise<string>((resolve) => {
				const child = spawn(process.execPath, [writer, directory, name, String(3 * 2 ** 20)], {
					stdio: ['ignore', 'pipe', 'inherit'],
				});
				let output = '';
				child.stdout.on('data', (data) => {
					output += data;
				});
				child.once('close', () => resolve(output.replace('under way\n', '').trim()));
			});
		expect((await Promise.all([run(), run(), run()])).toSorted()).toEqual(['EXISTS', 'EXISTS', `wrote ${3 * 2 ** 20}`]);
		const bytes = readFileSync(pathOf(name));
		expect(bytes.every((byte) => byte === bytes[0])).toBe(true);
		expect(readdirSync(pathOf(tagOf(name)))).toHaveLength(1);
	});

	it('are refused at the start if there is no space for the announced size', async () => {
		expect(await reasonOf(write(store, newName(), bytesOf(10), 2 ** 50))).toBe('FULL');
		expect(readdirSync(directory)).toEqual([]);
	});

	const noDisk = whyNoDisk();
	it.skipIf(noDisk !== null)(
		`leave nothing behind on a full disk${noDisk ? ` (skipped: ${noDisk})` : ''}`,
		async () => {
			const disk = join(base, 'disk');
			mkdirSync(disk);
			mount(disk, 2 * 2 ** 20);
			try {
				const small = await open(join(disk, 'objects'));
				const [existing, name] = [newName(), newName()];
				await write(small, existing, bytesOf(1_000));
				expect(await reasonOf(write(small, name, bytesOf(5 * 2 ** 20), null))).toBe('FULL');
				expect(await small.measure(name)).toBeNull();
				expect(readdirSync(join(disk, 'objects'))).toEqual([tagOf(existing)]);
				expect((await readAll(small, existing, { start: 0, end: 1_000 })).equals(bytesOf(1_000))).toBe(true);
				expect((await small.inspect())[1]).toMatchObject({
					ok: false,
					fix: expect.stringMatching(/MiB free: free some space/),
				});
				await write(small, name, bytesOf(2 ** 20));
				await small.check();
				makeReadOnly(disk);
				expect(await reasonOf(small.check())).toBe('REFUSED');
			} finally {
				unmount(disk);
			}
		},
	);

	it('report an unavailable disk, without the name of the object', async () => {
		const name = newName();
		await write(store, name, bytesOf(10));
		renameSync(directory, `${directory}.away`);
		expect(await reasonOf(store.check())).toBe('REFUSED');
		writeFileSync(directory, 'no directory');
		for (const work of [
			() => store.measure(name),
			() => read(name, 5),
			() => write(store, newName(), bytesOf(5)),
			() => store.delete(tagOf(name)),
		]) {
			const error = await work().then(
				() => null,
				(thrown: unknown) => thrown,
			);
			expect(error).toMatchObject({ name: 'ObjectStoreError', reason: 'AWAY' });
			expect(String(error)).not.toContain(tagOf(name));
		}
	});

	it('are not read past their end if they were cut short', async () => {
		const name = newName();
		await write(store, name, bytesOf(10));
		writeFileSync(pathOf(name), 'short', { mode: 0o600 });
		expect(await reasonOf(read(name, 10))).toBe('AWAY');
	});
});
