import type { LeaseScope } from './lease-request.ts';
import type { OperatorPrincipal, Principal } from './principal.ts';
import { PORTAL, PORTAL_UPLOADS } from './rights.ts';

export type ContentClass = 'DOCUMENT' | 'COMMUNICATION' | 'BILLING' | 'NOTE';

export const CONTENT_CLASSES: readonly ContentClass[] = Object.freeze([
	'DOCUMENT',
	'COMMUNICATION',
	'BILLING',
	'NOTE',
] as const);

const PORTAL_CLASSES: readonly ContentClass[] = Object.freeze(['DOCUMENT', 'COMMUNICATION', 'BILLING'] as const);

/** The right to content of one firm, in one request: a member's to open and seal, a lease's to open. Only decideContent makes one. */
export interface Capability {
	readonly allowed: true;
	readonly kind: 'membership' | 'lease';
	readonly firm: string;
	/** The client whose portal it is: then only what is shared with the client is covered. null for the firm's own people. */
	readonly client: string | null;
	/** Frozen, which a Set can't be. */
	readonly classes: readonly ContentClass[];
	/** The lease that it is of; null for a member's. */
	readonly lease: string | null;
	/** What the lease is narrowed to; null: every coordinate of the classes, every record. */
	readonly coordinates: readonly string[] | null;
	readonly records: readonly string[] | null;
}

/** A lease that was found active and proven. Whether it still is, is asked again for every value that is opened under it. */
export interface ActiveLease extends LeaseScope {
	readonly id: string;
	/** User id of the operator who asked for it. */
	readonly requestedBy: string;
}

export type DenialReason = 'NO_LEASE' | 'CLASS' | 'COORDINATE' | 'RECORD' | 'NOT_SHARED';

/** No right to any content, and why. */
export interface Denial {
	readonly allowed: false;
	readonly reason: DenialReason;
}

export type ContentDecision = Capability | Denial;

/** An encrypted coordinate, as far as the rules look at it. */
interface FieldToDecide {
	/** `Type.field`. */
	readonly coordinate: string;
	readonly class: ContentClass;
}

interface RowToDecide {
	readonly firm: string;
	/** Row id; without one, a lease for certain records covers nothing. */
	readonly id?: string | undefined;
	/** The client that the row was found to be shared with, when a portal's request read it. */
	readonly sharedWith?: string | null | undefined;
}

/** An object that merely looks like a capability opens nothing. */
const issued = new WeakSet<ContentDecision>();

export const isIssued = (decision: ContentDecision): boolean => issued.has(decision);

/** The records of a narrowed lease, to be looked up once a value. */
const recordsOf = new WeakMap<ContentDecision, ReadonlySet<string>>();

/** May this principal open content, and of which firm? Who is none, nothing. Asked before any key is asked for. `lease`: the one that the request names. */
export function decideContent(principal: Principal | null, lease: ActiveLease | null = null): ContentDecision {
	const decision: ContentDecision = Object.freeze(decide(principal, lease));
	if (decision.allowed && decision.records) recordsOf.set(decision, new Set(decision.records));
	issued.add(decision);
	return decision;
}

const MEMBER = { allowed: true, kind: 'membership', lease: null, coordinates: null, records: null } as const;

function decide(principal: Principal | null, lease: ActiveLease | null): ContentDecision {
	if (!principal) return { allowed: false, reason: 'NOT_SHARED' };
	if (principal.kind === 'operator') return decideByLease(principal, lease);
	// Named one by one: whatever else a principal is or becomes has no right.
	const { firm, role, client } = principal;
	if (principal.kind === 'firm' && (role === 'OWNER' || role === 'MEMBER'))
		return { ...MEMBER, firm, client: null, classes: CONTENT_CLASSES };
	if (principal.kind === 'firm' && role === 'CLIENT' && client)
		return { ...MEMBER, firm, client, classes: PORTAL_CLASSES };
	return { allowed: false, reason: 'NOT_SHARED' };
}

/** Only to who asked for it, and only while that is an operator by a row that proves it. An empty list is nothing, never everything. */
function decideByLease({ user, roles, proven }: OperatorPrincipal, lease: ActiveLease | null): ContentDecision {
	if (!lease || lease.requestedBy !== user || !proven || !roles.has('OPERATOR'))
		return { allowed: false, reason: 'NO_LEASE' };
	return {
		allowed: true,
		kind: 'lease',
		firm: lease.firm,
		client: null,
		classes: Object.freeze([...lease.classes]),
		lease: lease.id,
		coordinates: lease.coordinates && Object.freeze([...lease.coordinates]),
		records: lease.records && Object.freeze([...lease.records]),
	};
}

/** Why nothing of the field opens, whichever row it is of; null: that depends on the row. */
export function denialOfField(decision: ContentDecision, field: FieldToDecide): DenialReason | null {
	if (!decision.allowed) return decision.reason;
	if (!decision.classes.includes(field.class)) return 'CLASS';
	if (decision.coordinates && !decision.coordinates.includes(field.coordinate)) return 'COORDINATE';
	return decision.client === null || isSharable(field) ? null : 'NOT_SHARED';
}

/** Why this row's field stays closed; null: it may be opened. */
export function denialOf(decision: ContentDecision, field: FieldToDecide, row: RowToDecide): DenialReason | null {
	const denial = denialOfField(decision, field);
	if (denial !== null || !decision.allowed) return denial;
	if (decision.kind === 'lease') {
		if (decision.firm !== row.firm) return 'NO_LEASE';
		return decision.records && !recordsOf.get(decision)?.has(row.id ?? '') ? 'RECORD' : null;
	}
	if (decision.firm !== row.firm) return 'NOT_SHARED';
	return decision.client === null || row.sharedWith === decision.client ? null : 'NOT_SHARED';
}

/** Whether values of the field may be sealed: never under a lease. Whether the row may be written is for the rights and the row policies to say. */
export const mayWrite = (decision: ContentDecision, field: FieldToDecide): decision is Capability =>
	decision.allowed &&
	decision.kind === 'membership' &&
	decision.classes.includes(field.class) &&
	(decision.client === null || isWritable(field));

const typeOf = ({ coordinate }: FieldToDecide): string => coordinate.slice(0, coordinate.indexOf('.'));
const isSharable = (field: FieldToDecide): boolean => Object.hasOwn(PORTAL, typeOf(field));
const isWritable = (field: FieldToDecide): boolean =>
	isSharable(field) && (PORTAL[typeOf(field)] === 'WRITE' || PORTAL_UPLOADS.has(field.coordinate));
