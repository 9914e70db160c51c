import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { initLocalKeyring, openLocalKeyring } from '../../../src/adapters/keyring-local/index.ts';
import type { KeyringPrincipal } from '../../../src/keys/index.ts';

/** A directory that is removed after the test. */
export async function newDirectory(): Promise<string> {
	const parent = await mkdtemp(join(tmpdir(), 'firmseal-keyring-'));
	onTestFinished(() => rm(parent, { recursive: true, force: true }));
	return join(parent, 'keyring');
}

/** An empty keyring on disk, and a way to open it. */
export async function newKeyring(clock?: () => Date) {
	const directory = await newDirectory();
	const rootKey = randomBytes(32);
	await initLocalKeyring({ directory, rootKey });
	const open = (principal: KeyringPrincipal = 'worker') =>
		openLocalKeyring({ directory, rootKey, principal, ...(clock && { clock }) });
	return { directory, rootKey, open, firmPath: (firm: string) => join(directory, 'firms', firm) };
}
