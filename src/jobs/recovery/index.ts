export { type EscrowParts, escrowSteps } from './escrow-steps.ts';
export { drillSteps, type RecoveryParts, recoverSteps } from './recovery-steps.ts';
export { assertShareFile, escrowRequest, hashEscrowFile, readHolders, recoveryRequest } from './requests.ts';
export { isSessionProven } from './session-proof.ts';
