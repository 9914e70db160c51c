import { AuditProofError } from '../../audit/verify/index.ts';
import { MAX_KEY_FILE_BYTES, parseKeyFile } from '../../audit/verify/log.ts';
import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, UsageError } from '../command.ts';
import { readSmallFile } from '../files/index.ts';
import { verifyAnchors } from './verify-anchors.ts';
import { verifyBundleFile, verifyProof } from './verify-files.ts';
import { verifyInstallation } from './verify-installation.ts';

export interface VerifyLogOptions {
	readonly database?: boolean;
	readonly anchors?: boolean;
	readonly bundle?: string;
	readonly proof?: string;
	readonly vkey?: readonly string[];
	readonly vkeyFile?: string;
	readonly since?: string;
}

/** How the options contradict each other; null if they don't. */
export function misuseOf(options: VerifyLogOptions): string | null {
	const { database, anchors, bundle, proof, vkey = [], vkeyFile, since } = options;
	const sources = [database, anchors, bundle, proof].filter((source) => source !== undefined);
	if (sources.length > 1) return '--database, --anchors, --bundle and --proof exclude each other: give one';
	const isFile = bundle !== undefined || proof !== undefined;
	if (isFile && vkey.length === 0 && vkeyFile === undefined)
		return '--bundle and --proof need the --vkey-file or --vkey of the tree';
	if (!isFile && vkey.length > 1) return ONE_KEY;
	if (since !== undefined && bundle === undefined) return '--since needs --bundle';
	return null;
}

const ONE_KEY = 'a log begins with one key: give one --vkey, or a --vkey-file with one';

/** Files need no installation. The settings say which database and which anchors to verify. */
export async function verifyLog(config: Config, options: VerifyLogOptions): Promise<CommandResult> {
	const { database, anchors, bundle, proof, vkey = [], vkeyFile, since } = options;
	const vkeys = vkeyFile === undefined ? vkey : [...(await readVkeys(vkeyFile)), ...vkey];
	if (bundle !== undefined) return verifyBundleFile(bundle, vkeys, since);
	if (proof !== undefined) return verifyProof(proof, vkeys);
	if (vkeys.length > 1) throw new UsageError(`${ONE_KEY}.`);
	const pinned = vkeys[0] ?? null;
	if (anchors) return verifyAnchors(config, pinned);
	return verifyInstallation(config, { pinned, withAnchors: !database });
}

/** Reads a file of verifier keys. @throws FirmsealError BAD_USER_INPUT */
async function readVkeys(path: string): Promise<readonly string[]> {
	const text = Buffer.from(await readSmallFile(path, MAX_KEY_FILE_BYTES)).toString();
	try {
		return parseKeyFile(text, path);
	} catch (error) {
		throw error instanceof AuditProofError ? new FirmsealError('BAD_USER_INPUT', error.message) : error;
	}
}
