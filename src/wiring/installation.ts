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

/** The installation as its administration sees it: people, firms and wrapping keys, never content. */
export interface Installation extends AdminContext {
	readonly database: DatabaseAccess;
	readonly audit: AppendingLog;
}

/** Runs a command on the installation, which must be there, and lets go of everything, whatever comes of it. */
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

/** The same on a database that is open already. */
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

/** withInstallation(), with a plane of the operator's role: of the platform's roles it alone sees metadata of all firms. */
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

/** What a process of one side has of its own. */
export interface PlaneParts {
	readonly plane: Plane;
	readonly audit: AppendingLog;
	readonly keyring: Keyring;
	readonly refusals: RefusalFeed;
	readonly clock: Clock;
}

/** Runs `work` with what a process of that side has: its role's rows by so many connections, its log, its keyring. Lets go of all. */
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
 * Roles, schema, keyring and, once, the proofs of what is there. Idempotent; a keyring is made only for a database that holds no
 * firm and no data key, because what is under keys that are elsewhere would otherwise get a second, wrong one.
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

/**
 * A keyring may be whole and still be another installation's: then it knows none of this database's firms, or has another key of the
 * platform.
 * @throws SetupError
 */
export async function assertKeyringMatches(config: Config, database: DatabaseAccess): Promise<void> {
	// A deployed plane isn't told the worker's sign-in; its key service knows its own firms.
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
		throw new SetupError(`${subject} is of another installation, it knows no firm of this database: ${fix}`);
	const ofPlatform = await keyring.describeKey(PLATFORM_FIRM_ID);
	// What was lost with a key service is under no key that there is, and disabled since.
	const opening = platform.filter(({ state }) => state === 'ACTIVE' || state === 'RETIRED');
	if (opening.some(({ keyId }) => keyId !== ofPlatform?.keyId))
		throw new SetupError(`${subject} has another key of the platform than this database: ${fix}`);
}

const mayCreateKeyring = async (config: Config, database: DatabaseAccess): Promise<boolean> =>
	!(await hasKeyring(config)) && (await withWorkerPlane(database, isEmptyDatabase));

/** Says so where it is missing because it was never made; anywhere else nothing may be made in its place. @throws SetupError */
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

/** @throws SetupError for an installation whose rows have not been proven yet: nobody could sign in. */
export async function assertInstallationProven(keyring: Pick<Keyring, 'describeKey'>): Promise<void> {
	if (await isInstallationProven(keyring)) return;
	const unproven = "The rights of this installation's people are not proven yet: run `firmseal init`.";
	if (await keyring.describeKey(PLATFORM_FIRM_ID)) throw new SetupError(unproven);
	// From before there were proofs; or of a process that looks for its keys in the wrong place.
	throw new SetupError(
		`${unproven} If it was run, this process has not the keyring of this installation: ${keyServiceAdvice()}.`,
	);
}

/** The operating system's account; a number where it has no name. */
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
