import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SetupError } from '../../../src/errors.ts';
import { openKeyringIn } from '../../../src/wiring/library/index.ts';

const FIRM = '0198d2c4-3f5a-7c11-9d1e-7b1f6a1d9a01';
const CONTEXT = { firm: FIRM, class: 'NOTE' };

describe('a keyring in a directory', () => {
	let parent: string;
	let directory: string;
	beforeEach(() => {
		parent = mkdtempSync(join(tmpdir(), 'firmseal-library-'));
		directory = join(parent, 'keys');
	});
	afterEach(() => rmSync(parent, { recursive: true, force: true }));

	it('is refused if a file has the name of its directory', async () => {
		writeFileSync(directory, 'x');
		await expect(openKeyringIn(directory)).rejects.toThrow(SetupError);
		await expect(openKeyringIn(directory)).rejects.toThrow("for the keyring can't be created");
	});

	it('is refused without hanging if nothing can be created there', async () => {
		const from = (path: string) =>
			`await import(${JSON.stringify(new URL(`../../../src/${path}`, import.meta.url).href)})`;
		const script = `
			const { openKeyringIn } = ${from('wiring/library/open-keyring-in.ts')};
			const { initLocalKeyring } = ${from('adapters/keyring-local/index.ts')};
			const { createOwnerOnly } = ${from('local-files/index.ts')};
			const { openFilesystemObjects } = ${from('adapters/objects-filesystem/index.ts')};
			const directory = '/proc/nope';
			for (const make of [
				() => openKeyringIn(directory),
				() => initLocalKeyring({ directory, rootKey: new Uint8Array(32) }),
				() => createOwnerOnly(directory + '/key', ''),
				() => openFilesystemObjects({ directory }),
			]) await make().catch(({ name, message }) => console.log(name, message))`;
		// In a process of its own, because a call that hangs could not be stopped from within.
		const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
			timeout: 20_000,
		});
		const fix =
			'does not exist and cannot be created (ENOENT): set the data directory to a directory on a disk that accepts files.';
		expect(stdout.trimEnd().split('\n')).toEqual([
			"SetupError The directory /proc/nope for the keyring can't be created: choose another.",
			`SetupError /proc/nope ${fix}`,
			`SetupError /proc/nope/key ${fix}`,
			`SetupError /proc/nope ${fix}`,
		]);
	});

	it('is created at the first call, for its owner only, and opened at the next', async () => {
		const keyring = await openKeyringIn(directory);
		await keyring.createKey(FIRM);
		const { plaintext, wrapped } = await keyring.generateDataKey(CONTEXT);
		expect(readdirSync(directory).sort()).toEqual(['keyring', 'root.key']);
		for (const path of [directory, join(directory, 'root.key'), join(directory, 'keyring')])
			expect(statSync(path).mode & 0o077).toBe(0);

		const again = await openKeyringIn(directory);
		expect((await again.unwrap(CONTEXT, wrapped)).plaintext).toEqual(plaintext);
	});

	it('opens nothing with another context', async () => {
		const keyring = await openKeyringIn(directory);
		await keyring.createKey(FIRM);
		const { wrapped } = await keyring.generateDataKey(CONTEXT);
		await expect(keyring.unwrap({ ...CONTEXT, class: 'BILLING' }, wrapped)).rejects.toMatchObject({
			reason: 'REFUSED',
		});
	});

	it('has no key for a firm until one is created', async () => {
		const keyring = await openKeyringIn(directory);
		await expect(keyring.generateDataKey(CONTEXT)).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE' });
	});

	it('is not created again, with keys that open nothing, if its root key is missing', async () => {
		await openKeyringIn(directory);
		rmSync(join(directory, 'root.key'));
		await expect(openKeyringIn(directory)).rejects.toThrow(SetupError);
		expect(readdirSync(directory)).toEqual(['keyring']);
	});

	it('is refused if others may read the root key', async () => {
		await openKeyringIn(directory);
		chmodSync(join(directory, 'root.key'), 0o644);
		await expect(openKeyringIn(directory)).rejects.toThrow(SetupError);
	});
});
