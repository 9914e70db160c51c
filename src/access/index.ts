export {
	type Capability,
	CONTENT_CLASSES,
	type ContentClass,
	type ContentDecision,
	type Denial,
	type DenialReason,
	decideContent,
	isIssued,
} from './capability.ts';
export type { FirmPrincipal, FirmRole, OperatorPrincipal, OperatorRole, Principal } from './principal.ts';
export { type Operation, type Reach, RIGHTS, type Role, reachOf, rolesOf } from './rights.ts';
