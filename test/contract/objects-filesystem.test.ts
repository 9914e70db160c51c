import { randomUUID } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { openFilesystemObjects } from '../../src/adapters/objects-filesystem/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { tagOf } from '../support/objects.ts';
import { objectStoreContract } from './object-store-contract.ts';

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

objectStoreContract('filesystem', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-objects-'));
	directories.push(directory);
	return {
		store: guardStore(await openFilesystemObjects({ directory })),
		boundary: 512 * 1024,
		async leftOf(tag) {
			return readdirSync(directory, { recursive: true, encoding: 'utf8' }).filter((path) => path.startsWith(tag))
				.length;
		},
		async leaveUnfinished(name) {
			mkdirSync(join(directory, tagOf(name)), { recursive: true, mode: 0o700 });
			writeFileSync(join(directory, tagOf(name), `.${randomUUID()}.new`), 'half of it', { mode: 0o600 });
		},
	};
});
