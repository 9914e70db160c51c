export { acceptInvitation, callerAlreadyAffiliatedError } from './accept-invitation.ts';
export { type ActingMember, type RequestServices, toActingMember } from './acting-member.ts';
export {
	type AdminContext,
	assertNotErased,
	createFirm,
	findFirm,
	isEmailKnown,
	type NewPerson,
	newAccount,
	setFirmSuspended,
} from './administration.ts';
export { assertNotInFirm, findFormerPersonId, isAffiliated } from './affiliation.ts';
export { assertRequestHash, hashApprovalRequest } from './approval-request-hash.ts';
export {
	type ClockReset,
	type ClockResetRequest,
	type ClockResetStep,
	planClockReset,
	resetClock,
} from './clock-reset.ts';
export { accountDisplayName, firmDisplayName, loadAccountDisplayNames, loadFirmDisplayName } from './display-names.ts';
export {
	findInvitationToSend,
	type InvitationInput,
	type InvitationMessage,
	invitationPath,
	inviteMember,
	MAX_OPEN_INVITATIONS,
	revokeInvitation,
} from './invitations.ts';
export {
	addKeyWraps,
	agreeToProposal,
	appendKeyLog,
	challengeDevice,
	createKeyLogs,
	endDevice,
	endProposal,
	ForgedLogError,
	type KeyLogs,
	proposeToOwners,
	recoveriesHeldBy,
	releaseShare,
	requestDevice,
	revealDevice,
} from './key-log/index.ts';
export { removeMember, setMemberRole } from './members.ts';
export {
	type Approvers,
	addFirstOperators,
	areIndependentApprovers,
	disableOperator,
	FIRST_APPROVERS,
	filterProvenApprovers,
	findProvenApprovers,
	hasTwoIndependent,
	isOperatorProven,
	recordOperatorAct,
	requireApprover,
	voterOfOperator,
} from './operators.ts';
export {
	approveRecovery,
	cancelOwnRecovery,
	cancelRecovery,
	checkRecoveryApproval,
	checkRecoveryRequest,
	completeRecovery,
	findRecovery,
	type NextOwnerInput,
	requestRecovery,
} from './owner-recovery.ts';
export { derivePersonId, personIdFromClaim } from './person-claim.ts';
export { statementOfOperator } from './proofs.ts';
export { isInstallationProven, proveInstallation } from './prove-installation.ts';
export type { RecoveryView } from './recovery-view.ts';
export {
	assertNoOtherApproverProven,
	findNamedApprovers,
	type NamedApprover,
	reproveApprovers,
} from './reprove-approvers.ts';
export { type ResealedRecord, resealRecords } from './reseal-records.ts';
export { countToReseal, findToReseal } from './resealing.ts';
export { type ReturnedRecord, returnRecords } from './return-records.ts';
export { shareWithClient, unshareWithClient } from './sharing.ts';
export { setFirmSignIn } from './sign-in.ts';
export { signOutEverywhere } from './sign-out-everywhere.ts';
export { nextVersion, referencedTypeName, WORKSPACE, type WorkspaceTypeName, workspaceType } from './workspace.ts';
export { type DescribedKey, describeKeys, wrappingKeyStateOf } from './wrapping-keys.ts';
export { changeRow, createRow, removeRow } from './write.ts';
