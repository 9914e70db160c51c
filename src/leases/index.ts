export { approveLease } from './approve.ts';
export { grantName } from './broker/grants.ts';
export type { BrokerParts, BrokerReport } from './broker/parts.ts';
export { type BrokerRun, type BrokerRunOptions, runBroker } from './broker/run-broker.ts';
export { MAX_CONCURRENT_LEASES } from './broker/tasks.ts';
export { activateLease, cancelLease, denyLease, releaseLease, reviewLease, revokeLease } from './decide.ts';
export { findDecisionReason } from './decision-reason.ts';
export { endLease, type LeaseEndingServices } from './end-lease.ts';
export {
	createRequestLeaseOpener,
	findActiveLease,
	type OpenRequestLease,
	RefusedLeaseError,
	type RequestLease,
	type RequestLeaseOptions,
} from './lease-of-request.ts';
export type { LeasePlanes } from './lease-session.ts';
export { setFirmAccessPolicy } from './policy.ts';
export { requestLease } from './request.ts';
export { hexOf } from './request-hash.ts';
export type { EncryptedType, LeaseRequestInput } from './request-input.ts';
export type { LeaseServices, UnprovenRow } from './transition.ts';
export { createWaitForPublication, type WaitForPublication } from './wait-for-publication.ts';
