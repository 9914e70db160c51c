import { PORTAL } from './portal.ts';
import type { Principal } from './principal.ts';

export type ContentClass = 'DOCUMENT' | 'COMMUNICATION' | 'BILLING' | 'NOTE';

export const CONTENT_CLASSES: readonly ContentClass[] = Object.freeze([
	'DOCUMENT',
	'COMMUNICATION',
	'BILLING',
	'NOTE',
] as const);

const PORTAL_CLASSES: readonly ContentClass[] = Object.freeze(['DOCUMENT', 'COMMUNICATION', 'BILLING'] as const);

/** The right to open and seal the content of one firm, in one request. Only decideContent makes one. */
export interface Capability {
	readonly allowed: true;
	readonly kind: 'membership';
	readonly firm: string;
	/** The client whose portal it is: then only what is shared with the client is covered. null for the firm's own people. */
	readonly client: string | null;
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

/** An encrypted coordinate, as far as the rules look at it. */
interface DecidedField {
	/** `Type.field`. */
	readonly coordinate: string;
	readonly class: ContentClass;
}

interface DecidedRow {
	readonly firm: string;
	/** The client that the row was found to be shared with, when a portal's request read it. */
	readonly sharedWith?: string | null | undefined;
}

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
	const { firm, role, client } = principal;
	if (principal.kind === 'firm' && (role === 'OWNER' || role === 'MEMBER'))
		return { allowed: true, kind: 'membership', firm, client: null, classes: CONTENT_CLASSES };
	if (principal.kind === 'firm' && role === 'CLIENT' && client)
		return { allowed: true, kind: 'membership', firm, client, classes: PORTAL_CLASSES };
	return { allowed: false, reason: 'NOT_SHARED' };
}

/** Why nothing of the field opens, whichever row it is of; null: that depends on the row. */
export function denialOfField(decision: ContentDecision, field: DecidedField): DenialReason | null {
	if (!decision.allowed) return decision.reason;
	if (!decision.classes.includes(field.class)) return 'CLASS';
	return decision.client === null || isSharable(field) ? null : 'NOT_SHARED';
}

/** Why this row's field stays closed; null: it may be opened. */
export function denialOf(decision: ContentDecision, field: DecidedField, row: DecidedRow): DenialReason | null {
	const denial = denialOfField(decision, field);
	if (denial !== null || !decision.allowed) return denial;
	if (decision.firm !== row.firm) return 'NOT_SHARED';
	return decision.client === null || row.sharedWith === decision.client ? null : 'NOT_SHARED';
}

/** Whether values of the field may be sealed. Whether the row may be written is for the rights and the row policies to say. */
export const mayWrite = (decision: ContentDecision, field: DecidedField): decision is Capability =>
	decision.allowed && decision.classes.includes(field.class) && (decision.client === null || isWritable(field));

const typeOf = ({ coordinate }: DecidedField): string => coordinate.slice(0, coordinate.indexOf('.'));
const isSharable = (field: DecidedField): boolean => Object.hasOwn(PORTAL, typeOf(field));
const isWritable = (field: DecidedField): boolean => isSharable(field) && PORTAL[typeOf(field)] === 'WRITE';
