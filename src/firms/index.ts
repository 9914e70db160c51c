export {
	assertNotErased,
	createFirm,
	findFirm,
	isKnown,
	type NewPerson,
	newAccount,
	type Office,
	setFirmSuspended,
} from './administration.ts';
export {
	assertNobodyElseProven,
	findNamedApprovers,
	type NamedApprover,
	proveApproversAnew,
} from './approvers-anew.ts';
export {
	type ClockReset,
	type ClockResetRequest,
	type ClockResetStep,
	planClockReset,
	resetClock,
} from './clock-reset.ts';
export { type Acting, actingAs, type Desk } from './desk.ts';
export { assertOfNoFirm, formerPerson, hasPlace } from './former-person.ts';
export {
	type Invited,
	invitationToSend,
	inviteMember,
	MOST_INVITATIONS,
	pathOf,
	revokeInvitation,
	type SentInvitation,
} from './invitations.ts';
export { acceptInvitation, belongsAlready } from './joining.ts';
export { removeMember, setMemberRole } from './members.ts';
export {
	type Approvers,
	addFirstPeople,
	areTwoApprovers,
	disableOperator,
	FIRST_APPROVERS,
	findProvenApprovers,
	hasTwo,
	isOperatorProven,
	provenApproversIn,
	recordBy,
	requireApprover,
	voiceOf,
} from './operators.ts';
export {
	approveRecovery,
	cancelOwnRecovery,
	cancelRecovery,
	checkApproval,
	checkRecovery,
	completeRecovery,
	findRecovery,
	type NextOwner,
	requestRecovery,
} from './owner-recovery.ts';
export { personIdOf, personNamed } from './person-claim.ts';
export { statementOfOperator } from './proofs.ts';
export { isProofOver, proveInstallation } from './prove-installation.ts';
export { openRecoveryWitness } from './recovery-witness.ts';
export { assertRead, hashOfRequest } from './request-hash.ts';
export type { SeenRecovery } from './seen-recovery.ts';
export { share, unshare } from './sharing.ts';
export { firmNamed, nameOf, nameOfFirm, namesOf } from './shown-names.ts';
export { setFirmSignIn } from './sign-in.ts';
export { nextVersion, referredTypeName, WORKSPACE, type WorkspaceTypeName } from './workspace.ts';
export { type DescribedKey, describeKeys, stateOf } from './wrapping-keys.ts';
export { changeRow, createRow, removeRow } from './write.ts';
