import { commandEntry } from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import type { DatabaseCheck } from '../../database/index.ts';
import { compareLogWithAnchors } from '../../processes/anchor-health.ts';
import type { Installation } from '../../wiring/index.ts';
import { openPlaneOf } from '../../wiring/index.ts';
import { toCommandError } from '../command.ts';
import { UNSTOPPED } from '../io.ts';
import { inspectChangedKeys, inspectContractedColumns } from './changes.ts';
import { inspectDataKeys } from './data-keys.ts';
import { readLoggedActions } from './logged-actions.ts';
import { inspectStoredObjects } from './objects.ts';
import { inspectJobs, inspectOpenLeases, inspectRights } from './rows-and-log.ts';
import { inspectVersions } from './versions.ts';

export interface AfterRestore {
	/** Whose bytes are compared: of some objects, of all, or of none. */
	readonly objects: 'sample' | 'all' | null;
}

/**
 * What only matters after a restore, when database, keys, objects and anchors may each be of another time. Nothing is changed, and no key
 * leaves the keyring; that the log was read is on record.
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

/** Whether the database is the one that is anchored: if not, content is closed. No finding while nothing is anchored. */
export async function inspectAnchored(config: Config, { database }: Installation): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(database, 'firmseal_log', 1);
	try {
		const compared = await compareLogWithAnchors(config, plane, UNSTOPPED);
		if (compared.state === 'NONE') return [];
		const { check, ok, fix } = findingOfLog(compared).finding;
		const closed = compared.state === 'AWAY' ? 'Content is closed to operators.' : `Content is closed. ${OF_ANOTHER}`;
		return [{ check, ok, fix: fix && `${closed} ${fix}` }];
	} catch (error) {
		return [{ check: LOG_CHECK, ok: false, fix: toCommandError(error).message }];
	} finally {
		await plane.close();
	}
}

const OF_ANOTHER =
	'If these are another database’s anchors, set FIRMSEAL_DATA_DIR to a directory of this one’s own. If not:';
const HISTORY = 'keys, leases, jobs and people are as the log has left them';

/** The log first: what it says is asked only where it is the one that is anchored. */
async function inspectLog(config: Config, installation: Installation): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(installation.database, 'firmseal_log', 1);
	try {
		const { finding, isWhole } = await compareLogWithAnchors(config, plane, UNSTOPPED).then(
			findingOfLog,
			(error: unknown) => ({
				finding: { check: LOG_CHECK, ok: false, fix: toCommandError(error).message },
				isWhole: false,
			}),
		);
		if (!isWhole) {
			const fix = 'Not known before the log is what is anchored: fix that first, and run this again.';
			return [finding, ...(await inspectOpenLeases(installation, null)), { check: HISTORY, ok: false, fix }];
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

const LOG_CHECK = 'the log is what is anchored of it';

/** `isWhole`: it says what has happened until now, as far as anyone knows. */
function findingOfLog({ state, number, why }: Comparison): {
	readonly finding: DatabaseCheck;
	readonly isWhole: boolean;
} {
	if (state === 'SOUND')
		return { finding: { check: `${LOG_CHECK}, up to anchor ${number}`, ok: true, fix: null }, isWhole: true };
	if (state === 'NONE') return { finding: { check: LOG_CHECK, ok: null, fix: NOT_ANCHORED }, isWhole: true };
	const fix =
		state === 'AWAY'
			? `The anchors can’t be asked: ${why}`
			: `${why} Run \`firmseal audit verify\`, and \`firmseal audit rebuild\` while no worker runs (docs/how-to/restore-the-log.md).`;
	return { finding: { check: LOG_CHECK, ok: false, fix }, isWhole: false };
}

const NOT_ANCHORED =
	'Nothing is anchored, so that nothing says whether the database is an older one: a worker that runs anchors the log each minute.';
