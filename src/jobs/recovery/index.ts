export { type EscrowParts, escrowSteps } from './escrow-steps.ts';
export { drillSteps, type RecoveryParts, recoverSteps } from './recovery-steps.ts';
export { assertShareFile, digestOfEscrow, escrowOf, readHolders, recoveryOf } from './requests.ts';
export { isSessionProven } from './session-proof.ts';
