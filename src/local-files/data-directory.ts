import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../errors.ts';
import { makeDirectory } from './make-directory.ts';

const SETTING = 'FIRMSEAL_DATA_DIR';

/**
 * Creates the data directory, for its owner only, and missing directories above it.
 * @throws SetupError if the path cannot be created, is not a directory, belongs to another user, is writable by others, or has files of
 * another program.
 */
export function makeDataDirectory(path: string): void {
	withSetupErrors(path, () => {
		makeDirectory(path);
		refuseForeign(path);
	});
}

/** Whether the directory exists. Creates nothing. @throws SetupError as makeDataDirectory() does for an existing path. */
export function hasDataDirectory(path: string): boolean {
	return withSetupErrors(path, () => {
		try {
			// Without `throwIfNoEntry`, which would treat a path below a file as missing.
			statSync(path);
		} catch (error) {
			if (errorCodeOf(error) === 'ENOENT') return false;
			throw error;
		}
		// Throws if the path is not a directory.
		makeDirectory(path);
		refuseForeign(path);
		return true;
	});
}

function withSetupErrors<Answer>(path: string, work: () => Answer): Answer {
	try {
		return work();
	} catch (error) {
		if (error instanceof SetupError) throw error;
		throw new SetupError(explainFileErrorCode(errorCodeOf(error), path, SETTING));
	}
}

/** The files of Firmseal, and of a mounted disk. An interrupted first start leaves nothing else. */
const OURS =
	/^(?:postgres|postgres\.lock|keyring|root\.key|devices|objects|anchors|issuer|signer|log|log\.1|tokens\.sh|disputed-.+\.jsonl|(?:root\.key|tokens\.sh)\.[0-9a-f-]{36}\.new|lost\+found)$/;

/** Any of these, if only its owner may read it, shows that the directory is an installation, even if it also has foreign files. */
const SIGNS = [
	'postgres/password',
	'keyring/keyring.json',
	'root.key',
	'issuer/issuer-key.json',
	'signer/head',
	'objects',
	'anchors',
];

/** Refuses a directory of another program or user, in which the files of Firmseal could be lost or read. */
function refuseForeign(path: string): void {
	const { uid, mode } = statSync(path);
	if (uid !== process.getuid?.())
		throw new SetupError(
			`${path} has another owner, who could take the keys in it: set ${SETTING} to a directory of the user who runs Firmseal.`,
		);
	const foreign = readdirSync(path).find((name) => !OURS.test(name));
	if (foreign !== undefined && !SIGNS.some((sign) => isOwnerOnly(join(path, sign))))
		throw new SetupError(
			`${path} has other files, such as ${foreign}, and none of Firmseal: set ${SETTING} to an empty directory, or to one that does not exist yet.`,
		);
	const isWritable = (mode & 0o022) !== 0;
	if (isWritable && (mode & 0o1000) !== 0)
		throw new SetupError(
			`${path} is a directory that all users may write to: set ${SETTING} to a directory only for Firmseal, such as one below it.`,
		);
	if (isWritable)
		throw new SetupError(
			`Other users can write to ${path}, and put keys and links there: check its content and run chmod go-w on it, or set ${SETTING} to another directory.`,
		);
}

function isOwnerOnly(path: string): boolean {
	const stats = lstatSync(path, { throwIfNoEntry: false });
	return stats !== undefined && (stats.mode & 0o077) === 0;
}
