import { deliverBatch, type Webhook } from '../alerts/deliveries/index.ts';
import type { Logger } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { LogLeader } from '../audit-log/leader/index.ts';
import { type BackgroundTask, type Clock, repeat, systemClock, waitAtMost } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import {
	enableDeliveries,
	isClockSound,
	LOG_LEADER_LOCK,
	openLeaderLock,
	type Plane,
	raiseClockHighWaterMark,
} from '../database/index.ts';
import {
	deleteScheduledObjects,
	type ObjectDeletionParts,
	type ObjectStore,
	sweepUnfinishedUploads,
} from '../documents/index.ts';
import { findInvitationToSend } from '../firms/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import {
	type DatabaseAccess,
	openKeyring,
	openLog,
	openObjects,
	openPlaneOf,
	openRights,
	openWebhookOf,
} from '../wiring/index.ts';
import { reportKeyringHealth } from './keyring-health.ts';
import { assertMayStart, assertProductionRules } from './start-checks.ts';
import { type JobRunnerParts, startJobRunner } from './start-job-runner.ts';
import { startLogLeader } from './start-log-leader.ts';
import { watchAlerts } from './watch-alerts.ts';
import { watchLog } from './watch-log.ts';
import { watchOwnKeys } from './watch-own-keys.ts';

export interface RunningWorker {
	/** Whether notices are sent: the settings name a webhook. */
	readonly sendsNotices: boolean;
	/** Ends what is under way and lets go of the database; in two seconds and what the database takes. */
	stop(): Promise<void>;
}

/** For tests, which have less time, or a clock of their own. */
export interface WorkerOptions extends Pick<JobRunnerParts, 'propagationSeconds' | 'heartbeatTimeoutSeconds'> {
	readonly clock?: Clock;
}

/** Milliseconds between two looks, and those that what is being sent has to end in peace. */
const PERIOD = 1_000;
const GRACE = 2_000;

/**
 * The work that no one asks for: it runs jobs, leads and verifies the log, raises the clock's high-water mark, watches for alerts and the
 * keys that firms have brought, sends notices and alerts that are due to the webhook, if the settings name one, and deletes objects that are
 * no one's file any more. Each of these has a period of its own. Any number of workers may run on one database.
 * @throws SetupError for anything that keeps it from starting.
 */
export async function startWorker(
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
	{ clock = systemClock, ...options }: WorkerOptions = {},
): Promise<RunningWorker> {
	assertProductionRules(config, 'worker');
	const plane = openPlaneOf(database, 'firmseal_worker', 4);
	const logPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const log = openLog(logPlane);
	let jobs: BackgroundTask | undefined;
	const close = async () => {
		await jobs?.stop();
		await log.close();
		await Promise.all([plane.close(), logPlane.close()]);
	};
	const webhook = openWebhookOf(config);
	let store: ObjectStore;
	let leader: LogLeader;
	let ownKeys: BackgroundTask | null;
	let sending: ReturnType<typeof sendNotices> | null;
	try {
		store = await openObjects(config);
		await assertMayStart(config, 'worker', { database, plane, logger });
		// What would keep it from ever publishing the log is reported now, such as a pooler on the way.
		await (await openLeaderLock(database.direct ?? database.worker, LOG_LEADER_LOCK)).close();
		if (webhook) await plane.write(null, enableDeliveries);
		await log.append([systemEntry('worker', { action: 'process.start' })]);
		const signer = await openKeyring(config, 'signer', reportKeyringHealth('signer', logger));
		jobs = await startJobRunner({ config, clock, database, logger, store, audit: log, signer, ...options });
		leader = await startLogLeader({ config, clock, database, logger, audit: log, signer });
		ownKeys = await watchOwnKeys({ config, clock, database, logger, audit: log });
		sending =
			webhook &&
			sendNotices({ clock, plane, logger }, webhook, await openOwnRights({ config, clock, plane, log, logger }));
	} catch (error) {
		await close();
		throw error;
	}
	const tasks = [
		watchClock({ clock, plane, logger }),
		watchAlerts({ config, clock, database, audit: log, logger }),
		watchLog({ clock, database, audit: log, logger }),
		startObjectDeletion({ plane, store, audit: log }, clock, logger),
	];
	logger.info({ plane: 'worker' }, webhook ? 'worker started, sending notices to the webhook' : 'worker started');
	let stopped: Promise<void> | null = null;
	async function stop(): Promise<void> {
		await Promise.all([...tasks, sending, leader, ownKeys].map(async (each) => each?.stop()));
		await close();
	}
	return {
		sendsNotices: webhook !== null,
		stop() {
			stopped ??= stop();
			return stopped;
		},
	};
}

