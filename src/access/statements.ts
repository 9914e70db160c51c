import type { Introduction } from './independence.ts';
import type { FirmRole, OperatorRole } from './principal.ts';

/**
 * What the MAC of a row that gives a right says, part by part (FORMAT.md "Rights"). Everything the right stands on is in it, so that a
 * row which was changed, or copied to another place, proves nothing. Times are ISO 8601 in UTC, hashes lower-case hex.
 */
export type Statement = readonly string[];

/** Who an account is: what a token is compared with, and the natural person behind it. */
export interface AccountIdentity {
	/** User id. */
	readonly user: string;
	readonly person: string;
	readonly issuer: string;
	readonly subject: string;
}

const identityParts = ({ user, person, issuer, subject }: AccountIdentity) => [user, person, issuer, subject];

/** Under the firm's key: someone's place in a firm, or that it has ended. */
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

/** Under the firm's key: who has the link may take this place in the firm, once, as long as who invited them is an owner. */
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

/** Under the firm's key: its MAC is no proof, but the secret in the link. */
export const invitationSecretStatement = (of: InvitationFields): Statement => [
	'invitation-secret',
	of.firm,
	of.invitation,
	of.nonce,
];

/** Where a firm's people must come from. Empty lists: from anywhere. */
export interface FirmSignIn {
	readonly issuers: readonly string[];
	readonly domains: readonly string[];
}

/** Under the firm's key. A list's entries hold no line feed. */
export const signInStatement = (of: FirmSignIn & { readonly firm: string }): Statement => [
	'firm-sign-in',
	of.firm,
	of.issuers.join('\n'),
	of.domains.join('\n'),
];

/** Under the platform's key: someone who operates it, or who did. */
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

/** What a firm has to say to leases on it. */
export interface AccessPolicy {
	/** NEVER: none; APPROVE: an owner must agree too; NOTIFY: the owners are told. */
	readonly policy: FirmPolicy;
	/** Persons of the platform who must agree, 1 to 5. */
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

/** Under the platform's key: who asked. */
export const requestStatement = (of: LeaseFields & { readonly requestedBy: string }): Statement => [
	'lease-request',
	...leaseParts(of),
	of.requestedBy,
];

export type ApprovalSide = 'FIRM' | 'PLATFORM';

/** Under the key of the side: someone's yes to exactly this request. */
export const approvalStatement = (
	of: LeaseFields & { readonly side: ApprovalSide; readonly user: string },
): Statement => ['lease-approval', ...leaseParts(of), of.side, of.user];

/** Under the platform's key, by the broker: that everything was found in order, and until when the lease is open. */
export const activationStatement = (
	of: LeaseFields & { readonly activatedAt: Date; readonly expiresAt: Date },
): Statement => ['lease-activation', ...leaseParts(of), of.activatedAt.toISOString(), of.expiresAt.toISOString()];

/** Under the platform's key: an approver's wish to take the clock's high-water mark back. */
export const clockResetStatement = (of: { readonly user: string; readonly askedAt: Date }): Statement => [
	'clock-reset',
	of.user,
	of.askedAt.toISOString(),
];

/** Under the firm's key: the one who has the ticket may fetch a file once, as the user. */
export const ticketStatement = (of: {
	readonly firm: string;
	/** SHA-256 of the ticket, in hex. */
	readonly hash: string;
	readonly user: string;
	readonly document: string;
	/** null: whichever is the latest. */
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
	/** null: about the firm's wrapping key. */
	readonly class: string | null;
	readonly version: number | null;
	/** Where it was asked for. */
	readonly askedOn: 'firm' | 'cli' | 'worker';
	/** User id; null: the one who runs commands on the installation, or the program. */
	readonly askedBy: string | null;
	readonly askedAt: Date;
	/** What it is about beside a class: a coordinate, or a record's id. */
	readonly subject: string | null;
	/** The rest of what was asked for, a text of the kind's own. */
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

/** Under the firm's key where its own plane asks, else under the platform's: what the worker is to do. */
export const jobStatement = (of: JobFields): Statement => ['job', ...jobParts(of)];

/** Under the platform's key: the second person's yes to exactly this job. */
export const jobApprovalStatement = (of: JobFields & { readonly user: string }): Statement => [
	'job-agreement',
	...jobParts(of),
	of.user,
];

/** Under the platform's key: what is erased, whatever brings it back. */
export const erasureStatement = (of: {
	readonly erasure: string;
	readonly firm: string;
	/** `Client.<id>`, or type and id of a record; null: the firm. */
	readonly subject: string | null;
}): Statement => ['erasure', of.erasure, of.firm, of.subject ?? ''];

/** Under the platform's key: whom holders encrypt their shares to, for this job alone. */
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

/** Under the platform's key: what must not be erased. */
export const holdStatement = (of: HoldFields): Statement => ['legal-hold', ...holdParts(of)];

/** Under the platform's key: another person's word that it may be erased again. */
export const holdReleaseStatement = (
	of: HoldFields & { readonly user: string; readonly releasedAt: Date },
): Statement => ['legal-hold-release', ...holdParts(of), of.user, of.releasedAt.toISOString()];
