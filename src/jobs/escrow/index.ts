export { isAgeFile } from './age-file.ts';
export type { KeyFinding } from './compare-keys.ts';
export type { OpenedEscrow } from './escrow-file.ts';
export type { EscrowHeader } from './escrow-header.ts';
export {
	type EscrowTerms,
	isHolders,
	MAX_SESSION_MINUTES,
	type RecoveryTerms,
	readEscrowTerms,
	readRecoveryTerms,
	writeEscrowTerms,
	writeRecoveryTerms,
} from './escrow-terms.ts';
export { type EscrowedKey, wipeKeys } from './escrowed-key.ts';
export { type EscrowToOpen, openEscrow } from './open-escrow.ts';
export type { HolderSide, NamedHolder, ShareHolder } from './plan.ts';
export {
	drillRecovery,
	type KeysReport,
	type RecoveredKey,
	type Recovery,
	type RecoveryOutcome,
	recoverKeys,
} from './recover-keys.ts';
export {
	type AcceptedShare,
	createRecoverySession,
	type ExpectedEscrow,
	type RecoverySession,
} from './recovery-session.ts';
export { badInputError } from './refusals.ts';
export { type EscrowToSeal, findHoldersFlaw, type SealedEscrow, type SealedShare, sealEscrow } from './seal-escrow.ts';
