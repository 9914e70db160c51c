import type { Principal } from '../access/index.ts';
import type { Logger, Metrics } from '../api/index.ts';
import type { AppendingLog } from '../audit-log/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import type { Plane } from '../database/index.ts';
import type { Registry } from '../encryption-directive/index.ts';
import type { RequestServices } from '../firms/index.ts';
import { type Keyring, measureKeyring } from '../keys/index.ts';
import {
	assertInstallationProven,
	type ColumnMoveWatch,
	openKeyring,
	openLog,
	openRequestServices,
	type RefusalFeed,
	type ServerPlanes,
} from '../wiring/index.ts';
import { continueWithoutKeyService, reportKeyringHealth } from './keyring-health.ts';

type PrincipalKind = Principal['kind'];

/** The parts of the server for one kind of principal. Its rows and content have a key cache of their own. */
export interface ServerSide {
	readonly log: AppendingLog;
	readonly keyring: Keyring;
	readonly services: RequestServices;
}

interface ServerSidesParts {
	readonly config: Config;
	readonly planes: ServerPlanes;
	readonly registry: Registry;
	readonly metrics: Metrics;
	readonly logger: Logger;
	readonly refusals: RefusalFeed;
	readonly moves: ColumnMoveWatch | null;
	readonly wrapKeyring: (keyring: Keyring, side: PrincipalKind) => Keyring;
	readonly clock: Clock;
}

/** Opens all sides even if the key service is away. @throws SetupError for a keyring of another installation */
export async function openServerSides(parts: ServerSidesParts): Promise<ReadonlyMap<PrincipalKind, ServerSide>> {
	const { config, planes, registry, metrics, logger, refusals, moves, clock } = parts;
	const sides = new Map<PrincipalKind, ServerSide>();
	for (const [side, plane] of planes.bySide) {
		const log = openSideLog(parts, side);
		const keyring = await openSideKeyring(parts, side);
		const identityPlane = planes.identity.get(side) as Plane;
		const services = openRequestServices({
			plane,
			keyring,
			audit: log,
			registry,
			config,
			metrics,
			logger,
			identityPlane,
			refusals,
			moves,
			clock,
		});
		sides.set(side, { log, keyring, services });
	}
	return sides;
}

const openSideLog = ({ planes, metrics, logger }: ServerSidesParts, side: PrincipalKind): AppendingLog =>
	openLog(planes.logs.get(side) as Plane, ({ entries, milliseconds, error }) => {
		metrics.auditAppend({ outcome: error ? 'failed' : 'ok', entries, seconds: milliseconds / 1000 });
		if (error) logger.error({ err: error, count: entries }, 'audit entries could not be written');
	});

async function openSideKeyring(
	{ config, metrics, logger, wrapKeyring }: ServerSidesParts,
	side: PrincipalKind,
): Promise<Keyring> {
	const opened = wrapKeyring(await openKeyring(config, side, reportKeyringHealth(side, logger, metrics)), side);
	const keyring = measureKeyring(opened, metrics.keyringCall);
	await continueWithoutKeyService(side, logger, async () => {
		await keyring.check();
		await assertInstallationProven(keyring);
	});
	return keyring;
}
