export { type BeginOptions, beginFirm } from './begin.ts';
export {
	type DecisionOptions,
	type ProposeOptions,
	proposeDecision,
	type RevokeOptions,
	revokeDevice,
	type SafetyNumberOptions,
	sendKeys,
	showSafetyNumber,
} from './decide.ts';
export { type ApproveJoinOptions, approveJoin, joinFirm } from './join.ts';
export type { DeviceOptions, DirectoryOptions } from './open-device.ts';
export { type RecoverOptions, recoverFirm, setRecoveryCode } from './recovery.ts';
export { type RenameOptions, renamePerson } from './rename.ts';
export { type OwnersOptions, type ReleaseShareOptions, releaseHeldShare, setRecoveryOwners } from './shares.ts';
export { showStatus } from './status.ts';
export { type CreateOptions, createDevice, listDevices, type RemoveLocalOptions, removeLocal } from './stored.ts';
export { type TrustOptions, trustCheckpointKeys } from './trust.ts';
export { agreeToDecision, completeDecision, declineDecision, listWaiting, type WaitingOptions } from './waiting.ts';
