export type FirmRole = 'OWNER' | 'MEMBER' | 'CLIENT';
export type OperatorRole = 'OPERATOR' | 'APPROVER' | 'AUDITOR';

/** A person of one firm, read from the database at each request. */
export interface FirmPrincipal {
	readonly kind: 'firm';
	/** User id. */
	readonly user: string;
	/** The natural person behind the account. */
	readonly person: string;
	readonly firm: string;
	readonly role: FirmRole;
	/** The client whom somebody of the portal (CLIENT) is of; null for the firm's own people. */
	readonly client: string | null;
}

/** Somebody who operates the platform. Belongs to no firm. */
export interface OperatorPrincipal {
	readonly kind: 'operator';
	readonly user: string;
	readonly person: string;
	readonly roles: ReadonlySet<OperatorRole>;
}

export type Principal = FirmPrincipal | OperatorPrincipal;
