import { lstatSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { errorCodeOf, explainFileErrorCode, SetupError } from '../errors.ts';
import { makeDirectory } from './make-directory.ts';

const SETTING = 'FIRMSEAL_DATA_DIR';

/**
 * Makes the data directory, for its owner only, and what is missing above it.
 * @throws SetupError when it cannot be made, is no directory, belongs to another user, may be written to by others, or holds files of another program.
 */
export function makeDataDirectory(path: string): void {
	withSetupErrors(path, () => {
		makeDirectory(path);
		refuseForeign(path);
	});
}

/** Whether it is there. Makes nothing. @throws SetupError as makeDataDirectory() does for one that is there */
export function hasDataDirectory(path: string): boolean {
	return withSetupErrors(path, () => {
		try {
			// With `throwIfNoEntry` a path below a file would count as none.
			statSync(path);
		} catch (error) {
			if (errorCodeOf(error) === 'ENOENT') return false;
			throw error;
		}
		// Of what is no directory mkdir says so.
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

/** What Firmseal makes there, and where a disk is mounted. A first start that was cut off leaves nothing else. */
const OURS =
	/^(?:postgres|postgres\.lock|keyring|root\.key|objects|anchors|issuer|signer|log|log\.1|tokens\.sh|disputed-.+\.jsonl|(?:root\.key|tokens\.sh)\.[0-9a-f-]{36}\.new|lost\+found)$/;

/** By any of these, if only its owner may read it, an installation is known that someone has put other things beside. */
const SIGNS = [
	'postgres/password',
	'keyring/keyring.json',
	'root.key',
	'issuer/issuer-key.json',
	'signer/head',
	'objects',
	'anchors',
];

/** Where other things are, ours would be scattered among them, and lost or shared with them. */
function refuseForeign(path: string): void {
	const { uid, mode } = statSync(path);
	if (uid !== process.getuid?.())
		throw new SetupError(
			`${path} is another user's, who could take the keys in it: set ${SETTING} to a directory of the user who runs Firmseal.`,
		);
	const foreign = readdirSync(path).find((name) => !OURS.test(name));
	if (foreign !== undefined && !SIGNS.some((sign) => isOwnerOnly(join(path, sign))))
		throw new SetupError(
			`${path} has other things in it, such as ${foreign}, and nothing that Firmseal has made: set ${SETTING} to an empty directory, or to one that is not there yet.`,
		);
	const isWritable = (mode & 0o022) !== 0;
	if (isWritable && (mode & 0o1000) !== 0)
		throw new SetupError(
			`${path} is made for all users to write to: set ${SETTING} to a directory of Firmseal's own, such as one below it.`,
		);
	if (isWritable)
		throw new SetupError(
			`Other users may write to ${path}, and put keys and links there: run chmod go-w on it when you have seen what is in it, or set ${SETTING} to another.`,
		);
}

function isOwnerOnly(path: string): boolean {
	const stats = lstatSync(path, { throwIfNoEntry: false });
	return stats !== undefined && (stats.mode & 0o077) === 0;
}
