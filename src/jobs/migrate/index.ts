export { backfillSteps } from './backfill.ts';
export { type ClearParts, clearSteps } from './clear.ts';
export { type ContractParts, contractSteps } from './contract.ts';
export { type MoveTarget, moveSteps } from './move.ts';
export type { FieldMove, FileFields } from './moving-field.ts';
export { verifySteps } from './verify.ts';
