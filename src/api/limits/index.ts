export {
	type Admission,
	createAdmission,
	type IncomingRequest,
	type OverloadReason,
	type RequestCounts,
} from './admission.ts';
export { costLimit } from './cost.ts';
export { createLeaseSlots, type TakeLeaseSlot } from './lease-slots.ts';
export { type Party, partyOf } from './party-shares.ts';
export { createRateLimit, type RateLimit, RateLimitedError } from './rate-limit.ts';
export {
	createSlots,
	DOWNLOADS,
	EVENT_STREAMS,
	LEASE_FILE_SLOTS,
	RESPONSE_MEMORY_SLOTS,
	type TakeSlot,
	UPLOADS,
} from './slots.ts';
export { limitError, MAX_TOKENS, structureRule } from './structure.ts';
