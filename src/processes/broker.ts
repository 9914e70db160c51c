import type { Logger } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { BROKER_LEADER_LOCK, openLeaderLock } from '../database/index.ts';
import { SetupError } from '../errors.ts';
import { type Keyring, PLATFORM_FIRM_ID } from '../keys/index.ts';
import { type BrokerReport, type BrokerRun, MAX_CONCURRENT_LEASES, runBroker } from '../leases/index.ts';
import {
	type DatabaseAccess,
	logUnrecordedKeyUse,
	openKeyring,
	openLog,
	openPlaneOf,
	openRefusalFeed,
	openRights,
} from '../wiring/index.ts';
import { reportKeyringHealth, reportRefusalFeed } from './keyring-health.ts';
import type { ProcessParts } from './process-parts.ts';
import { assertMayStart, assertProductionRules } from './start-checks.ts';

export interface RunningBroker {
	/** Ends the work under way and releases the database. Idempotent. */
	stop(): Promise<void>;
}

export interface BrokerOptions {
	/** The system's unless given. */
	readonly clock?: Clock;
}

/**
 * Verifies leases that operators have activated, creates and revokes the grants of the key service, and ends leases whose time is over. On
 * one database, one broker decides; any other waits for the leader lock. Once started, only stop() ends it.
 * @throws SetupError for anything that prevents the start
 */
export async function startBroker(
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
	{ clock = systemClock }: BrokerOptions = {},
): Promise<RunningBroker> {
	assertProductionRules(config, 'broker');
	const own = openOwnPlanes(database, logger);
	const parts: BrokerProcess = { config, database, logger, clock, ...own };
	try {
		await assertMayStart(config, 'broker', { database, plane: own.plane, logger });
		const keyring = await openKeyring(config, 'broker', reportKeyringHealth('broker', logger));
		await assertHasPlatformKey(keyring);
		// Reports at once what would keep this broker from ever deciding, such as a pooler in between.
		await (await openOwnLock(database)).close();
		await own.audit.append([systemEntry('broker', { action: 'process.start' })]);
		const running = runOnLeases(parts, keyring);
		logger.info({ plane: 'broker' }, 'broker started');
		const stop = async () => {
			await running.stop();
			await own.close();
		};
		let stopped: Promise<void> | undefined;
		return {
			stop() {
				stopped ??= stop();
				return stopped;
			},
		};
	} catch (error) {
		await own.close();
		throw error;
	}
}

const openOwnLock = (database: DatabaseAccess) =>
	openLeaderLock(database.direct ?? database.broker, BROKER_LEADER_LOCK);

function openOwnPlanes(database: DatabaseAccess, logger: Logger) {
	// A connection for each lease under way, and for the broker's own checks. Keys and audit entries have planes of their own, so that a
	// transaction on a lease never waits for this pool.
	const plane = openPlaneOf(database, 'firmseal_broker', MAX_CONCURRENT_LEASES + 3);
	const keyPlane = openPlaneOf(database, 'firmseal_broker', 2);
	const logPlane = openPlaneOf(database, 'firmseal_broker', 1);
	const refusalPlane = openPlaneOf(database, 'firmseal_broker', 1);
	const audit = openLog(logPlane, ({ entries, error }) => {
		if (error) logger.error({ err: error, count: entries }, 'audit entries could not be written');
	});
	return {
		plane,
		keyPlane,
		refusalPlane,
		audit,
		async close() {
			await audit.close();
			await Promise.all([plane, keyPlane, logPlane, refusalPlane].map((each) => each.close()));
		},
	};
}

interface BrokerProcess extends ProcessParts, ReturnType<typeof openOwnPlanes> {
	readonly audit: AppendingLog;
}

/** Decides on leases for as long as this broker is the leader, and reads which keys are refused. */
function runOnLeases(parts: BrokerProcess, keyring: Keyring): BrokerRun {
	const { config, database, logger, clock, plane, audit } = parts;
	let run: BrokerRun | undefined;
	const refusals = openRefusalFeed({
		clock,
		plane: parts.refusalPlane,
		// The leases of a firm that has taken its key back end at once.
		onRefusal: () => run?.checkKeysNow(),
		...reportRefusalFeed(logger, 'broker'),
	});
	const onUnrecorded = logUnrecordedKeyUse(logger);
	const rights = openRights({ plane: parts.keyPlane, keyring, audit, config, refusals, clock, onUnrecorded });
	const running = runBroker(
		{ plane, keyring, rights, audit, report: logBrokerEvents(logger), onRefused: refusals.report },
		{
			clock,
			openLeaderLock: () => openOwnLock(database),
			onLeader: () => logger.info({ plane: 'broker' }, 'this broker now decides on leases'),
			onFailure: (error, of) => logger.error({ ...of, err: error, plane: 'broker' }, 'the broker failed: retrying'),
		},
	);
	run = running;
	return {
		...running,
		async stop() {
			await running.stop();
			await refusals.stop();
		},
	};
}

function logBrokerEvents(logger: Logger): BrokerReport {
	const withdrawn = {
		KEY: 'a lease was revoked: the wrapping key of its firm is not enabled',
		GRANT: 'a lease was revoked: someone removed its grant in the key service',
		MARK: 'a lease was revoked: the process that was ending it did not finish',
	} as const;
	return {
		started: (lease) => logger.info({ ...lease }, 'a lease is active'),
		refused(lease, { refusalReasons, isForged }) {
			const fields = { ...lease, check: refusalReasons.join(' ') };
			if (isForged) logger.error(fields, 'a lease was refused: its request, approvals or rights could not be proven');
			else logger.warn(fields, 'a lease was refused: its request, approvals or rights are no longer valid');
		},
		approvalsIgnored: (lease) =>
			logger.error({ ...lease }, 'an approval of a lease was ignored: it could not be proven'),
		revoked: (lease, because) => logger.error({ ...lease }, withdrawn[because]),
		orphanGrantRevoked: (grant) => logger.error({ ...grant }, 'removed a grant that belongs to no lease in use'),
		failed: (lease, task, error) =>
			logger.error({ ...lease, err: error, check: task }, 'could not process a lease: retrying'),
	};
}

/** @throws SetupError if the keyring has no key of the platform */
async function assertHasPlatformKey(keyring: Keyring): Promise<void> {
	if ((await keyring.describeKey(PLATFORM_FIRM_ID)) === null)
		throw new SetupError(
			'The keyring has no key of the platform: run `firmseal init`, or give the broker the keyring of this installation.',
		);
}
