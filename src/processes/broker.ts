import type { Logger } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { BROKER_LEADER_LOCK, openLeaderLock } from '../database/index.ts';
import { SetupError } from '../errors.ts';
import { type Keyring, PLATFORM_FIRM_ID } from '../keys/index.ts';
import { type BrokerReport, type BrokerRun, MAX_CONCURRENT_LEASES, runBroker } from '../leases/index.ts';
import {
	type DatabaseAccess,
	openKeyring,
	openLog,
	openPlaneOf,
	openRefusalFeed,
	openRights,
} from '../wiring/index.ts';
import { reportKeyringHealth, reportRefusalFeed } from './keyring-health.ts';
import { assertMayStart, assertProductionRules } from './start-checks.ts';

export interface RunningBroker {
	/** Ends what is under way and lets go of the database; once, however often it is asked. */
	stop(): Promise<void>;
}

export interface BrokerOptions {
	/** The system's unless given. */
	readonly clock?: Clock;
}

/**
 * Grants for leases: verifies what operators have activated, gives and takes the grants of the key service, and ends leases whose time
 * is over. One broker decides on a database; any other waits for the leader lock.
 * @throws SetupError for whatever keeps it from starting; once started, nothing ends it but stop().
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
		// What would keep it from ever deciding is reported now, such as a pooler on the way.
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
	// One for each lease that is worked on, and what looks for them; keys and entries are never waited for by those who hold one.
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

interface BrokerProcess extends ReturnType<typeof openOwnPlanes> {
	readonly config: Config;
	readonly database: DatabaseAccess;
	readonly logger: Logger;
	readonly clock: Clock;
}

/** Decides on leases for as long as this broker is the leader, and hears of keys that are refused. */
function runOnLeases(parts: BrokerProcess, keyring: Keyring): BrokerRun {
	const { config, database, logger, clock, plane, audit } = parts;
	const onUnrecorded = (error: unknown, firm: string) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');
	let run: BrokerRun | undefined;
	const refusals = openRefusalFeed({
		clock,
		plane: parts.refusalPlane,
		// A firm that has taken its key back has no leases.
		onRefusal: () => run?.checkKeysNow(),
		...reportRefusalFeed(logger, 'broker'),
	});
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

/** @throws SetupError when it knows nothing of the platform. */
async function assertHasPlatformKey(keyring: Keyring): Promise<void> {
	if ((await keyring.describeKey(PLATFORM_FIRM_ID)) === null)
		throw new SetupError(
			'The keyring has no key of the platform: run `firmseal init`, or give the broker the keyring of this installation.',
		);
}
