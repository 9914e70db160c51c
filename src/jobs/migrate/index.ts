export { backfillSteps } from './backfill.ts';
export { type ClearParts, clearSteps } from './clear.ts';
export { type ContractParts, contractSteps } from './contract.ts';
export { type Move, moveSteps } from './move.ts';
export type { FileFields, MovingField } from './moving-field.ts';
export { verifySteps } from './verify.ts';
