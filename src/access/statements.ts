import type { Introduction } from './independence.ts';
import type { FirmRole, OperatorRole } from './principal.ts';

/**
 * The parts of the statement that the MAC of a row proves (src/envelope/FORMAT.md, section 9). A statement contains everything that the
 * right depends on, so a row that was changed or copied elsewhere gives no right. Times are ISO 8601 in UTC, hashes lower-case hex.
 */
export type Statement = readonly string[];

/** An account: the issuer and subject that tokens are compared with, and the natural person behind the account. */
export interface AccountIdentity {
	/** User id. */
	readonly user: string;
	readonly person: string;
	readonly issuer: string;
	readonly subject: string;
}

const identityParts = ({ user, person, issuer, subject }: AccountIdentity) => [user, person, issuer, subject];

/** Under the firm's key: an account is a member of the firm, or its membership has ended. */
export const membershipStatement = (
	of: AccountIdentity & {
		readonly firm: string;
		readonly role: FirmRole;
		readonly client: string | null;
		readonly active: boolean;
	},
): Statement => ['membership', of.firm, ...identityParts(of), of.role, of.client ?? '', of.active ? 'active' : 'ended'];

interface InvitationFields {
	readonly firm: string;
	readonly invitation: string;
	/** 32 bytes, in hex. */
	readonly nonce: string;
}

/** Under the firm's key: the holder of the link may become this member once, as long as the inviter is an owner. */
export const invitationStatement = (
	of: InvitationFields & {
		/** SHA-256 of the secret in the link, in hex. */
		readonly hash: string;
		readonly email: string;
		readonly name: string;
		readonly role: FirmRole;
		readonly client: string | null;
		readonly invitedBy: string;
		readonly isSent: boolean;
		readonly expiresAt: Date;
	},
): Statement => [
	'invitation',
	of.firm,
	of.invitation,
	of.nonce,
	of.hash,
	of.email,
	of.name,
	of.role,
	of.client ?? '',
	of.invitedBy,
	of.isSent ? 'sent' : 'shown',
	of.expiresAt.toISOString(),
];

/** Under the firm's key: its MAC proves no right. It is the secret in the link. */
export const invitationSecretStatement = (of: InvitationFields): Statement => [
	'invitation-secret',
	of.firm,
	of.invitation,
	of.nonce,
];

/** The issuers and domains that a firm's people must come from. An empty list allows any. */
export interface FirmSignIn {
	readonly issuers: readonly string[];
	readonly domains: readonly string[];
}

/** Under the firm's key. No item of a list contains a line feed. */
export const signInStatement = (of: FirmSignIn & { readonly firm: string }): Statement => [
	'firm-sign-in',
	of.firm,
	of.issuers.join('\n'),
	of.domains.join('\n'),
];

/** Under the platform's key: an account operates the platform, or no longer does. */
export const operatorStatement = (
	of: AccountIdentity & Introduction & { readonly roles: Iterable<OperatorRole>; readonly active: boolean },
): Statement => [
	'operator',
	...identityParts(of),
	[...of.roles].sort().join(),
	of.active ? 'active' : 'disabled',
	...(of.introducedAt || of.introducedBy.length > 0 ? [of.introducedAt?.toISOString() ?? '', ...of.introducedBy] : []),
];

export type FirmPolicy = 'NEVER' | 'APPROVE' | 'NOTIFY';

/** A firm's policy for leases. */
export interface AccessPolicy {
	/** NEVER allows no lease, APPROVE needs the approval of an owner too, NOTIFY only notifies the owners. */
	readonly policy: FirmPolicy;
	/** How many persons of the platform must approve, 1 to 5. */
	readonly approvers: number;
}

/** Under the firm's key. */
export const policyStatement = (of: AccessPolicy & { readonly firm: string }): Statement => [
	'access-policy',
	of.firm,
	of.policy,
	String(of.approvers),
];

interface LeaseFields {
	readonly lease: string;
	readonly firm: string;
	/** SHA-256 of the canonical request, in hex. */
	readonly requestHash: string;
}

const leaseParts = ({ lease, firm, requestHash }: LeaseFields) => [lease, firm, requestHash];

/** Under the platform's key: the requester of a lease. */
export const requestStatement = (of: LeaseFields & { readonly requestedBy: string }): Statement => [
	'lease-request',
	...leaseParts(of),
	of.requestedBy,
];

export type ApprovalSide = 'FIRM' | 'PLATFORM';

