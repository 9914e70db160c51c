import { randomBytes, randomUUID } from 'node:crypto';
import promises, { chmod, cp, mkdir, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { initLocalKeyring, isKeyringBegun, openLocalKeyring } from '../../../src/adapters/keyring-local/index.ts';
import { SetupError } from '../../../src/errors.ts';
import { failWith } from '../../support/failing-calls.ts';
import { newDirectory, newKeyring } from './new-keyring.ts';

/** Every path below `directory` with its bytes. */
async function contentOf(directory: string): Promise<Record<string, string>> {
	const entries = await readdir(directory, { recursive: true, withFileTypes: true });
	const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
	return Object.fromEntries(await Promise.all(files.map(async (path) => [path, await readFile(path, 'base64')])));
}

async function setupError(call: Promise<unknown>): Promise<string> {
	const error = await call.then(
		() => new Error('it was not refused'),
		(thrown: unknown) => thrown,
	);
	expect(error).toBeInstanceOf(SetupError);
	return (error as SetupError).message;
}

describe('a new keyring', () => {
	it('is created where an earlier creation stopped before it stored anything, and only there', async () => {
		const directory = join(await newDirectory(), 'keyring');
		expect(isKeyringBegun(directory)).toBe(false);
		await mkdir(join(directory, 'firms'), { recursive: true, mode: 0o700 });
		await chmod(directory, 0o700);
		expect(isKeyringBegun(directory)).toBe(false);
		const rootKey = randomBytes(32);
		await initLocalKeyring({ directory, rootKey });
		expect(isKeyringBegun(directory)).toBe(true);
		await (await openLocalKeyring({ directory, rootKey, principal: 'firm' })).createKey(randomUUID());
		await rm(join(directory, 'keyring.json'));
		// Keys without the file that names their installation are the remains of a keyring.
		expect(isKeyringBegun(directory)).toBe(true);
	});

	it('is accessible to its owner only', async () => {
		const { directory, open, firmPath } = await newKeyring();
		const firm = randomUUID();
		await (await open()).createKey(firm);
		const modes = await Promise.all(
			[
				directory,
				join(directory, 'firms'),
				firmPath(firm),
				join(directory, 'keyring.json'),
				join(firmPath(firm), '1'),
			].map(async (path) => (await stat(path)).mode & 0o777),
		);
		expect(modes).toEqual([0o700, 0o700, 0o700, 0o600, 0o600]);
	});

	it('never replaces another one, or the remains of one', async () => {
		const { directory, open } = await newKeyring();
		await (await open()).createKey(randomUUID());
		const before = await contentOf(directory);
		const again = () => setupError(initLocalKeyring({ directory, rootKey: randomBytes(32) }));
		expect(await again()).toContain('already holds keys: open that keyring');
		await rm(join(directory, 'keyring.json'));
		expect(await again()).toContain('already holds keys: open that keyring');
		expect(await contentOf(directory)).toEqual(
			Object.fromEntries(Object.entries(before).filter(([path]) => !path.endsWith('keyring.json'))),
		);
	});

	it('is created once if several processes create it at the same time', async () => {
		const directory = await newDirectory();
		const rootKeys = Array.from({ length: 8 }, () => randomBytes(32));
		const made = await Promise.allSettled(rootKeys.map((rootKey) => initLocalKeyring({ directory, rootKey })));
		expect(made.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
		const refusal = new SetupError(`${directory} already holds a keyring: open it, or choose another directory.`);
		const refused = made.filter((each) => each.status === 'rejected').map(({ reason }) => reason);
		expect(refused).toEqual(Array(7).fill(refusal));
		const winner = rootKeys[made.findIndex(({ status }) => status === 'fulfilled')];
		await openLocalKeyring({ directory, rootKey: winner ?? randomBytes(0), principal: 'worker' });
		expect((await readdir(directory)).sort()).toEqual(['firms', 'keyring.json']);
	});

	it('is completed if its creation was interrupted', async () => {
		const directory = await newDirectory();
		await mkdir(join(directory, 'firms'), { recursive: true, mode: 0o700 });
		await chmod(directory, 0o700);
		await expect(initLocalKeyring({ directory, rootKey: randomBytes(32) })).resolves.toBeUndefined();
	});

	it.each(['EPERM', 'ENOTSUP'])('is not created where a file cannot have a second name (%s)', async (code) => {
		failWith(promises, 'link', code);
		expect(await setupError(initLocalKeyring({ directory: await newDirectory(), rootKey: randomBytes(32) }))).toBe(
			'The local keyring needs a file system with hard links: choose another directory.',
		);
	});

	it('requires a root key of 32 bytes', async () => {
		const directory = await newDirectory();
		const message = await setupError(initLocalKeyring({ directory, rootKey: randomBytes(16) }));
		expect(message).toContain('must be 32 bytes: check FIRMSEAL_ROOT_KEY');
		await expect(stat(directory)).rejects.toThrow('ENOENT');
	});
});

describe('opening a keyring', () => {
	it('is refused with another root key, and changes nothing', async () => {
		const { directory, open } = await newKeyring();
		await (await open()).createKey(randomUUID());
		const before = await contentOf(directory);
		const rootKey = randomBytes(32);
		expect(await setupError(openLocalKeyring({ directory, rootKey, principal: 'worker' }))).toContain(
			'FIRMSEAL_ROOT_KEY',
		);
		expect(await contentOf(directory)).toEqual(before);
	});

	it('refuses the keyring.json of another installation, even one with the same root key', async () => {
		const { directory, rootKey, open } = await newKeyring();
		await (await open()).createKey(randomUUID());
		const stranger = await newKeyring();
		await cp(join(stranger.directory, 'keyring.json'), join(directory, 'keyring.json'));
		expect(await setupError(open())).toContain('does not belong');
		const sibling = await newDirectory();
		await initLocalKeyring({ directory: sibling, rootKey });
		await cp(join(sibling, 'keyring.json'), join(directory, 'keyring.json'));
		expect(await setupError(open())).toContain('damaged');
	});

	it.each(['', 'keyring.json', 'firms'])('is refused if %j is missing, and creates nothing', async (missing) => {
		const { directory, open } = await newKeyring();
		await rm(join(directory, missing), { recursive: true });
		expect(await setupError(open())).toContain('missing');
		await expect(stat(join(directory, missing))).rejects.toThrow('ENOENT');
	});

	it.each([
		['', 0o750],
		['', 0o701],
		['keyring.json', 0o640],
		['keyring.json', 0o604],
		['firms', 0o755],
	])('is refused with instructions if others can access %j (mode %o)', async (name, mode) => {
		const { directory, open } = await newKeyring();
		await chmod(join(directory, name), mode);
		expect(await setupError(open())).toContain('chmod');
		await chmod(join(directory, name), name === 'keyring.json' ? 0o600 : 0o700);
		await expect(open()).resolves.toBeDefined();
	});

	it.each(['', '{', '{}', 'null', '{"format":"firmseal-local-keyring/2"}'])(
		'is refused with %j as keyring.json',
		async (text) => {
			const { directory, open } = await newKeyring();
			await writeFile(join(directory, 'keyring.json'), text);
			expect(await setupError(open())).toContain('damaged');
			expect(await readFile(join(directory, 'keyring.json'), 'utf8')).toBe(text);
		},
	);

	it('neither exposes the root key nor writes it to a file', async () => {
		const { directory, rootKey, open } = await newKeyring();
		await (await open()).createKey(randomUUID());
		const written = Object.values(await contentOf(directory)).map((text) => Buffer.from(text, 'base64'));
		for (const form of [rootKey, rootKey.toString('hex'), rootKey.toString('base64'), rootKey.toString('base64url')]) {
			expect(written.some((bytes) => bytes.includes(form))).toBe(false);
		}
	});
});
