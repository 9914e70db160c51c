export { activateLease } from './activate.ts';
export { approveLease } from './approve.ts';
export { grantName } from './broker/grants.ts';
export type { BrokerParts, BrokerReport } from './broker/parts.ts';
export { type BrokerRun, type BrokerRunOptions, runBroker } from './broker/run.ts';
export { MAX_CONCURRENT_LEASES } from './broker/tasks.ts';
export { cancelLease, denyLease, releaseLease, revokeLease } from './decide.ts';
export type { LeaseServices, UnprovenRow } from './desk.ts';
export { endLease, type LeaseEndingServices } from './end.ts';
export {
	createRequestLeaseOpener,
	type OpenRequestLease,
	type RequestLease,
	type RequestLeaseOptions,
} from './lease-uses.ts';
export { findActiveLease, RefusedLeaseError } from './open-lease.ts';
export { setFirmAccessPolicy } from './policy.ts';
export { requestLease } from './request.ts';
export { hexOf } from './request-hash.ts';
export type { EncryptedType, LeaseRequestInput } from './request-input.ts';
export { reviewLease } from './review.ts';
export { createWaitForPublication, type WaitForPublication } from './wait-for-proof.ts';
