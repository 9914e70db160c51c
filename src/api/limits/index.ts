export {
	type Admission,
	type Arriving,
	createAdmission,
	type Overload,
	type Party,
	type UnderWay,
} from './admission.ts';
export { costLimit } from './cost-limit.ts';
export { createRateLimit, type Identify, RateLimitedError } from './rate-limit.ts';
export { limitError, MOST_TOKENS, structureRule } from './structure.ts';
