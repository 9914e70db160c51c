import type { Principal } from './principal.ts';

export type Role = 'OWNER' | 'MEMBER' | 'CLIENT' | 'OPERATOR' | 'APPROVER' | 'AUDITOR';

/**
 * How far a right reaches. `firm`: rows of the caller's own firm. `all`: rows of every firm. `self`: the caller's own account.
 */
export type Reach = 'self' | 'firm' | 'all';

/** NEWCOMER is a person who has signed in, belongs to no firm, and so has no role. */
type Right = Readonly<Partial<Record<Role | 'NEWCOMER', Reach>>>;

const EVERYONE: Right = {
	OWNER: 'self',
	MEMBER: 'self',
	CLIENT: 'self',
	OPERATOR: 'self',
	APPROVER: 'self',
	AUDITOR: 'self',
};
const FIRMS: Right = {
	OWNER: 'firm',
	MEMBER: 'firm',
	CLIENT: 'firm',
	OPERATOR: 'all',
	APPROVER: 'all',
	AUDITOR: 'all',
};
/** Types whose rows may be shared with a client. A portal user gets only the shared rows. */
const SHARED: Right = { OWNER: 'firm', MEMBER: 'firm', CLIENT: 'firm', OPERATOR: 'all' };
const STAFF_AND_OPERATOR: Right = { OWNER: 'firm', MEMBER: 'firm', OPERATOR: 'all' };
const STAFF: Right = { OWNER: 'firm', MEMBER: 'firm' };
const STAFF_AND_CLIENT: Right = { OWNER: 'firm', MEMBER: 'firm', CLIENT: 'firm' };
const OWNER: Right = { OWNER: 'firm' };
const AUDIT_LOG: Right = { OWNER: 'firm', AUDITOR: 'all' };
/** People who ask for leases, decide on them, or review what was done under them. */
const LEASES: Right = { OWNER: 'firm', OPERATOR: 'all', APPROVER: 'all', AUDITOR: 'all' };
/** An owner decides for the firm, an approver for the platform. */
const LEASE_DECISIONS: Right = { OWNER: 'firm', APPROVER: 'all' };
/** Members may call it, so that the answer can say that they are members already. */
const INVITATION_ACCEPTANCE: Right = { NEWCOMER: 'self', OWNER: 'self', MEMBER: 'self', CLIENT: 'self' };
const OPERATOR: Right = { OPERATOR: 'all' };
const PLATFORM: Right = { OPERATOR: 'all', APPROVER: 'all', AUDITOR: 'all' };

/**
 * Who may call which operation. No one may call an operation that is not listed. A role that is not in its row gets FORBIDDEN, or finds
 * nothing if the operation asks for one object by id (VISIBILITY).
 */
export const RIGHTS = {
	viewer: EVERYONE,
	signOutEverywhere: EVERYONE,
	firm: FIRMS,
	firms: FIRMS,
	node: FIRMS,
	clients: SHARED,
	client: SHARED,
	documents: SHARED,
	document: SHARED,
	threads: SHARED,
	thread: SHARED,
	messages: SHARED,
	message: SHARED,
	notes: STAFF_AND_OPERATOR,
	note: STAFF_AND_OPERATOR,
	invoices: SHARED,
	invoice: SHARED,
	timeEntries: STAFF_AND_OPERATOR,
	timeEntry: STAFF_AND_OPERATOR,
	auditEntries: AUDIT_LOG,
	auditCheckpoint: AUDIT_LOG,
	auditInclusionProof: AUDIT_LOG,
	auditConsistencyProof: AUDIT_LOG,
	notices: OWNER,
	alerts: PLATFORM,
	breakGlassLeases: LEASES,
	breakGlassLease: LEASES,
	createClient: STAFF,
	updateClient: STAFF,
	createDocument: STAFF,
	updateDocument: STAFF,
	deleteDocument: STAFF,
	createDocumentVersion: STAFF_AND_CLIENT,
	createDownload: STAFF_AND_CLIENT,
	createThread: STAFF,
	createMessage: STAFF_AND_CLIENT,
	updateMessage: STAFF,
	deleteMessage: STAFF,
	createComment: STAFF,
	updateComment: STAFF,
	deleteComment: STAFF,
	createNote: STAFF,
	updateNote: STAFF,
	deleteNote: STAFF,
	createInvoice: STAFF,
	updateInvoice: STAFF,
	deleteInvoice: STAFF,
	createTimeEntry: STAFF,
	updateTimeEntry: STAFF,
	deleteTimeEntry: STAFF,
	shareWithClient: STAFF,
	unshareWithClient: STAFF,
	inviteMember: OWNER,
	acceptInvitation: INVITATION_ACCEPTANCE,
	revokeInvitation: OWNER,
	setFirmSignIn: OWNER,
	setMemberRole: OWNER,
	removeMember: OWNER,
	cancelOwnerRecovery: OWNER,
	setFirmAccessPolicy: OWNER,
	firmKeys: OWNER,
	rotateFirmKey: OWNER,
	keyLog: STAFF,
	keyWraps: STAFF,
	recoveryShares: STAFF,
	deviceRequests: STAFF,
	appendKeyLog: STAFF,
	addKeyWraps: STAFF,
	resealing: STAFF,
	recordsToReseal: STAFF,
	resealRecords: STAFF,
	returnRecords: STAFF,
	requestDevice: STAFF,
	challengeDevice: STAFF,
	revealDevice: STAFF,
	endDevice: STAFF,
	releaseShare: STAFF,
	ownerProposals: OWNER,
	proposeToOwners: OWNER,
	agreeToProposal: OWNER,
	endProposal: OWNER,
	firmJobs: OWNER,
	jobs: PLATFORM,
	job: PLATFORM,
	/** An owner decides for the firm, an approver for the platform. */
	approveJob: LEASE_DECISIONS,
	denyJob: OWNER,
	requestBreakGlass: OPERATOR,
	cancelBreakGlass: OPERATOR,
	activateBreakGlass: OPERATOR,
	releaseBreakGlass: OPERATOR,
	approveBreakGlass: LEASE_DECISIONS,
	denyBreakGlass: LEASE_DECISIONS,
	revokeBreakGlass: LEASE_DECISIONS,
	reviewBreakGlass: LEASE_DECISIONS,
	acknowledgeAlert: PLATFORM,
} as const satisfies Record<string, Right>;

