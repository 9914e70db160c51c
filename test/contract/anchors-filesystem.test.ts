import { mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import { readConfig } from '../../src/config/config.ts';
import { openAnchors } from '../../src/wiring/index.ts';
import { anchorStoreContract } from './anchor-store-contract.ts';

const directories: string[] = [];
afterAll(() => Promise.all(directories.map((directory) => rm(directory, { recursive: true }))));

anchorStoreContract('filesystem', async () => {
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-anchors-'));
	directories.push(directory);
	return (installation) =>
		openAnchors(readConfig({ FIRMSEAL_DATA_DIR: directory, FIRMSEAL_INSTALLATION: installation }));
});
