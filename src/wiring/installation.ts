import { userInfo } from 'node:os';
import { commandEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { countFirms, type Plane, selectAllFirms, selectDataKeyListing } from '../database/index.ts';
import { SetupError } from '../errors.ts';
import { type AdminContext, isInstallationProven, proveInstallation } from '../firms/index.ts';
import { type Keyring, PLATFORM_FIRM_ID } from '../keys/index.ts';
import { type DatabaseAccess, openDatabase, openPlaneOf, prepareInstallationDatabase } from './open-database.ts';
import { issuerOf } from './open-issuer.ts';
import { hasKeyring, initKeyring, keyringWords, keyServiceAdvice, openKeyring } from './open-keyring.ts';
import { openLog } from './open-log.ts';
import { openRights } from './open-rights.ts';
import { openRefusalFeed, type RefusalFeed } from './refusal-feed.ts';

export { PLATFORM_FIRM_ID } from '../keys/index.ts';

/** The installation for its administration: people, firms and wrapping keys, never content. */
export interface Installation extends AdminContext {
	readonly database: DatabaseAccess;
	readonly audit: AppendingLog;
}

/** Runs a command on an existing installation, and then releases everything. */
export async function withInstallation<T>(
	config: Config,
	work: (installation: Installation) => Promise<T>,
): Promise<T> {
	const database = await openDatabase(config, { forOneCommand: true, mustExist: true });
	try {
		return await withAdminContext(config, database, work);
	} finally {
		await database.stop();
	}
}

/** withInstallation() on a database that is already open. */
export async function withAdminContext<T>(
	config: Config,
	database: DatabaseAccess,
	work: (installation: Installation) => Promise<T>,
): Promise<T> {
	return withPlaneParts(config, database, 'worker', 4, ({ plane: worker, audit, keyring, refusals, clock }) =>
		work({
			database,
			worker,
			keyring,
			audit,
			rights: openRights({ plane: worker, keyring, audit, config, refusals, clock, onUnrecorded: () => {} }),
			issuer: issuerOf(config),
			assignsSubjects: config.tokens === null,
			personClaim: config.tokens?.personClaim ?? null,
			osAccount: osAccount(),
		}),
	);
}

export type InstallationWithOperatorPlane = Installation & { readonly operatorPlane: Plane };

/** withInstallation(), with a plane of the operator's role: it is the only role of the platform that sees metadata of all firms. */
export const withOperatorPlane = <T>(
	config: Config,
	work: (installation: InstallationWithOperatorPlane) => Promise<T>,
): Promise<T> =>
	withInstallation(config, async (installation) => {
		const operatorPlane = openPlaneOf(installation.database, 'firmseal_operator', 1);
		try {
			return await work({ ...installation, operatorPlane });
		} finally {
			await operatorPlane.close();
		}
	});

/** The parts of a process of one side. */
export interface PlaneParts {
	readonly plane: Plane;
	readonly audit: AppendingLog;
	readonly keyring: Keyring;
	readonly refusals: RefusalFeed;
	readonly clock: Clock;
}

/** Runs `work` with the parts of a process of that side, and then releases them. `connections`: of the plane. */
export async function withPlaneParts<T>(
	config: Config,
	database: DatabaseAccess,
	side: 'firm' | 'operator' | 'worker',
	connections: number,
	work: (parts: PlaneParts) => Promise<T>,
): Promise<T> {
	const plane = openPlaneOf(database, `firmseal_${side}`, connections);
	const logPlane = openPlaneOf(database, `firmseal_${side}`, 1);
	const refusalPlane = openPlaneOf(database, `firmseal_${side}`, 1);
	const audit = openLog(logPlane);
	const refusals = openRefusalFeed({ clock: systemClock, plane: refusalPlane });
	try {
		return await work({
			plane,
			audit,
			keyring: await openExistingKeyring(config, database, side),
			refusals,
			clock: systemClock,
		});
	} finally {
		await refusals.stop();
		await audit.close();
		await Promise.all([plane, logPlane, refusalPlane].map((each) => each.close()));
	}
}

/**
 * Prepares roles, schema and keyring, and proves the existing rows once. Idempotent. A keyring is created only for a database without firms and
 * data keys: otherwise a database whose keyring is elsewhere would get a second, wrong one.
 */
export async function initInstallation(config: Config, database: DatabaseAccess): Promise<{ readonly isNew: boolean }> {
	await prepareInstallationDatabase(database);
	const isNew = await mayCreateKeyring(config, database);
	if (isNew) await initKeyring(config);
	await assertKeyringMatches(config, database);
	await withAdminContext(config, database, async (admin) => {
		const { audit, osAccount } = admin;
		const records = await proveInstallation({ ...admin, keyring: await openKeyring(config, 'worker') });
		if (isNew || records.length > 0)
			await audit.append([commandEntry(osAccount, { action: 'installation.init', records })]);
	});
	return { isNew };
}

/** @throws SetupError if the keyring is of another installation: it has none of this database's firms, or another key of the platform */
export async function assertKeyringMatches(config: Config, database: DatabaseAccess): Promise<void> {
	// A deployed plane doesn't have the worker's sign-in. Its key service knows only its own firms.
	if (!database.worker) return;
	const keyring = await openExistingKeyring(config, database, 'worker');
	const [firms, platform] = await withWorkerPlane(database, (plane) =>
		plane.read(
			null,
			async (tx) => [await selectAllFirms(tx), await selectDataKeyListing(tx, PLATFORM_FIRM_ID)] as const,
		),
	);
	const { subject, fix } = keyringWords(config);
	if (firms.length > 0 && !(await knowsAnyFirm(keyring, firms)))
		throw new SetupError(`${subject} is of another installation and has no key of this database's firms: ${fix}`);
	const ofPlatform = await keyring.describeKey(PLATFORM_FIRM_ID);
	// Data keys that were lost with an earlier key service are under a key that doesn't exist any more, and are disabled.
	const opening = platform.filter(({ state }) => state === 'ACTIVE' || state === 'RETIRED');
	if (opening.some(({ keyId }) => keyId !== ofPlatform?.keyId))
		throw new SetupError(`${subject} has another key of the platform than this database: ${fix}`);
}

const mayCreateKeyring = async (config: Config, database: DatabaseAccess): Promise<boolean> =>
	!(await hasKeyring(config)) && (await withWorkerPlane(database, isEmptyDatabase));

/** @throws SetupError, which says to run `firmseal init` only if the keyring was never created: a lost keyring must not be replaced by a new one */
async function openExistingKeyring(
	config: Config,
	database: DatabaseAccess,
	side: 'firm' | 'operator' | 'worker',
): Promise<Keyring> {
	try {
		return await openKeyring(config, side);
	} catch (error) {
		if (!database.worker || !(error instanceof SetupError) || !(await mayCreateKeyring(config, database))) throw error;
		throw new SetupError('This installation has no keyring and no firm yet: run `firmseal init`.');
	}
}

async function knowsAnyFirm(
	keyring: Pick<Keyring, 'describeKey'>,
	firms: readonly { readonly id: string }[],
): Promise<boolean> {
	for (const { id } of firms) if (await keyring.describeKey(id)) return true;
	return false;
}

async function withWorkerPlane<T>(database: DatabaseAccess, work: (plane: Plane) => Promise<T>): Promise<T> {
	const plane = openPlaneOf(database, 'firmseal_worker', 1);
	try {
		return await work(plane);
	} finally {
		await plane.close();
	}
}

const isEmptyDatabase = (plane: Plane) =>
	plane.read(null, async (tx) => (await countFirms(tx)) === 0 && (await selectDataKeyListing(tx, null)).length === 0);

/** @throws SetupError if the rows of the installation are not proven yet: no one could sign in */
export async function assertInstallationProven(keyring: Pick<Keyring, 'describeKey'>): Promise<void> {
	if (await isInstallationProven(keyring)) return;
	const unproven = "The rights of this installation's people are not proven yet: run `firmseal init`.";
	if (await keyring.describeKey(PLATFORM_FIRM_ID)) throw new SetupError(unproven);
	// Either the installation is older than the proofs, or the process has the wrong keyring.
	throw new SetupError(
		`${unproven} If you have run it, this process has the keyring of another installation: ${keyServiceAdvice()}.`,
	);
}

/** The name of the operating system's account, or its number if it has no name. */
function osAccount(): string {
	try {
		return (
			userInfo()
				.username.replace(/[^A-Za-z0-9_.-]/g, '_')
				.slice(0, 32) || 'unknown'
		);
	} catch {
		return String(process.getuid?.() ?? 'unknown');
	}
}
