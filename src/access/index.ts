export { foldAddress, isSameAddress } from './address.ts';
export {
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
	mayWrite,
	type OpenLease,
} from './capability.ts';
export {
	areIndependent,
	countIndependent,
	type Introduced,
	isOfLongStanding,
	isRecent,
	personsBehind,
	type Voice,
} from './independence.ts';
export {
	type Agreed,
	isAgreed,
	isInUse,
	isTerminal,
	isTighter,
	LEASE_STATES,
	type LeaseMover,
	type LeaseState,
	mayMove,
} from './lease-machine.ts';
export {
	canonicalRequest,
	LEASE_PURPOSES,
	type LeasePurpose,
	type LeaseRequest,
	type LeaseScope,
} from './lease-request.ts';
export { seesWhy } from './lease-sight.ts';
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
	type SeenType,
	SIGHT,
	sightOf,
} from './rights.ts';
export { hasFewLines, hidesNothing, isShownLine, replaceHidden, showHidden, type TextForm } from './shown-text.ts';
export { type SignedIn, whyNotFresh } from './sign-in.ts';
export {
	type AccessPolicy,
	activationStatement,
	approvalStatement,
	clockResetStatement,
	erasureStatement,
	type FirmPolicy,
	type FirmSignIn,
	holdReleaseStatement,
	holdStatement,
	type Identity,
	invitationSecretStatement,
	invitationStatement,
	jobAgreementStatement,
	jobStatement,
	membershipStatement,
	operatorStatement,
	policyStatement,
	recoverySessionStatement,
	requestStatement,
	type Side,
	type Statement,
	signInStatement,
	ticketStatement,
} from './statements.ts';
