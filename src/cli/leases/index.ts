export { type ApproveOptions, approveLease } from './approve.ts';
export { type RequestOptions, requestLease } from './request.ts';
export { reviewLease } from './review.ts';
export { type ListOptions, listLeases, showLease } from './show.ts';
export { type StepOptions, step } from './step.ts';
export { type UseOptions, useLease } from './use.ts';
export { LIST_TYPES } from './what-is-read.ts';
