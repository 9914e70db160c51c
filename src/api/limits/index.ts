export {
	type Admission,
	type Arriving,
	createAdmission,
	type Overload,
	type Party,
	type UnderWay,
} from './admission.ts';
export { costLimit } from './cost-limit.ts';
export { createLeasePlaces, type TakeLeasePlace } from './lease-places.ts';
export { createRateLimit, type Identify, RateLimitedError } from './rate-limit.ts';
export { ANSWERS, createSlots, DOWNLOADS, FILES_UNDER_LEASES, type TakeSlot, UPLOADS } from './slots.ts';
export { limitError, MOST_TOKENS, structureRule } from './structure.ts';
