import { commandEntry } from '../../audit/index.ts';
import type { Config } from '../../config/index.ts';
import { keyEventAct } from '../../content/index.ts';
import {
	createDataKeyStore,
	type DataKeyListing,
	disableLostKeys,
	type FirmRow,
	type OperatorRow,
	selectAllFirms,
	selectDataKeyListing,
	selectOperators,
} from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import {
	assertNoOtherApproverProven,
	findNamedApprovers,
	type NamedApprover,
	reproveApprovers,
} from '../../firms/index.ts';
import { createKeyRenewal, type DataKeyEvent, type Keyring } from '../../keys/index.ts';
import {
	type DatabaseAccess,
	hasKeyring,
	type Installation,
	initKeyring,
	issuerOf,
	openDatabase,
	openKeyring,
	openPlaneOf,
	PLATFORM_FIRM_ID,
	prepareInstallationDatabase,
	withAdminContext,
} from '../../wiring/index.ts';

export interface Reinitialization {
	/** How many firms need their keys recovered from their escrows. */
	readonly firms: number;
	/** For the person who runs the command to check. */
	readonly approvers: readonly { readonly email: string; readonly subject: string }[];
	/** How many other operators there are, whose proofs can no longer be checked. */
	readonly unproven: number;
}

interface ExistingInstallation {
	readonly firms: readonly FirmRow[];
	readonly approvers: readonly OperatorRow[];
	readonly others: number;
	/** The platform's data keys. */
	readonly platform: readonly DataKeyListing[];
}

/**
 * Sets up a new key service for a database whose key service is lost: a wrapping key for the platform and for each firm, and a new version of
 * the platform's RIGHTS key. Sealed content stays closed until each firm's escrow brings its keys back. Can be run again if it was interrupted.
 * @throws FirmsealError CONFLICT if the former key service is there, or if the new one already proves other approvers; NOT_FOUND,
 * BAD_USER_INPUT for the approvers; SetupError
 */
export async function reinitializeAfterKeyLoss(
	config: Config,
	people: readonly NamedApprover[],
	{ dryRun }: { readonly dryRun: boolean },
): Promise<Reinitialization> {
	const database = await openDatabase(config, { forOneCommand: true, mustExist: true });
	try {
		if (!dryRun) await prepareInstallationDatabase(database);
		const found = await readExistingInstallation(config, database, people);
		const isNew = !(await hasKeyring(config));
		if (!isNew) {
			await assertLost(await openKeyring(config, 'worker'), found);
			await withAdminContext(config, database, (admin) => assertNoOtherApproverProven(admin, found.approvers));
		}
		if (!dryRun) {
			if (isNew) await initKeyring(config);
			await withAdminContext(config, database, (admin) => createReplacementKeys(config, admin, found));
		}
		return {
			firms: found.firms.length,
			approvers: found.approvers.map(({ email, subject }) => ({ email, subject })),
			unproven: found.others,
		};
	} finally {
		await database.stop();
	}
}

/** Reads only what needs no key. */
async function readExistingInstallation(
	config: Config,
	database: DatabaseAccess,
	people: readonly NamedApprover[],
): Promise<ExistingInstallation> {
	const worker = openPlaneOf(database, 'firmseal_worker', 1);
	try {
		const accounts = { worker, issuer: issuerOf(config), assignsSubjects: config.tokens === null };
		const approvers = await findNamedApprovers(accounts, people);
		return await worker.read(null, async (tx) => ({
			firms: (await selectAllFirms(tx)).filter(({ status }) => status !== 'ERASED'),
			approvers,
			others: (await selectOperators(tx)).length - approvers.length,
			platform: await selectDataKeyListing(tx, PLATFORM_FIRM_ID),
		}));
	} finally {
		await worker.close();
	}
}

/** Accepts a key service that an interrupted run of this command has made. @throws FirmsealError CONFLICT if the former one is there */
async function assertLost(keyring: Pick<Keyring, 'describeKey'>, { platform }: ExistingInstallation): Promise<void> {
	const own = await keyring.describeKey(PLATFORM_FIRM_ID);
	const isFormer = platform.some(({ keyId, version }) => keyId === own?.keyId && version === 1);
	if (isFormer)
		throw new FirmsealError('CONFLICT', 'The key service of this database is not lost: nothing was changed.');
}

async function createReplacementKeys(
	config: Config,
	admin: Installation,
	{ firms, approvers, platform }: ExistingInstallation,
): Promise<void> {
	const keyring = await openKeyring(config, 'worker');
	const wrapping = await keyring.createKey(PLATFORM_FIRM_ID);
	for (const { id } of firms) await keyring.createKey(id);
	// Version 2 marks that rows without a proof give no right (prove-installation.ts).
	if (wrapping.version === 1) await keyring.rotateKey(PLATFORM_FIRM_ID);
	const active = platform.find(({ class: of, state }) => of === 'RIGHTS' && state === 'ACTIVE');
	if (active?.keyId !== wrapping.keyId) await generateRightsKey(admin, keyring, platform);
	await disableKeysOfLostService(admin, wrapping.keyId);
	admin.rights.purge();
	await reproveApprovers(admin, approvers);
}

async function generateRightsKey(
	{ worker, audit, osAccount }: Installation,
	keyring: Keyring,
	platform: readonly DataKeyListing[],
): Promise<void> {
	const events: DataKeyEvent[] = [];
	const store = createDataKeyStore(worker);
	const renewal = createKeyRenewal({ keyring, store, onEvent: (event) => void events.push(event) });
	const newest = Math.max(0, ...platform.filter(({ class: of }) => of === 'RIGHTS').map(({ version }) => version));
	await renewal.generate({ firm: PLATFORM_FIRM_ID, class: 'RIGHTS' }, newest + 1);
	await audit.append(events.map((event) => commandEntry(osAccount, keyEventAct(event))));
}

/** Disables the platform's data keys that are under the lost wrapping key, so that no process tries to open them. The worker may change RIGHTS, the signer CHECKPOINT. */
async function disableKeysOfLostService({ worker, database }: Installation, keyId: string): Promise<void> {
	await worker.write(null, (tx) => disableLostKeys(tx, PLATFORM_FIRM_ID, 'RIGHTS', keyId));
	const signer = openPlaneOf(database, 'firmseal_signer', 1);
	try {
		await signer.write(null, (tx) => disableLostKeys(tx, PLATFORM_FIRM_ID, 'CHECKPOINT', keyId));
	} finally {
		await signer.close();
	}
}
