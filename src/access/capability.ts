import type { Principal } from './principal.ts';

export type ContentClass = 'DOCUMENT' | 'COMMUNICATION' | 'BILLING' | 'NOTE';

export const CONTENT_CLASSES: readonly ContentClass[] = Object.freeze([
	'DOCUMENT',
	'COMMUNICATION',
	'BILLING',
	'NOTE',
] as const);

/** The right to open and seal the content of one firm, in one request. Only decideContent makes one. */
export interface Capability {
	readonly allowed: true;
	readonly kind: 'membership';
	readonly firm: string;
	/** Frozen, which a Set can't be. */
	readonly classes: readonly ContentClass[];
}

export type DenialReason = 'NO_LEASE' | 'CLASS' | 'COORDINATE' | 'RECORD' | 'NOT_SHARED';

/** No right to any content, and why. */
export interface Denial {
	readonly allowed: false;
	readonly reason: DenialReason;
}

export type ContentDecision = Capability | Denial;

/** An object that merely looks like a capability opens nothing. */
const issued = new WeakSet<ContentDecision>();

export const isIssued = (decision: ContentDecision): boolean => issued.has(decision);

/** May this principal open content, and of which firm? Asked before any key is asked for. */
export function decideContent(principal: Principal): ContentDecision {
	const decision: ContentDecision = Object.freeze(decide(principal));
	issued.add(decision);
	return decision;
}

function decide(principal: Principal): ContentDecision {
	if (principal.kind === 'operator') return { allowed: false, reason: 'NO_LEASE' };
	// Named one by one: whatever else a principal is or becomes has no right.
	const isStaff = principal.kind === 'firm' && (principal.role === 'OWNER' || principal.role === 'MEMBER');
	if (!isStaff) return { allowed: false, reason: 'NOT_SHARED' };
	return { allowed: true, kind: 'membership', firm: principal.firm, classes: CONTENT_CLASSES };
}
