import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FirmStore } from '../../../src/adapters/keyring-local/firm-store.ts';
import { withGrant } from '../../../src/adapters/keyring-local/grants.ts';
import { firmsOf, openRootKeys } from '../../../src/adapters/keyring-local/keyring-directory.ts';
import { newKeyring } from './new-keyring.ts';

const WRITER = join(import.meta.dirname, 'writer.ts');

describe('a process that pauses between reading and writing', () => {
	// 5: the name of its generation is taken. 70: the name was taken and is free again.
	it.each([5, 70])('loses none of the %i grants that another process created meanwhile', async (count) => {
		const keyring = await newKeyring();
		const firm = randomUUID();
		await (await keyring.open()).createKey(firm);
		const store = new FirmStore(firmsOf(keyring.directory), await openRootKeys(keyring));
		let asleep = true;
		let calls = 0;
		const changed = await store.change(firm, (keys) => {
			calls++;
			if (!keys) throw new Error('the firm has a key');
			if (asleep) {
				asleep = false;
				const { directory, rootKey } = keyring;
				const other = spawnSync(process.execPath, [
					WRITER,
					directory,
					rootKey.toString('hex'),
					firm,
					'other',
					String(count),
				]);
				expect(other.stderr.toString()).toBe('');
			}
			return withGrant(keys, { name: 'sleeper', firm, class: 'NOTE' }, new Date());
		});
		expect(calls).toBe(2);
		expect(changed.grants).toHaveLength(count + 1);
		const names = (await store.read(firm))?.grants.map(({ name }) => name) ?? [];
		expect(names).toContain('sleeper');
		expect(names.filter((name) => name.startsWith('other-'))).toHaveLength(count);
	});

	it('writes nothing if there is nothing to change, or if it may not write', async () => {
		const keyring = await newKeyring();
		const firm = randomUUID();
		const described = await (await keyring.open()).createKey(firm);
		const store = new FirmStore(firmsOf(keyring.directory), await openRootKeys(keyring));
		await store.change(firm, (keys) => keys);
		await expect(
			store.change(firm, () => {
				throw new Error('may not');
			}),
		).rejects.toMatchObject({ code: 'KEY_UNAVAILABLE', message: expect.not.stringContaining('may not') });
		expect(await (await keyring.open()).describeKey(firm)).toEqual(described);
	});
});
