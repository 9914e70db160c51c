import { deliverBatch, type Webhook } from '../alerts/deliveries/index.ts';
import type { Logger } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import type { Keeper } from '../audit-log/keeper/index.ts';
import { type Clock, type Repetition, repeat, systemClock, waitAtMost } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import {
	beginDeliveries,
	inspectSignIn,
	isClockSound,
	LOG_PLACE,
	openPlaceSession,
	type Plane,
	raiseClockFloor,
} from '../database/index.ts';
import { type ClearingParts, clearObjects, type ObjectStore, sweepObjects } from '../documents/index.ts';
import { invitationToSend } from '../firms/index.ts';
import type { Rights } from '../keys/index.ts';
import {
	type DatabaseAccess,
	openKeyring,
	openLog,
	openObjects,
	openPlaneOf,
	openRights,
	openWebhookOf,
} from '../wiring/index.ts';
import { startKeeper } from './keep-log.ts';
import { tellTrouble } from './key-trouble.ts';
import { type JobsParts, startJobs } from './run-jobs.ts';
import { assertPrepared, inspectDirect, refuseDrift, refuseInProduction } from './start-checks.ts';
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
export interface WorkerOptions extends Pick<JobsParts, 'settleSeconds' | 'silenceSeconds'> {
	readonly clock?: Clock;
}

/** Milliseconds between two looks, and those that what is being sent has to end in peace. */
const PERIOD = 1_000;
const GRACE = 2_000;

/**
 * The work that nobody asks for: each second the clock's floor is raised, alerts are looked for, the log is verified, notices and alerts that are due go to the
 * webhook, if the settings name one, and objects that are nobody's file any more leave the store. Any number of workers may run on one database. @throws SetupError for whatever keeps it from starting.
 */
export async function startWorker(
	config: Config,
	database: DatabaseAccess,
	logger: Logger,
	{ clock = systemClock, ...options }: WorkerOptions = {},
): Promise<RunningWorker> {
	refuseInProduction(config, 'worker');
	const plane = openPlaneOf(database, 'firmseal_worker', 4);
	const logPlane = openPlaneOf(database, 'firmseal_worker', 1);
	const log = openLog(logPlane);
	let jobs: Repetition | undefined;
	const close = async () => {
		await jobs?.stop();
		await log.close();
		await Promise.all([plane.close(), logPlane.close()]);
	};
	const webhook = openWebhookOf(config);
	let store: ObjectStore;
	let keeper: Keeper;
	let ownKeys: Repetition | null;
	let sending: ReturnType<typeof sendNotices> | null;
	try {
		store = await openObjects(config);
		const roles = [await inspectSignIn(plane), ...(await inspectDirect(config, database, 'worker', plane))];
		refuseInProduction(config, 'worker', { roles });
		await assertPrepared(plane);
		await refuseDrift(config, plane, logger);
		// What would keep it from ever keeping the log is said now, such as a pooler on the way.
		await (await openPlaceSession(database.direct ?? database.worker, LOG_PLACE)).close();
		if (webhook) await plane.write(null, beginDeliveries);
		await log.append([systemEntry('worker', { action: 'process.start' })]);
		const signer = await openKeyring(config, 'signer', tellTrouble('signer', logger));
		jobs = await startJobs({ config, clock, database, logger, store, audit: log, signer, ...options });
		keeper = await startKeeper({ config, clock, database, logger, audit: log, signer });
		ownKeys = await watchOwnKeys({ config, clock, database, logger, audit: log });
		const keyring = webhook && (await openKeyring(config, 'worker', tellTrouble('worker', logger)));
		const onUnrecorded = (error: unknown, firm: string) =>
			logger.error({ err: error, firm }, 'the use of a key could not be recorded');
		const rights = keyring && openRights({ plane, keyring, audit: log, config, clock, onUnrecorded });
		sending = webhook && rights && sendNotices({ clock, plane, logger }, webhook, rights);
	} catch (error) {
		await close();
		throw error;
	}
	const floor = watchClock({ clock, plane, logger });
	const alerting = watchAlerts({ config, clock, database, audit: log, logger });
	const watching = watchLog({ clock, database, audit: log, logger });
	const clearing = keepStoreClear({ plane, store, audit: log }, clock, logger);
	logger.info({ plane: 'worker' }, webhook ? 'working, and sending notices to the webhook' : 'working');
	let stopped: Promise<void> | null = null;
	async function stop(): Promise<void> {
		await Promise.all([
			floor.stop(),
			sending?.stop(),
			alerting.stop(),
			watching.stop(),
			clearing.stop(),
			keeper.stop(),
			ownKeys?.stop(),
		]);
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

interface Parts {
	readonly clock: Clock;
	readonly plane: Plane;
	readonly logger: Logger;
}

function watchClock({ clock, plane, logger }: Parts): Repetition {
	let wasSound = true;
	async function look(): Promise<boolean> {
		const isSound = await lookAtClock(plane);
		if (wasSound && !isSound)
			logger.error(
				{},
				'the database’s clock is behind a time that was seen, so no lease opens: firmseal doctor says more',
			);
		if (!wasSound && isSound) logger.info({}, 'the database’s clock is sound again');
		wasSound = isSound;
		return false;
	}
	return repeat(look, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'the clock’s floor could not be raised'),
		onRecovery: () => logger.info({}, 'the clock’s floor is raised again'),
	});
}

