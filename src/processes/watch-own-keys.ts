import type { Logger } from '../api/index.ts';
import { type AuditLog, systemEntry } from '../audit/index.ts';
import type { BackgroundTask, Clock } from '../clock/index.ts';
import { repeat } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { keyEventAct } from '../content/index.ts';
import {
	claimDueOwnKeys,
	createDataKeyStore,
	type DueOwnKey,
	insertKeyRefusal,
	type Plane,
	scheduleOwnKeyChecks,
	selectOwnDataKey,
	setOwnKeyState,
} from '../database/index.ts';
import {
	createKeyRenewal,
	type DataKeyEvent,
	type Keyring,
	KeyUnavailableError,
	nextOwnKeyState,
	type OwnKeyCheck,
} from '../keys/index.ts';
import { type DatabaseAccess, keyServiceOf, openKeyring, openPlaneOf } from '../wiring/index.ts';
import { reportKeyringHealth } from './keyring-health.ts';

/** Milliseconds between two looks for firms whose turn it is. */
const PERIOD = 1_000;

/** Seconds between two looks at one firm's key; with what a look takes, nobody opens anything for longer after a refusal. */
const CHECK_SECONDS = 15;

/** Keys that one worker asks for at once. */
const MAX_CONCURRENT_CHECKS = 8;

/** Milliseconds after which an answer comes too late to call the key service well. */
const SLOW = 2_000;

export interface OwnKeysParts {
	readonly config: Config;
	readonly clock: Clock;
	readonly database: DatabaseAccess;
	readonly audit: AuditLog;
	readonly logger: Logger;
}

/**
 * Asks for each key that a firm has brought, whether anybody reads or not: what the key service refuses is closed in every process a second
 * later, and the firm's owners are told of each change. Any number of workers may: each key is asked for by one of them.
 */
export async function watchOwnKeys({
	config,
	clock,
	database,
	audit,
	logger,
}: OwnKeysParts): Promise<BackgroundTask | null> {
	if (!keyServiceOf(config)) return null;
	const plane = openPlaneOf(database, 'firmseal_worker', 2);
	const keyring = await openKeyring(config, 'worker', reportKeyringHealth('worker', logger));
	const parts = { clock, plane, keyring, audit, logger };
	let followedAt = Number.NEGATIVE_INFINITY;
	const watching = repeat(
		async () => {
			if (clock.now() - followedAt > CHECK_SECONDS * 1_000) {
				await plane.write(null, (tx) => scheduleOwnKeyChecks(tx, CHECK_SECONDS));
				followedAt = clock.now();
			}
			const due = await plane.write(null, (tx) =>
				claimDueOwnKeys(tx, { period: CHECK_SECONDS, most: MAX_CONCURRENT_CHECKS }),
			);
			await Promise.all(due.map((each) => checkOwnKey(parts, each)));
			return due.length === MAX_CONCURRENT_CHECKS;
		},
		{
			clock,
			period: PERIOD,
			onFailure: (error) => logger.error({ err: error }, 'could not check firms’ own keys'),
			onRecovery: () => logger.info({}, 'checking firms’ own keys works again'),
		},
	);
	return {
		async stop() {
			await watching.stop();
			await plane.close();
		},
	};
}

interface Parts extends Pick<OwnKeysParts, 'clock' | 'audit' | 'logger'> {
	readonly plane: Plane;
	readonly keyring: Keyring;
}

async function checkOwnKey(parts: Parts, due: DueOwnKey): Promise<void> {
	const { plane, audit, logger } = parts;
	const { firmId: firm, state: from } = due;
	const look = await askKeyService(parts, firm);
	if (look === null) return;
	const to = nextOwnKeyState(from, due.age, look);
	await plane.write(firm, async (tx) => {
		if (look === 'REFUSED') await insertKeyRefusal(tx, firm);
		if (to === from || !(await setOwnKeyState(tx, due, to))) return;
		await audit.append([systemEntry('worker', { action: 'key.state', firm, coordinates: [`OwnKey.${to}`] })]);
		logger[to === 'DEGRADED' || to === 'REVOKED' ? 'error' : 'info'](
			{ firm, state: to },
			'a firm’s own key changed its state',
		);
	});
}

/** By a data key, for nothing but the answer, which is on record as any other. null: the firm has no such key any more. */
async function askKeyService({ clock, plane, keyring, audit }: Parts, firm: string): Promise<OwnKeyCheck | null> {
	const record = await plane.read(firm, (tx) => selectOwnDataKey(tx, firm));
	if (!record) return null;
	const recorded: Promise<unknown>[] = [];
	const onEvent = (event: DataKeyEvent) => {
		recorded.push(audit.append([systemEntry('worker', keyEventAct(event))]));
	};
	const began = clock.now();
	try {
		await createKeyRenewal({ keyring, store: createDataKeyStore(plane), onEvent }).assertOpens(record);
		return clock.now() - began > SLOW ? 'SILENT' : 'OPENED';
	} catch (error) {
		if (error instanceof KeyUnavailableError) return error.reason === 'REFUSED' ? 'REFUSED' : 'SILENT';
		throw error;
	} finally {
		await Promise.all(recorded);
	}
}
