export { backfillSteps } from './backfill-steps.ts';
export { type ClearParts, clearSteps } from './clear-steps.ts';
export { type ContractParts, contractSteps } from './contract-steps.ts';
export type { FieldMove, FileFields } from './field-move.ts';
export { type MoveTarget, moveSteps } from './move-steps.ts';
export { verifySteps } from './verify-steps.ts';