/** Under the key of the side: a person approved exactly this request. */
export const approvalStatement = (
	of: LeaseFields & {
		readonly side: ApprovalSide;
		readonly user: string;
		/** SHA-256 of the lease id and the approver's reason, in hex. Null or absent without a reason. */
		readonly reasonHash?: string | null;
	},
): Statement => [
	'lease-approval',
	...leaseParts(of),
	of.side,
	of.user,
	...(of.reasonHash === null || of.reasonHash === undefined ? [] : [of.reasonHash]),
];

/** Under the platform's key, by the broker: all checks succeeded, and the lease is active until `expiresAt`. */
export const activationStatement = (
	of: LeaseFields & { readonly activatedAt: Date; readonly expiresAt: Date },
): Statement => ['lease-activation', ...leaseParts(of), of.activatedAt.toISOString(), of.expiresAt.toISOString()];

/** Under the firm's key: in whose custody a content class of the firm is, by the entry `seq` of its key log. */
export const custodyStatement = (of: {
	readonly firm: string;
	readonly class: string;
	readonly custody: string;
	readonly seq: number;
}): Statement => ['custody', of.firm, of.class, of.custody, String(of.seq)];

/** Under the platform's key: an approver wants to reset the high-water mark of the clock. */
export const clockResetStatement = (of: { readonly user: string; readonly askedAt: Date }): Statement => [
	'clock-reset',
	of.user,
	of.askedAt.toISOString(),
];

/** Under the firm's key: the holder of the ticket may download a file once, as the user. */
export const ticketStatement = (of: {
	readonly firm: string;
	/** SHA-256 of the ticket, in hex. */
	readonly hash: string;
	readonly user: string;
	readonly document: string;
	/** Null for the latest version. */
	readonly version: string | null;
	readonly expiresAt: Date;
}): Statement => [
	'download-ticket',
	of.firm,
	of.hash,
	of.user,
	of.document,
	of.version ?? '',
	of.expiresAt.toISOString(),
];

interface JobFields {
	readonly job: string;
	readonly firm: string;
	readonly kind: string;
	/** Null for a job about the firm's wrapping key. */
	readonly class: string | null;
	readonly version: number | null;
	/** Where the job was requested. */
	readonly askedOn: 'firm' | 'cli' | 'worker';
	/** User id. Null for a person who runs commands on the installation, or for the program itself. */
	readonly askedBy: string | null;
	readonly askedAt: Date;
	/** A coordinate, or the id of a record. */
	readonly subject: string | null;
	/** Further terms of the job, in a form that depends on its kind. */
	readonly terms: string | null;
}

const jobParts = (of: JobFields) => [
	of.job,
	of.firm,
	of.kind,
	of.class ?? '',
	of.version === null ? '' : String(of.version),
	of.askedOn,
	of.askedBy ?? '',
	of.askedAt.toISOString(),
	...(of.subject || of.terms ? [of.subject ?? '', of.terms ?? ''] : []),
];

/** A job for the worker. Under the firm's key if the firm's plane requested it, otherwise under the platform's. */
export const jobStatement = (of: JobFields): Statement => ['job', ...jobParts(of)];

/** A second person approved exactly this job. Under the platform's key, or the firm's if an owner of the firm must approve. */
export const jobApprovalStatement = (of: JobFields & { readonly user: string }): Statement => [
	'job-agreement',
	...jobParts(of),
	of.user,
];

/** Under the platform's key: the subject is erased, and is erased again after a restore. */
export const erasureStatement = (of: {
	readonly erasure: string;
	readonly firm: string;
	/** `Client.<id>`, or type and id of a record. Null for the whole firm. */
	readonly subject: string | null;
}): Statement => ['erasure', of.erasure, of.firm, of.subject ?? ''];

/** Under the platform's key: the recipient to which holders encrypt their shares, for this job only. */
export const recoverySessionStatement = (of: {
	readonly job: string;
	readonly firm: string;
	readonly session: string;
	readonly recipient: string;
}): Statement => ['recovery-session', of.job, of.firm, of.session, of.recipient];

interface HoldFields {
	readonly hold: string;
	readonly firm: string;
	readonly subject: string | null;
	readonly ticket: string;
	readonly setBy: string;
	readonly setAt: Date;
}

const holdParts = (of: HoldFields) => [of.hold, of.firm, of.subject ?? '', of.ticket, of.setBy, of.setAt.toISOString()];

/** Under the platform's key: the subject must not be erased. */
export const holdStatement = (of: HoldFields): Statement => ['legal-hold', ...holdParts(of)];

/** Under the platform's key: another person allows that the subject is erased again. */
export const holdReleaseStatement = (
	of: HoldFields & { readonly user: string; readonly releasedAt: Date },
): Statement => ['legal-hold-release', ...holdParts(of), of.user, of.releasedAt.toISOString()];
