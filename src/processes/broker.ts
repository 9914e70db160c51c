import type { Logger } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import { type Clock, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { BROKER_LEADER_LOCK, inspectLogin, openLeaderLock } from '../database/index.ts';
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
	type RefusalFeed,
} from '../wiring/index.ts';
import { reportKeyringHealth, reportRefusalFeed } from './keyring-health.ts';
import { assertNoDrift, assertPrepared, assertProductionRules, inspectDirectLogin } from './start-checks.ts';

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
 * is over. One broker decides on a database; any other waits for its place.
 * @throws SetupError for whatever keeps it from starting; once started, nothing ends it but stop().
 */
export async function startBroker(
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
	{ clock = systemClock }: BrokerOptions = {},
): Promise<RunningBroker> {
	assertProductionRules(config, 'broker');
	const directUrl = database.direct ?? database.broker;
	// One for each lease that is worked on, and what looks for them; keys and entries are never waited for by those who hold one.
	const plane = openPlaneOf(database, 'firmseal_broker', MAX_CONCURRENT_LEASES + 3);
	const keyPlane = openPlaneOf(database, 'firmseal_broker', 2);
	const logPlane = openPlaneOf(database, 'firmseal_broker', 1);
	const refusalPlane = openPlaneOf(database, 'firmseal_broker', 1);
	const audit = openLog(logPlane, ({ entries, error }) => {
		if (error) logger.error({ err: error, count: entries }, 'audit entries could not be written');
	});
	let refusals: RefusalFeed | undefined;
	const close = async () => {
		await refusals?.stop();
		await audit.close();
		await Promise.all([plane, keyPlane, logPlane, refusalPlane].map((each) => each.close()));
	};
	try {
		assertProductionRules(config, 'broker', {
			roles: [await inspectLogin(plane), ...(await inspectDirectLogin(config, database, 'broker', plane))],
		});
		await assertPrepared(plane);
		await assertNoDrift(config, plane, logger);
		const keyring = await openKeyring(config, 'broker', reportKeyringHealth('broker', logger));
		await assertHasPlatformKey(keyring);
		// What would keep it from ever deciding is said now, such as a pooler on the way.
		await (await openLeaderLock(directUrl, BROKER_LEADER_LOCK)).close();
		await audit.append([systemEntry('broker', { action: 'process.start' })]);
		const onUnrecorded = (error: unknown, firm: string) =>
			logger.error({ err: error, firm }, 'the use of a key could not be recorded');
		let run: BrokerRun | undefined;
		refusals = openRefusalFeed({
			clock,
			plane: refusalPlane,
			// A firm that has taken its key back has no leases.
			onRefusal: () => run?.checkKeysNow(),
			...reportRefusalFeed(logger, 'broker'),
		});
		const rights = openRights({ plane: keyPlane, keyring, audit, config, refusals, clock, onUnrecorded });
		const running = runBroker(
			{ plane, keyring, rights, audit, report: logBrokerEvents(logger), onRefused: refusals.report },
			{
				clock,
				openSession: () => openLeaderLock(directUrl, BROKER_LEADER_LOCK),
				onLeader: () => logger.info({ plane: 'broker' }, 'this broker now decides on leases'),
				onFailure: (error, of) => logger.error({ ...of, err: error, plane: 'broker' }, 'the broker failed: retrying'),
			},
		);
		run = running;
		logger.info({ plane: 'broker' }, 'broker started');
		const stop = async () => {
			await running.stop();
			await close();
		};
		let stopped: Promise<void> | undefined;
		return {
			stop() {
				stopped ??= stop();
				return stopped;
			},
		};
	} catch (error) {
		await close();
		throw error;
	}
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
