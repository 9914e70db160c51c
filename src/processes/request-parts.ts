import type { Principal } from '../access/index.ts';
import {
	type Authenticate,
	columnOfCoordinate,
	createAdmission,
	createLeaseSlots,
	createRateLimit,
	createResponseMemory,
	type LeaseRequestDeps,
	type Logger,
	type Metrics,
	type RequestParts,
} from '../api/index.ts';
import type { Clock } from '../clock/index.ts';
import type { Config } from '../config/index.ts';
import type { Plane } from '../database/index.ts';
import type { Registry } from '../encryption-directive/index.ts';
import { FirmsealError } from '../errors.ts';
import {
	createUnavailableContent,
	type DatabaseAccess,
	MAX_CONCURRENT_LEASE_REQUESTS,
	openRequestLeases,
	type ServerPlanes,
} from '../wiring/index.ts';
import type { AnchorHealth } from './anchor-health.ts';
import type { ServerSide } from './server-sides.ts';

type PrincipalKind = Principal['kind'];
type Sides = ReadonlyMap<PrincipalKind, ServerSide>;

export type ServerLeases = ReturnType<typeof openRequestLeases>;

interface ServerLeasesParts {
	readonly config: Config;
	readonly database: DatabaseAccess;
	readonly registry: Registry;
	readonly logger: Logger;
	readonly clock: Clock;
}

/** null if the server serves no operators. */
export function openServerLeases(parts: ServerLeasesParts, sides: Sides): ServerLeases | null {
	const operators = sides.get('operator');
	if (!operators) return null;
	const { services, keyring, log } = operators;
	return openRequestLeases({ ...parts, plane: services.plane, keyring, audit: log, columnOf: columnOfCoordinate });
}

interface OpenRequestPartsOptions {
	readonly config: Config;
	readonly planes: ServerPlanes;
	readonly sides: Sides;
	readonly leases: ServerLeases | null;
	readonly findLease: LeaseRequestDeps['findLease'];
	readonly anchors: AnchorHealth;
	readonly authenticate: Authenticate;
	readonly metrics: Metrics;
	readonly logger: Logger;
	readonly clock: Clock;
}

export function openRequestParts(options: OpenRequestPartsOptions): RequestParts {
	const { config, planes, sides, authenticate, anchors, metrics, logger, clock } = options;
	const firms = sides.get('firm');
	const [first] = planes.identity.values();
	const admission = createAdmission(config.limits.requestsAtOnce, clock, metrics.requestRefused);
	metrics.watchRequests(admission.requestCounts);
	return {
		identity: {
			authenticate,
			plane: first as Plane,
			rights: Object.fromEntries([...sides].map(([side, { services }]) => [side, services.rights])),
		},
		tickets: firms ? { plane: planes.identity.get('firm') as Plane, rights: firms.services.rights } : null,
		sides: new Map([...sides].map(([side, opened]) => [side, requestSideOf(options, side, opened)])),
		portal: planes.portal,
		revocationPlane: planes.revocation,
		lease: leaseDepsOf(options),
		anchors,
		rateLimit: createRateLimit(config.limits.ratePerMinute),
		admission,
		responseMemory: createResponseMemory(),
		logger,
	};
}

function requestSideOf(
	{ anchors, metrics, logger }: OpenRequestPartsOptions,
	side: PrincipalKind,
	{ services, log: audit }: ServerSide,
) {
	const why = () => anchors.refusalFor(side) ?? contentReopenedError();
	return {
		services,
		audit,
		unprovenContent: createUnavailableContent({ audit, metrics, logger }),
		closedContent: createUnavailableContent({ audit, metrics, logger, why }),
	};
}

/** For a request that began while content was closed: it opens nothing, even if the log agrees with its anchors again. */
const contentReopenedError = () =>
	new FirmsealError('AUDIT_UNAVAILABLE', 'Content was closed a moment ago: repeat the request.');

function leaseDepsOf({ sides, leases, findLease, logger, clock }: OpenRequestPartsOptions): LeaseRequestDeps | null {
	const operators = sides.get('operator');
	if (!operators || !leases) return null;
	const { plane, rights } = operators.services;
	const { openRequestLease } = leases;
	const takeSlot = createLeaseSlots(MAX_CONCURRENT_LEASE_REQUESTS, clock);
	return { plane, rights, audit: operators.log, openRequestLease, findLease, takeSlot, logger, clock };
}
