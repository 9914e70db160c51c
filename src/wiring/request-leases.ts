import { createNodeAead } from '../adapters/aead-node/index.ts';
import { createRequestLeaseOpener, createWaitForPublication, type RequestLeaseOptions } from '../leases/index.ts';
import { type DatabaseAccess, openPlaneOf } from './open-database.ts';
import type { RequestServicesParts } from './request-services.ts';

export interface RequestLeasesParts
	extends Pick<RequestServicesParts, 'plane' | 'keyring' | 'audit' | 'registry' | 'config' | 'logger' | 'clock'> {
	readonly database: DatabaseAccess;
	readonly columnOf: RequestLeaseOptions<unknown>['columnOf'];
}

/** Requests that use leases at the same time. Each has a connection of its own while it holds a lease. */
export const MAX_CONCURRENT_LEASE_REQUESTS = 8;

/** Opens the leases of operators' requests, with pools of the break-glass role and the operator's keyring. */
export function openRequestLeases(parts: RequestLeasesParts) {
	const { database, plane, keyring, audit, registry, config, logger, columnOf, clock } = parts;
	const planes = {
		forReading: openPlaneOf(database, 'firmseal_break_glass', 4),
		forHolding: openPlaneOf(database, 'firmseal_break_glass', MAX_CONCURRENT_LEASE_REQUESTS),
	};
	const openRequestLease = createRequestLeaseOpener({
		planes,
		keyring,
		aead: createNodeAead(),
		fields: registry.fields,
		audit,
		plane,
		columnOf,
		clock,
		waitForPublication: config.proof.operators ? createWaitForPublication(plane, clock) : async () => {},
		onFailure: (error) => logger.error({ err: error }, 'an exhausted lease could not be ended'),
	});
	return { openRequestLease, close: () => Promise.all([planes.forReading.close(), planes.forHolding.close()]) };
}