/** By which it finds what may be sent of an invitation. */
async function openOwnRights({
	config,
	log,
	...parts
}: Parts & { readonly config: Config; readonly log: AppendingLog }): Promise<RightsProofs> {
	const { clock, plane, logger } = parts;
	const keyring = await openKeyring(config, 'worker', reportKeyringHealth('worker', logger));
	const onUnrecorded = (error: unknown, firm: string) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');
	return openRights({ plane, keyring, audit: log, config, clock, onUnrecorded });
}

interface Parts {
	readonly clock: Clock;
	readonly plane: Plane;
	readonly logger: Logger;
}

function watchClock({ clock, plane, logger }: Parts): BackgroundTask {
	let wasSound = true;
	async function look(): Promise<boolean> {
		const isSound = await raiseAndCheckClock(plane);
		if (wasSound && !isSound)
			logger.error(
				{},
				'the database’s clock is behind a time already seen, so no lease can be used: run firmseal doctor',
			);
		if (!wasSound && isSound) logger.info({}, 'the database’s clock is correct again');
		wasSound = isSound;
		return false;
	}
	return repeat(look, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not record the latest time of the database’s clock'),
		onRecovery: () => logger.info({}, 'recording the latest time of the database’s clock works again'),
	});
}

const raiseAndCheckClock = (plane: Plane): Promise<boolean> =>
	plane.write(null, async (tx) => {
		await raiseClockHighWaterMark(tx);
		return isClockSound(tx);
	});

function sendNotices({ clock, plane, logger }: Parts, webhook: Webhook, rights: RightsProofs): BackgroundTask {
	async function send(): Promise<boolean> {
		const invitationOf = (id: string) => findInvitationToSend({ worker: plane, rights }, id);
		const { more, failed } = await deliverBatch({ plane, webhook, invitationOf });
		for (const [outcome, count] of failed)
			logger.error({ code: outcome, count }, 'could not deliver notices or alerts to the webhook: retrying');
		return more;
	}
	const sending = repeat(send, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not read or record webhook deliveries'),
		onRecovery: () => logger.info({}, 'reading and recording webhook deliveries works again'),
	});
	return {
		async stop() {
			const ended = sending.stop();
			await waitAtMost(clock, GRACE, ended);
			webhook.close();
			await ended;
		},
	};
}

/** Milliseconds between two looks for what uploads have left that no row knows of. */
const UPLOAD_SWEEP_PERIOD = 3_600_000;

/** A store that is away is logged once, and asked again each minute. */
function startObjectDeletion(parts: ObjectDeletionParts, clock: Clock, logger: Logger): BackgroundTask {
	const stopping = new AbortController();
	let fails = false;
	let swept = Number.NEGATIVE_INFINITY;
	async function clear(): Promise<boolean> {
		const { deleted, failure, more } = await deleteScheduledObjects({ ...parts, signal: stopping.signal });
		if (failure && !fails) logger.error({ err: failure.error }, 'could not delete objects: retrying');
		if (deleted > 0 && !failure && fails) logger.info({}, 'deleting objects works again');
		if (deleted > 0 || failure) fails = failure !== null;
		if (!more && clock.now() - swept > UPLOAD_SWEEP_PERIOD) {
			swept = clock.now();
			await sweep();
		}
		return more && !failure;
	}
	const sweep = () =>
		sweepUnfinishedUploads(parts).then(
			(count) => count > 0 && logger.info({ count }, 'removed the remains of unfinished uploads'),
			(error: unknown) => logger.error({ err: error }, 'could not look for the remains of unfinished uploads'),
		);
	const clearing = repeat(clear, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'could not process pending object deletions'),
		onRecovery: () => logger.info({}, 'processing pending object deletions works again'),
	});
	return {
		async stop() {
			stopping.abort();
			await waitAtMost(clock, GRACE, clearing.stop());
		},
	};
}
