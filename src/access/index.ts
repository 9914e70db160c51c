export {
	type ActiveLease,
	type Capability,
	CONTENT_CLASSES,
	type ContentClass,
	type ContentDecision,
	type Denial,
	type DenialReason,
	decideContent,
	denialOf,
	denialOfField,
	isIssued,
	isSealedByPlatform,
	mayRelease,
	mayReleaseField,
	mayWrite,
} from './capability.ts';
export { type ContentCustody, custodyOfClass, type FirmCustody, isSealedByFirm } from './custody.ts';
export { isSameEmailAddress, lowerCaseAscii } from './email-address.ts';
export { type ChangeEvent, mayLearnOf } from './event-visibility.ts';
export {
	areIndependent,
	countIndependentVoters,
	type Introduction,
	isPastProbation,
	isWithinProbation,
	personsBehindVote,
	type Voter,
} from './independence.ts';
export {
	canonicalRequest,
	canReadJustification,
	LEASE_PURPOSES,
	type LeasePurpose,
	type LeaseRequest,
	type LeaseScope,
} from './lease-request.ts';
export {
	type ApprovalCounts,
	hasEnoughApprovals,
	isInUse,
	isStricterPolicy,
	isTerminal,
	LEASE_STATES,
	type LeaseState,
	type LeaseTransitionActor,
	mayTransition,
} from './lease-state-machine.ts';
export { decideMaintenance, type MaintenanceCapability, type MaintenanceJob, mayMaintain } from './maintenance.ts';
export type { FirmPrincipal, FirmRole, Newcomer, OperatorPrincipal, OperatorRole, Principal } from './principal.ts';
export { partyNameOf } from './principal.ts';
export {
	type Operation,
	type Reach,
	RIGHTS,
	type Role,
	reachOf,
	rolesOf,
	VISIBILITY,
	type VisibleType,
	visibilityOf,
} from './rights.ts';
export { type SessionTimes, type SignInTime, whyNotFresh, whySessionEnded } from './sign-in-freshness.ts';
export {
	type AccessPolicy,
	type AccountIdentity,
	type ApprovalSide,
	activationStatement,
	approvalStatement,
	clockResetStatement,
	custodyStatement,
	erasureStatement,
	type FirmPolicy,
	type FirmSignIn,
	holdReleaseStatement,
	holdStatement,
	invitationSecretStatement,
	invitationStatement,
	jobApprovalStatement,
	jobStatement,
	membershipStatement,
	operatorStatement,
	policyStatement,
	recoverySessionStatement,
	requestStatement,
	type Statement,
	signInStatement,
	ticketStatement,
} from './statements.ts';
export {
	escapeHiddenCharacters,
	fitsDisplay,
	hasNoHiddenCharacters,
	isVisibleLine,
	replaceHiddenCharacters,
	type TextForm,
} from './visible-text.ts';
