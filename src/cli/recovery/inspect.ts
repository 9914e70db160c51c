import { commandEntry } from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, databaseCheck } from '../../database/index.ts';
import { compareLogWithAnchors } from '../../processes/anchor-health.ts';
import { type Installation, openPlaneOf } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';
import { UNSTOPPED } from '../io.ts';
import { inspectChangedKeys, inspectContractedColumns } from './changes.ts';
import { inspectDataKeys } from './data-keys.ts';
import { readLoggedActions } from './logged-actions.ts';
import { inspectStoredObjects } from './objects.ts';
import { inspectJobs, inspectOpenLeases, inspectRights } from './rows-and-log.ts';
import { inspectVersions } from './versions.ts';

export interface AfterRestore {
	/** Which objects' bytes are compared with their SHA-256; null for none. */
	readonly objects: 'sample' | 'all' | null;
}

/**
 * The checks that only matter after a restore, when database, keys, objects and anchors may each be from a different time. Changes nothing,
 * and no key leaves the keyring. The audit log records that the log was read.
 */
export async function inspectAfterRestore(
	config: Config,
	installation: Installation,
	options: AfterRestore,
): Promise<DatabaseCheck[]> {
	return [
		...(await inspectLog(config, installation)),
		...(await inspectDataKeys(config, installation)),
		...(await inspectStoredObjects(config, installation, options)),
	];
}

/** Checks that the database's log agrees with its anchors: otherwise content is closed. Returns no finding if nothing is anchored. */
export async function inspectAnchored(config: Config, { database }: Installation): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(database, 'firmseal_log', 1);
	try {
		const compared = await compareLogWithAnchors(config, plane, UNSTOPPED);
		if (compared.state === 'NONE') return [];
		const { check, ok, fix } = findingOfLog(compared).finding;
		const closed = compared.state === 'AWAY' ? 'Content is closed to operators.' : `Content is closed. ${OF_ANOTHER}`;
		return [{ check, ok, fix: fix && `${closed} ${fix}` }];
	} catch (error) {
		return [databaseCheck(LOG_CHECK, toCommandError(error).message)];
	} finally {
		await plane.close();
	}
}

const OF_ANOTHER =
	'If these anchors belong to another database, set FIRMSEAL_DATA_DIR to this database’s own directory. If not:';
const HISTORY = 'keys, leases, jobs and people are as the log says';

/** Compares the log with its anchors first. Compares the database with the log only if they agree. */
async function inspectLog(config: Config, installation: Installation): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(installation.database, 'firmseal_log', 1);
	try {
		const { finding, isWhole } = await compareLogWithAnchors(config, plane, UNSTOPPED).then(
			findingOfLog,
			(error: unknown) => ({
				finding: databaseCheck(LOG_CHECK, toCommandError(error).message),
				isWhole: false,
			}),
		);
		if (!isWhole) {
			const fix =
				'Not checked, because the log does not agree with its anchors. Fix that first, then run this command again.';
			return [finding, ...(await inspectOpenLeases(installation, null)), { check: HISTORY, ok: null, fix }];
		}
		await installation.audit.append([commandEntry(installation.osAccount, { action: 'log.read', firm: null })]);
		const acts = await readLoggedActions(plane);
		return [
			finding,
			...(await inspectOpenLeases(installation, acts)),
			...(await inspectVersions(installation, acts)),
			...(await inspectJobs(installation, acts)),
			...(await inspectChangedKeys(installation, acts)),
			...(await inspectContractedColumns(installation, acts)),
			...(await inspectRights(installation, acts)),
		];
	} finally {
		await plane.close();
	}
}

type Comparison = Awaited<ReturnType<typeof compareLogWithAnchors>>;

const LOG_CHECK = 'the log agrees with its anchors';

/** `isWhole`: as far as anyone can tell, the log has everything that happened until now. */
function findingOfLog({ state, number, why }: Comparison): {
	readonly finding: DatabaseCheck;
	readonly isWhole: boolean;
} {
	if (state === 'SOUND') return { finding: databaseCheck(`${LOG_CHECK}, up to anchor ${number}`, null), isWhole: true };
	if (state === 'NONE') return { finding: { check: LOG_CHECK, ok: null, fix: NOT_ANCHORED }, isWhole: true };
	const fix =
		state === 'AWAY'
			? `The anchors can’t be read: ${why}`
			: `${why} Run \`firmseal audit verify\`, and \`firmseal audit rebuild\` while no worker runs (docs/how-to/restore-the-log.md).`;
	return { finding: databaseCheck(LOG_CHECK, fix), isWhole: false };
}

const NOT_ANCHORED =
	'Nothing is anchored, so it is unknown whether the database is an older one. A running worker anchors the log every minute.';