/** Who finds an object of a type, by its id or as a part of another object. No one finds a type that is not listed. */
export const VISIBILITY = {
	Firm: FIRMS,
	User: { OWNER: 'firm', MEMBER: 'firm', CLIENT: 'self', OPERATOR: 'all', APPROVER: 'self', AUDITOR: 'self' },
	Client: SHARED,
	Thread: SHARED,
	Message: SHARED,
	Document: SHARED,
	DocumentVersion: SHARED,
	Comment: STAFF_AND_OPERATOR,
	Note: STAFF_AND_OPERATOR,
	Invoice: SHARED,
	InvoiceLineItem: SHARED,
	TimeEntry: STAFF_AND_OPERATOR,
	AuditEntry: AUDIT_LOG,
	/** A member does not find the notices that are for owners only. */
	Notice: STAFF,
	Alert: PLATFORM,
	Invitation: OWNER,
	FirmSignIn: OWNER,
	OwnerRecovery: { ...STAFF, OPERATOR: 'all', APPROVER: 'all', AUDITOR: 'all' },
	BreakGlassLease: LEASES,
	FirmAccessPolicy: { ...LEASE_DECISIONS, OPERATOR: 'all' },
} as const satisfies Record<string, Right>;

/**
 * Whether portal users may read, or also write, the content of a type that is shared with their client. They get no content of a type
 * that is not listed.
 */
export const PORTAL: Readonly<Record<string, 'READ' | 'WRITE'>> = Object.freeze({
	Document: 'READ',
	DocumentVersion: 'WRITE',
	Message: 'WRITE',
	Invoice: 'READ',
	InvoiceLineItem: 'READ',
});

/** Location and hash of a document's latest file. A portal user's upload to a shared document writes these fields too. */
export const PORTAL_UPLOADS: ReadonlySet<string> = new Set([
	'Document.bucket',
	'Document.objectKey',
	'Document.sha256',
]);

export type Operation = keyof typeof RIGHTS;
export type VisibleType = keyof typeof VISIBILITY;

/** In no particular order. */
export const rolesOf = (principal: Principal): readonly Role[] =>
	principal.kind === 'firm' ? [principal.role] : [...principal.roles];

/** The widest reach that any role of the principal has for the operation. Null if no role may call it. */
export const reachOf = (principal: Principal, operation: Operation): Reach | null =>
	widest(principal, RIGHTS[operation]);

/** The widest reach that any role of the principal has for objects of a type. Null if no role finds them. */
export const visibilityOf = (principal: Principal, type: VisibleType): Reach | null =>
	widest(principal, VISIBILITY[type]);

function widest(principal: Principal, right: Right): Reach | null {
	const reaches = rolesOf(principal).map((role) => right[role]);
	return (['all', 'firm', 'self'] as const).find((reach) => reaches.includes(reach)) ?? null;
}