const lookAtClock = (plane: Plane): Promise<boolean> =>
	plane.write(null, async (tx) => {
		await raiseClockFloor(tx);
		return isClockSound(tx);
	});

function sendNotices({ clock, plane, logger }: Parts, webhook: Webhook, rights: Rights): Repetition {
	async function send(): Promise<boolean> {
		const invitationOf = (id: string) => invitationToSend({ worker: plane, rights }, id);
		const { more, failed } = await deliverBatch({ plane, webhook, invitationOf });
		for (const [outcome, count] of failed)
			logger.error(
				{ code: outcome, count },
				'notices or alerts could not be delivered to the webhook, and are tried again',
			);
		return more;
	}
	const sending = repeat(send, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'deliveries to the webhook could not be read or recorded'),
		onRecovery: () => logger.info({}, 'deliveries to the webhook are read and recorded again'),
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
const SWEEPING = 3_600_000;

/** A store that is away is told of once, and asked again each minute. */
function keepStoreClear(parts: ClearingParts, clock: Clock, logger: Logger): Repetition {
	const stopping = new AbortController();
	let fails = false;
	let swept = Number.NEGATIVE_INFINITY;
	async function clear(): Promise<boolean> {
		const { cleared, failure, more } = await clearObjects({ ...parts, signal: stopping.signal });
		if (failure && !fails) logger.error({ err: failure.error }, 'objects could not be deleted, and are tried again');
		if (cleared > 0 && !failure && fails) logger.info({}, 'objects are deleted again');
		if (cleared > 0 || failure) fails = failure !== null;
		if (!more && clock.now() - swept > SWEEPING) {
			swept = clock.now();
			await sweep();
		}
		return more && !failure;
	}
	const sweep = () =>
		sweepObjects(parts).then(
			(count) => count > 0 && logger.info({ count }, 'what unfinished uploads had left is taken'),
			(error: unknown) => logger.error({ err: error }, 'what unfinished uploads have left could not be looked for'),
		);
	const clearing = repeat(clear, {
		clock,
		period: PERIOD,
		onFailure: (error) => logger.error({ err: error }, 'what is to be deleted of the store could not be looked after'),
		onRecovery: () => logger.info({}, 'what is to be deleted of the store is looked after again'),
	});
	return {
		async stop() {
			stopping.abort();
			await waitAtMost(clock, GRACE, clearing.stop());
		},
	};
}
