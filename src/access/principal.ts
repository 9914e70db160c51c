export type FirmRole = 'OWNER' | 'MEMBER' | 'CLIENT';
export type OperatorRole = 'OPERATOR' | 'APPROVER' | 'AUDITOR';

/**
 * Whether the row that says so was proven by its MAC. false: the key service is away, so that no one knows. Then metadata is served,
 * no content is opened, and nothing is changed, but that a lease can be revoked. A row whose MAC is wrong makes no principal at all.
 */
export type Proven = boolean;

/** A person of one firm, read from the database at each request. */
export interface FirmPrincipal {
	readonly kind: 'firm';
	/** User id. */
	readonly user: string;
	/** The natural person behind the account. */
	readonly person: string;
	readonly firm: string;
	readonly role: FirmRole;
	/** The client whom someone of the portal (CLIENT) is of; null for the firm's own people. */
	readonly client: string | null;
	readonly proven: Proven;
}

/** Someone who operates the platform. Belongs to no firm. */
export interface OperatorPrincipal {
	readonly kind: 'operator';
	readonly user: string;
	readonly person: string;
	readonly roles: ReadonlySet<OperatorRole>;
	readonly proven: Proven;
}

export type Principal = FirmPrincipal | OperatorPrincipal;

/** For whom an act counts: a firm's people are one party, each of the platform is one. */
export const partyNameOf = (principal: Principal): string =>
	principal.kind === 'firm' ? principal.firm : principal.user;

/**
 * A person who has signed in and has no place here: of no firm, or of none any more. No principal: all that they may do is to accept an
 * invitation.
 */
export interface Newcomer {
	readonly issuer: string;
	readonly subject: string;
	/** Their address, as far as their issuer says that it has verified it. */
	readonly email: string | null;
	/** The natural person: by the claim that tells persons apart, or without one by an account that they have had, where that is proven. */
	readonly person: string | null;
}
