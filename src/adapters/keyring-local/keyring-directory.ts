import { randomUUID, timingSafeEqual } from 'node:crypto';
import { existsSync, readdirSync } from 'node:fs';
import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../../errors.ts';
import { nullIfAbsent } from '../../local-files/index.ts';
import { makeDirectoryDurably, publishFile } from './durable-files.ts';
import { deriveRootKeys, type RootKeys } from './root-keys.ts';

const FORMAT = 'firmseal-local-keyring/1';
const OTHERS = 0o077;

const schema = z.strictObject({ format: z.literal(FORMAT), installation: z.uuid(), proof: z.base64() });

interface KeyringLocation {
	readonly directory: string;
	/** 32 bytes. */
	readonly rootKey: Uint8Array;
}

export function firmsOf(directory: string): string {
	return join(directory, 'firms');
}

/** Makes an empty keyring. Throws SetupError, and changes no existing file, if the directory holds keys or can't be used. */
export async function initLocalKeyring({ directory, rootKey }: KeyringLocation): Promise<void> {
	const installation = randomUUID();
	const { proof } = deriveRootKeys(rootKey, installation);
	const firms = firmsOf(directory);
	const throwUnusable = (error: unknown): never => {
		throw new SetupError(explainFileErrorCode(errorCodeOf(error), directory));
	};
	if ((await nullIfAbsent(readdir(firms)).catch(throwUnusable))?.length) {
		throw new SetupError(`${directory} already holds keys: open that keyring, or choose another directory.`);
	}
	await makeDirectoryDurably(firms).catch(throwUnusable);
	await assertOwnerOnly(directory);
	await assertOwnerOnly(firms);
	// Written last, so that an interrupted run can be repeated.
	const content = { format: FORMAT, installation, proof: Buffer.from(proof).toString('base64') };
	if (!(await publishFirst(join(directory, 'keyring.json'), `${JSON.stringify(content, null, '\t')}\n`))) {
		throw new SetupError(`${directory} already holds a keyring: open it, or choose another directory.`);
	}
}

/** False if the directory is missing, or holds only what an interrupted initLocalKeyring() leaves. */
export function isKeyringBegun(directory: string): boolean {
	const firms = firmsOf(directory);
	return existsSync(join(directory, 'keyring.json')) || (existsSync(firms) && readdirSync(firms).length > 0);
}

/** Throws SetupError unless there is a complete keyring that belongs to this root key and that only its owner can read. */
export async function openRootKeys({ directory, rootKey }: KeyringLocation): Promise<RootKeys> {
	const path = join(directory, 'keyring.json');
	await assertOwnerOnly(directory);
	await assertOwnerOnly(path);
	await assertOwnerOnly(firmsOf(directory));
	const read = schema.safeParse(parse(await readFile(path, 'utf8')));
	if (!read.success) throw new SetupError(`${path} is damaged: restore it from a backup.`);
	const root = deriveRootKeys(rootKey, read.data.installation);
	const proof = Buffer.from(read.data.proof, 'base64');
	if (proof.length !== root.proof.length || !timingSafeEqual(proof, root.proof)) {
		throw new SetupError(
			`The root key does not belong to the keyring in ${directory}: set FIRMSEAL_ROOT_KEY to the root key of this keyring, or restore the keyring of this installation.`,
		);
	}
	return root;
}

async function publishFirst(path: string, text: string): Promise<boolean> {
	try {
		return await publishFile(path, Buffer.from(text));
	} catch (error) {
		if (!['EPERM', 'ENOTSUP'].includes(errorCodeOf(error))) throw error;
		throw new SetupError('The local keyring needs a file system with hard links: choose another directory.');
	}
}

async function assertOwnerOnly(path: string): Promise<void> {
	const found = await nullIfAbsent(stat(path));
	if (found === null) {
		throw new SetupError(`${path} is missing: restore it from a backup.`);
	}
	if ((found.mode & OTHERS) !== 0) {
		throw new SetupError(`Other users can access ${path}. Run: chmod -R go-rwx ${path}`);
	}
}

function parse(text: string): unknown {
	try {
		return JSON.parse(text);
	} catch {
		return undefined;
	}
}
