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
	/** The process's: a refusal that another process reports drops the keys here too, and the other way. */
	readonly refusals?: RefusalFeed;
	/** A call of the keyring that could not be recorded; the firm's keys are dropped then. */
	readonly onUnrecorded: (error: unknown, firm: string) => void;
}

/**
 * What proves rows that give rights, and checks them: with the keys that the keyring gives this kind of process, from the rows that
 * the plane's role sees. Each call of the keyring is an entry of the log.
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

/** No one needs to hear what an operator's process is refused: it may only have no grant. */
export const refusalReporterOf = (plane: Pick<Plane, 'role'>, refusals?: RefusalFeed): ((firm: string) => void) =>
	refusals && auditPlaneOf(plane) !== 'operator' ? refusals.report : () => {};
