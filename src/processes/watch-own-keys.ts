import { systemEntry } from '../audit/index.ts';
import type { Loop } from '../clock/index.ts';
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
import { keyServiceOf, openKeyring, openPlaneOf } from '../wiring/index.ts';
import { reportKeyringHealth } from './keyring-health.ts';
import type { ProcessParts } from './process-parts.ts';

/** Seconds between two checks of one firm's key. After the key service first refuses the key, no one opens content for longer than this plus one check. */
const CHECK_SECONDS = 15;

/** Keys that one worker checks at once. */
const MAX_CONCURRENT_CHECKS = 8;

/** Milliseconds after which an answer counts as no answer when deciding on the key's state. */
const SLOW = 2_000;

/**
 * Checks each key that a firm has brought, even if no one reads. A key that the key service refuses is closed in every process a second
 * later, and the firm's owners get a notice of each change. Several workers may run this: each key is claimed by one of them. null if the
 * keyring has no key service.
 */
export async function openOwnKeyWatch(parts: ProcessParts): Promise<Pick<Loop, 'step' | 'close'> | null> {
	const { config, clock, database, logger } = parts;
	if (!keyServiceOf(config)) return null;
	const keyring = await openKeyring(config, 'worker', reportKeyringHealth('worker', logger));
	const plane = openPlaneOf(database, 'firmseal_worker', 2);
	let scheduledAt = Number.NEGATIVE_INFINITY;
	return {
		async step() {
			if (clock.now() - scheduledAt > CHECK_SECONDS * 1_000) {
				await plane.write(null, (tx) => scheduleOwnKeyChecks(tx, CHECK_SECONDS));
				scheduledAt = clock.now();
			}
			const due = await plane.write(null, (tx) =>
				claimDueOwnKeys(tx, { period: CHECK_SECONDS, most: MAX_CONCURRENT_CHECKS }),
			);
			await Promise.all(due.map((each) => checkOwnKey({ ...parts, plane, keyring }, each)));
			return due.length === MAX_CONCURRENT_CHECKS;
		},
		close: () => plane.close(),
	};
}

interface Parts extends Pick<ProcessParts, 'clock' | 'audit' | 'logger'> {
	readonly plane: Plane;
	readonly keyring: Keyring;
}

async function checkOwnKey(parts: Parts, due: DueOwnKey): Promise<void> {
	const { plane, audit, logger } = parts;
	const { firmId: firm, state: from } = due;
	const check = await askKeyService(parts, firm);
	if (check === null) return;
	const to = nextOwnKeyState(from, due.age, check);
	await plane.write(firm, async (tx) => {
		if (check === 'REFUSED') await insertKeyRefusal(tx, firm);
		if (to === from || !(await setOwnKeyState(tx, due, to))) return;
		await audit.append([systemEntry('worker', { action: 'key.state', firm, coordinates: [`OwnKey.${to}`] })]);
		logger[to === 'DEGRADED' || to === 'REVOKED' ? 'error' : 'info'](
			{ firm, state: to },
			'a firm’s own key changed its state',
		);
	});
}

/** Unwraps one of the firm's data keys only to see the answer; the call is on record like any other. null if the firm has no own key any more. */
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
