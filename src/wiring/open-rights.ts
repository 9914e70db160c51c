import type { Logger } from '../api/index.ts';
import { systemEntry } from '../audit/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import { keyEventAct } from '../content/index.ts';
import { createErasureAwareKeyStore, type Plane } from '../database/index.ts';
import { createRightsProofs, type KeyedRightsProofs, type Keyring } from '../keys/index.ts';
import { auditPlaneOf } from './open-log.ts';
import type { RefusalFeed } from './refusal-feed.ts';

export interface RightsParts {
	readonly plane: Plane;
	readonly keyring: Keyring;
	readonly audit: AppendingLog;
	readonly config: Config;
	readonly clock: Clock;
	/** The feed of the process: a refusal in one process drops the firm's keys in every process. */
	readonly refusals?: RefusalFeed;
	/** Called when a call of the keyring could not be recorded. The firm's keys are dropped then. */
	readonly onUnrecorded: (error: unknown, firm: string) => void;
}

/**
 * Makes and checks the proofs of rows that grant rights, with the keys that the keyring gives this kind of process, and for the rows that
 * the plane's role can read. Each call of the keyring is an entry of the log.
 */
export function openRights(parts: RightsParts): KeyedRightsProofs {
	const { plane, keyring, audit, config, refusals, clock, onUnrecorded } = parts;
	const onRefused = refusalReporterOf(plane, refusals);
	const rights = createRightsProofs({
		keyring,
		store: createErasureAwareKeyStore(plane),
		ttlSeconds: config.keyring.cacheSeconds,
		clock,
		onEvent(event) {
			if (event.outcome === 'REFUSED') onRefused(event.firm);
			audit.append([systemEntry(auditPlaneOf(plane), keyEventAct(event))]).catch((error: unknown) => {
				rights.purge(event.firm);
				onUnrecorded(error, event.firm);
			});
		},
	});
	refusals?.purgeOnRefusal(rights);
	return rights;
}

export const logUnrecordedKeyUse =
	(logger: Logger): RightsParts['onUnrecorded'] =>
	(error, firm) =>
		logger.error({ err: error, firm }, 'the use of a key could not be recorded');

/** Does nothing for an operator's process: a refusal there may only mean that there is no grant. */
export const refusalReporterOf = (plane: Pick<Plane, 'role'>, refusals?: RefusalFeed): ((firm: string) => void) =>
	refusals && auditPlaneOf(plane) !== 'operator' ? refusals.report : () => {};
