import type { Config } from '../../config/index.ts';
import { FirmsealError } from '../../errors.ts';
import { type CommandResult, UsageError } from '../command.ts';
import { readSmallFile } from '../files/index.ts';
import { isVkey } from '../parse/index.ts';
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

/** Bytes: far more than the keys of all rotations need. */
const LONGEST = 65_536;

/**
 * Reads a file of verifier keys, one per line and nothing else. The file may come from the source of the log, so that only whole keys are
 * accepted. @throws FirmsealError BAD_USER_INPUT
 */
async function readVkeys(path: string): Promise<readonly string[]> {
	const text = Buffer.from(await readSmallFile(path, LONGEST)).toString();
	const lines = text.replace(/\n$/, '').split('\n');
	const wrong = lines.findIndex((line) => !isVkey(line));
	if (wrong === -1) return lines;
	throw new FirmsealError(
		'BAD_USER_INPUT',
		`Line ${wrong + 1} of ${JSON.stringify(path)} is not a verifier key of the form name+id+key: give a file with one key per line and nothing else.`,
	);
}
