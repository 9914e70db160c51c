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
} from './capability.ts';
export type { FirmPrincipal, FirmRole, OperatorPrincipal, OperatorRole, Principal } from './principal.ts';
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
