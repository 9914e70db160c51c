import { custodyOfClass, type FirmCustody, isSealedByFirm } from './custody.ts';
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

/**
 * The right to content of one firm, in one request. A member's capability allows to open and seal, a lease's only to open. Only
 * decideContent makes one.
 */
export interface Capability {
	readonly allowed: true;
	readonly kind: 'membership' | 'lease';
	readonly firm: string;
	/** For a portal user, the client: only rows shared with that client are covered. Null for the firm's own people. */
	readonly client: string | null;
	/** A frozen array, because a Set cannot be frozen. */
	readonly classes: readonly ContentClass[];
	/** Null for a member. */
	readonly lease: string | null;
	/** The coordinates and records that the lease is narrowed to. Null for every coordinate of the classes, and every record. */
	readonly coordinates: readonly string[] | null;
	readonly records: readonly string[] | null;
	/** The custody of the firm's classes. Absent if all are in PLATFORM custody, and for a lease, which covers no other class. */
	readonly custody?: FirmCustody;
}

/** A lease that was active and proven when it was read. Each value that is opened under it checks again whether it still is active. */
export interface ActiveLease extends LeaseScope {
	readonly id: string;
	/** User id of the operator. */
	readonly requestedBy: string;
}

/** FIRM_CUSTODY is no refusal: the firm's devices hold the key, and the platform has none. */
export type DenialReason = 'NO_LEASE' | 'CLASS' | 'COORDINATE' | 'RECORD' | 'NOT_SHARED' | 'FIRM_CUSTODY';

/** No right to any content. */
export interface Denial {
	readonly allowed: false;
	readonly reason: DenialReason;
}

export type ContentDecision = Capability | Denial;

interface FieldToDecide {
	/** `Type.field`. */
	readonly coordinate: string;
	readonly class: ContentClass;
}

interface RowToDecide {
	readonly firm: string;
	/** Row id. A lease that is narrowed to records does not cover a row without one. */
	readonly id?: string | undefined;
	/** The client with which the row is shared, if a portal request read it. */
	readonly sharedWith?: string | null | undefined;
}

/** The decisions of decideContent. An object of the same form that is not in this set opens nothing. */
const issued = new WeakSet<ContentDecision>();

export const isIssued = (decision: ContentDecision): boolean => issued.has(decision);

/** The records of a narrowed lease as a Set, because each value looks up its record. */
const recordsOf = new WeakMap<ContentDecision, ReadonlySet<string>>();

/**
 * Whether the principal may open content, and of which firm; null may open nothing. Called before any key is requested. `lease` is the one
 * that the request names.
 */
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
	// Lists the kinds and roles one by one, so that a new kind or role has no right.
	const { firm, role, client } = principal;
	if (principal.kind === 'firm' && (role === 'OWNER' || role === 'MEMBER'))
		return { ...MEMBER, firm, client: null, classes: CONTENT_CLASSES, ...custodyFor(principal.custody) };
	if (principal.kind === 'firm' && role === 'CLIENT' && client)
		return { ...MEMBER, firm, client, classes: PORTAL_CLASSES, ...custodyFor(principal.custody) };
	return { allowed: false, reason: 'NOT_SHARED' };
}

const custodyFor = (custody: FirmCustody | undefined): Pick<Capability, 'custody'> =>
	custody ? { custody: Object.freeze({ ...custody }) } : {};

/** Only for the operator who asked for the lease, and only if a MAC proves that role. An empty list allows nothing, never everything. */
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

/** Why the field does not open in any row. Null if that depends on the row. */
export const denialOfField = (decision: ContentDecision, field: FieldToDecide): DenialReason | null =>
	refusalOfField(decision, field) ?? keyDenialOf(decision, field);

/** Why the field of this row does not open. Null if it may be opened. */
export const denialOf = (decision: ContentDecision, field: FieldToDecide, row: RowToDecide): DenialReason | null =>
	refusalOf(decision, field, row) ?? keyDenialOf(decision, field);

/** In FIRM custody nothing opens here. In MOVING and BACK the stored value decides. */
const keyDenialOf = (decision: ContentDecision, field: FieldToDecide): DenialReason | null =>
	decision.allowed && custodyOfClass(decision.custody, field.class) === 'FIRM' ? 'FIRM_CUSTODY' : null;

function refusalOfField(decision: ContentDecision, field: FieldToDecide): DenialReason | null {
	if (!decision.allowed) return decision.reason;
	if (!decision.classes.includes(field.class)) return 'CLASS';
	if (decision.coordinates && !decision.coordinates.includes(field.coordinate)) return 'COORDINATE';
	return decision.client === null || isSharable(field) ? null : 'NOT_SHARED';
}

function refusalOf(decision: ContentDecision, field: FieldToDecide, row: RowToDecide): DenialReason | null {
	const denial = refusalOfField(decision, field);
	if (denial !== null || !decision.allowed) return denial;
	if (decision.kind === 'lease') {
		if (decision.firm !== row.firm) return 'NO_LEASE';
		return decision.records && !recordsOf.get(decision)?.has(row.id ?? '') ? 'RECORD' : null;
	}
	if (decision.firm !== row.firm) return 'NOT_SHARED';
	return decision.client === null || row.sharedWith === decision.client ? null : 'NOT_SHARED';
}

/**
 * Whether the request gets the bytes of a value that the firm's devices have sealed: only the firm's own people do, who may have what their
 * devices can open. Everyone else gets nothing, whatever the custody.
 */
export const mayRelease = (decision: ContentDecision, field: FieldToDecide, row: RowToDecide): boolean =>
	mayReleaseField(decision, field) && refusalOf(decision, field, row) === null;

/** Whether the request gets bytes of the field in any row: never a portal client, and never under a lease. */
export const mayReleaseField = (decision: ContentDecision, field: FieldToDecide): boolean =>
	decision.allowed &&
	decision.kind === 'membership' &&
	decision.client === null &&
	refusalOfField(decision, field) === null &&
	isSealedByFirm(decision.custody, field.class);

/** Whether the platform may seal a value of the class for the request. */
export const isSealedByPlatform = ({ custody }: Capability, className: string): boolean =>
	!isSealedByFirm(custody, className);

/** Whether values of the field may be sealed; never under a lease. RIGHTS and the row policies decide whether the row may be written. */
export const mayWrite = (decision: ContentDecision, field: FieldToDecide): decision is Capability =>
	decision.allowed &&
	decision.kind === 'membership' &&
	decision.classes.includes(field.class) &&
	(decision.client === null || isWritable(field));

const typeOf = ({ coordinate }: FieldToDecide): string => coordinate.slice(0, coordinate.indexOf('.'));
const isSharable = (field: FieldToDecide): boolean => Object.hasOwn(PORTAL, typeOf(field));
const isWritable = (field: FieldToDecide): boolean =>
	isSharable(field) && (PORTAL[typeOf(field)] === 'WRITE' || PORTAL_UPLOADS.has(field.coordinate));
