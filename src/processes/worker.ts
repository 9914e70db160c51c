import { deliverBatch, type Webhook } from '../alerts/deliveries/index.ts';
import type { Logger } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import { type BackgroundTask, type Clock, type Loop, runLoops, systemClock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import {
	deleteEventsBefore,
	enableDeliveries,
	isClockSound,
	LOG_LEADER_LOCK,
	openLeaderLock,
	type Plane,
	raiseClockHighWaterMark,
	selectOldestTransaction,
} from '../database/index.ts';
import { deleteScheduledObjects, type ObjectStore, sweepUnfinishedUploads } from '../documents/index.ts';
import { findInvitationToSend } from '../firms/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import {
	type DatabaseAccess,
	logUnrecordedKeyUse,
	openKeyring,
	openLog,
	openObjects,
	openPlaneOf,
	openRights,
	openWebhookOf,
} from '../wiring/index.ts';
import { reportKeyringHealth } from './keyring-health.ts';
import type { ProcessParts } from './process-parts.ts';
import { assertMayStart, assertProductionRules } from './start-checks.ts';
import { type JobRunnerParts, startJobRunner } from './start-job-runner.ts';
import { startLogLeader } from './start-log-leader.ts';
import { AlertChecks } from './watch-alerts.ts';
import { LogWatch } from './watch-log.ts';
import { openOwnKeyWatch } from './watch-own-keys.ts';

export interface RunningWorker {
	/** Whether notices are sent, because the settings name a webhook. */
	readonly sendsNotices: boolean;
	/** Ends the work under way and releases the database. Takes two seconds, and the time that the database takes. */
	stop(): Promise<void>;
}

/** For tests, which have less time, or a clock of their own. */
export interface WorkerOptions extends Pick<JobRunnerParts, 'propagationSeconds' | 'heartbeatTimeoutSeconds'> {
	readonly clock?: Clock;
}

/**
 * Runs the work that no one requests: workerLoops(), the jobs, and the audit log's leader. Several workers may run on one database.
 * @throws SetupError for anything that prevents the start
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
	const audit = openLog(logPlane);
	const parts: ProcessParts = { config, clock, database, audit, logger };
	const webhook = openWebhookOf(config);
	let jobs: BackgroundTask | undefined;
	let leader: BackgroundTask | undefined;
	let loops: BackgroundTask | undefined;
	async function close(): Promise<void> {
		await Promise.all([loops?.stop(), leader?.stop()]);
		await jobs?.stop();
		await audit.close();
		await Promise.all([plane.close(), logPlane.close()]);
	}
	try {
		const store = await openObjects(config);
		await assertMayStart(config, 'worker', { database, plane, logger });
		// Reports at once what would keep this worker from ever publishing the log, such as a pooler in between.
		await (await openLeaderLock(database.direct ?? database.worker, LOG_LEADER_LOCK)).close();
		if (webhook) await plane.write(null, enableDeliveries);
		await audit.append([systemEntry('worker', { action: 'process.start' })]);
		const signer = await openKeyring(config, 'signer', reportKeyringHealth('signer', logger));
		jobs = await startJobRunner({ ...parts, store, signer, ...options });
		leader = await startLogLeader({ ...parts, signer });
		const notices = webhook && { webhook, rights: await openOwnRights({ ...parts, plane }) };
		const ownKeys = await openOwnKeyWatch(parts);
		loops = runLoops(workerLoops({ ...parts, plane, store, notices, ownKeys }), parts);
	} catch (error) {
		await close();
		throw error;
	}
	logger.info({ plane: 'worker' }, webhook ? 'worker started, sending notices to the webhook' : 'worker started');
	let stopped: Promise<void> | undefined;
	return {
		sendsNotices: webhook !== null,
		stop() {
			stopped ??= close();
			return stopped;
		},
	};
}

interface WorkerParts extends ProcessParts {
	readonly plane: Plane;
}

interface WorkerLoopsParts extends WorkerParts {
	readonly store: ObjectStore;
	/** null if the settings name no webhook. */
	readonly notices: Pick<NoticeParts, 'webhook' | 'rights'> | null;
	readonly ownKeys: Awaited<ReturnType<typeof openOwnKeyWatch>>;
}

/** Milliseconds that a notice or a deletion under way has to end when the worker stops. */
const GRACE = 2_000;

