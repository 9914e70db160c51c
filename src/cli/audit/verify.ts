import type { Config } from '../../config.ts';
import type { Answer } from '../command.ts';
import { verifyAnchors } from './verify-anchors.ts';
import { verifyBundleFile, verifyProof } from './verify-files.ts';
import { verifyInstallation } from './verify-installation.ts';

export interface VerifyOptions {
	readonly database?: boolean;
	readonly anchors?: boolean;
	readonly bundle?: string;
	readonly proof?: string;
	readonly vkey?: readonly string[];
	readonly since?: string;
}

/** What is wrong with how it was called; null: nothing. */
export function misuseOf({ database, anchors, bundle, proof, vkey = [], since }: VerifyOptions): string | null {
	const sources = [database, anchors, bundle, proof].filter((source) => source !== undefined);
	if (sources.length > 1) return '--database, --anchors, --bundle and --proof each name what is verified: give one';
	const isFile = bundle !== undefined || proof !== undefined;
	if (isFile && vkey.length === 0) return '--bundle and --proof need the --vkey of the tree';
	if (!isFile && vkey.length > 1) return 'a log begins with one key: give one --vkey';
	if (since !== undefined && bundle === undefined) return '--since is for --bundle';
	return null;
}

/** Files need no installation; the log in the database and the anchors are those of the settings. */
export function verifyLog(config: Config, options: VerifyOptions): Promise<Answer> {
	const { database, anchors, bundle, proof, vkey = [], since } = options;
	if (bundle !== undefined) return verifyBundleFile(bundle, vkey, since);
	if (proof !== undefined) return verifyProof(proof, vkey);
	const pinned = vkey[0] ?? null;
	if (anchors) return verifyAnchors(config, pinned);
	return verifyInstallation(config, { pinned, withAnchors: !database });
}
