import type { FirmCustody } from './custody.ts';

export type FirmRole = 'OWNER' | 'MEMBER' | 'CLIENT';
export type OperatorRole = 'OPERATOR' | 'APPROVER' | 'AUDITOR';

/**
 * Whether the MAC of the principal's row was checked. False if the key service is unavailable. The principal then sees metadata, opens no
 * content, and changes nothing except that it may revoke a lease. A row with a wrong MAC gives no principal at all.
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
	/** The client of a portal user (CLIENT). Null for the firm's own people. */
	readonly client: string | null;
	/** The custody of the firm's content classes, each proven. Absent: every class is in PLATFORM custody. */
	readonly custody?: FirmCustody;
	readonly proven: Proven;
}

/** A person who operates the platform. Belongs to no firm. */
export interface OperatorPrincipal {
	readonly kind: 'operator';
	readonly user: string;
	readonly person: string;
	readonly roles: ReadonlySet<OperatorRole>;
	readonly proven: Proven;
}

export type Principal = FirmPrincipal | OperatorPrincipal;

/** The party for which an act counts: all people of a firm are one party, each person of the platform is one. */
export const partyNameOf = (principal: Principal): string =>
	principal.kind === 'firm' ? principal.firm : principal.user;

/**
 * A person who has signed in and belongs to no firm, or no longer to one. A newcomer is not a principal and may only accept an
 * invitation.
 */
export interface Newcomer {
	readonly issuer: string;
	readonly subject: string;
	/** The address, if the issuer says that it has verified the address. */
	readonly email: string | null;
	/** The natural person, from the person claim, or otherwise from a proven earlier account. Null if neither is known. */
	readonly person: string | null;
}
