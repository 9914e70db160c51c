export { type EscrowParts, escrowSteps } from './escrow-steps.ts';
export { assertShareFile, escrowRequest, hashEscrowFile, readHolders, recoveryRequest } from './recovery-requests.ts';
export { drillSteps, isSessionProven, type RecoveryParts, recoverSteps } from './recovery-steps.ts';
