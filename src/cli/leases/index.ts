export { type ApproveOptions, approveLease } from './approve.ts';
export { LIST_TYPES } from './read-operations.ts';
export { type RequestOptions, requestLease } from './request.ts';
export { reviewLease } from './review.ts';
export { type ListOptions, listLeases, showLease } from './show.ts';
export { type StepOptions, step } from './step.ts';
export { type UseOptions, useLease } from './use.ts';