/** What the worker repeats. Jobs have a table of their own (start-job-runner.ts), and so does the log's leader (start-log-leader.ts). */
function workerLoops({ notices, ownKeys, ...parts }: WorkerLoopsParts): readonly Loop[] {
	const alerts = new AlertChecks(parts);
	const log = new LogWatch(parts);
	const loops: readonly (Loop | null)[] = [
		{
			name: 'recording the latest time of the database’s clock',
			failure: 'could not record the latest time of the database’s clock',
			period: 1_000,
			step: createClockCheck(parts),
		},
		{
			name: 'checking for alerts',
			failure: 'could not check for alerts',
			period: 1_000,
			step: () => alerts.check(),
			close: () => alerts.close(),
		},
		{
			name: 'checking the newest audit entries',
			failure: 'could not check the newest audit entries: retrying',
			period: 5_000,
			step: () => log.verifyNewest(),
		},
		{
			name: 'verifying the audit log',
			failure: 'could not verify the audit log: retrying',
			period: 5_000,
			step: () => log.verifyAllIfDue(),
			cancel: () => log.abort(),
			close: () => log.close(),
		},
		{
			name: 'processing pending object deletions',
			failure: 'could not process pending object deletions',
			period: 1_000,
			stopTimeout: GRACE,
			...createObjectDeletion(parts),
		},
		{
			name: 'deleting old events',
			period: EVENT_LIFE,
			step: createEventDeletion(parts),
		},
		notices && {
			name: 'reading and recording webhook deliveries',
			failure: 'could not read or record webhook deliveries',
			period: 1_000,
			step: () => sendNotices({ ...parts, ...notices }),
			grace: GRACE,
			cancel: () => notices.webhook.close(),
		},
		ownKeys && {
			name: 'checking firms’ own keys',
			failure: 'could not check firms’ own keys',
			period: 1_000,
			...ownKeys,
		},
	];
	return loops.filter((loop) => loop !== null);
}

function createClockCheck({ plane, logger }: WorkerParts): Loop['step'] {
	let wasSound = true;
	return async () => {
		const isSound = await plane.write(null, async (tx) => {
			await raiseClockHighWaterMark(tx);
			return isClockSound(tx);
		});
		if (wasSound && !isSound)
			logger.error(
				{},
				'the database’s clock is behind a time already seen, so no lease can be used: run firmseal doctor',
			);
		if (!wasSound && isSound) logger.info({}, 'the database’s clock is correct again');
		wasSound = isSound;
		return false;
	};
}

/** Milliseconds. Every stream's server reads new events twice a second. */
const EVENT_LIFE = 60_000;

/**
 * Deletes the events of transactions that had ended by the last step, a minute ago: every server has read them since, or knows that it could not
 * read. So a late commit is not deleted before it is read, whatever any clock says.
 */
function createEventDeletion({ plane }: WorkerParts): Loop['step'] {
	let before: string | null = null;
	return () =>
		plane.write(null, async (tx) => {
			if (before !== null && (await deleteEventsBefore(tx, before))) return true;
			before = await selectOldestTransaction(tx);
			return false;
		});
}

/** Milliseconds between two removals of what broken uploads have left in the object store without a row. */
const UPLOAD_SWEEP_PERIOD = 3_600_000;

/** An object store that fails is logged once, until a deletion works again. */
function createObjectDeletion({
	plane,
	store,
	audit,
	clock,
	logger,
}: WorkerParts & Pick<WorkerLoopsParts, 'store'>): Pick<Loop, 'step' | 'cancel'> {
	const stopping = new AbortController();
	let isFailing = false;
	let sweptAt = Number.NEGATIVE_INFINITY;
	const sweep = () =>
		sweepUnfinishedUploads({ plane, store }).then(
			(count) => count > 0 && logger.info({ count }, 'removed the remains of unfinished uploads'),
			(error: unknown) => logger.error({ err: error }, 'could not look for the remains of unfinished uploads'),
		);
	return {
		async step() {
			const { signal } = stopping;
			const { deleted, failure, more } = await deleteScheduledObjects({ plane, store, audit, signal });
			if (failure && !isFailing) logger.error({ err: failure.error }, 'could not delete objects: retrying');
			if (deleted > 0 && !failure && isFailing) logger.info({}, 'deleting objects works again');
			if (deleted > 0 || failure) isFailing = failure !== null;
			if (!more && clock.now() - sweptAt > UPLOAD_SWEEP_PERIOD) {
				sweptAt = clock.now();
				await sweep();
			}
			return more && !failure;
		},
		cancel: () => stopping.abort(),
	};
}

interface NoticeParts extends WorkerParts {
	readonly webhook: Webhook;
	/** Proves the invitations that are sent. */
	readonly rights: RightsProofs;
}

async function sendNotices({ plane, logger, webhook, rights }: NoticeParts): Promise<boolean> {
	const invitationOf = (id: string) => findInvitationToSend({ worker: plane, rights }, id);
	const { more, failed } = await deliverBatch({ plane, webhook, invitationOf });
	for (const [outcome, count] of failed)
		logger.error({ code: outcome, count }, 'could not deliver notices or alerts to the webhook: retrying');
	return more;
}

async function openOwnRights({ config, clock, plane, audit, logger }: WorkerParts): Promise<RightsProofs> {
	const keyring = await openKeyring(config, 'worker', reportKeyringHealth('worker', logger));
	return openRights({ plane, keyring, audit, config, clock, onUnrecorded: logUnrecordedKeyUse(logger) });
}
