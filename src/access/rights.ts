import type { Principal } from './principal.ts';

export type Role = 'OWNER' | 'MEMBER' | 'CLIENT' | 'OPERATOR' | 'APPROVER' | 'AUDITOR';

/**
 * How far a right reaches. `firm`: rows of the caller's own firm. `all`: rows of every firm. `self`: the caller's own account.
 */
export type Reach = 'self' | 'firm' | 'all';

type Right = Readonly<Partial<Record<Role, Reach>>>;

const EVERYBODY: Right = {
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
const STAFF_AND_OPERATOR: Right = { OWNER: 'firm', MEMBER: 'firm', OPERATOR: 'all' };
const STAFF: Right = { OWNER: 'firm', MEMBER: 'firm' };
const LOG: Right = { OWNER: 'firm', AUDITOR: 'all' };

/**
 * Who may call what; `user` is what node() may find. An operation that isn't here may be called by nobody; a role that isn't in its row is FORBIDDEN,
 * or finds nothing where the operation asks for one object by id.
 */
export const RIGHTS = {
	viewer: EVERYBODY,
	firm: FIRMS,
	firms: FIRMS,
	node: FIRMS,
	notes: STAFF_AND_OPERATOR,
	note: STAFF_AND_OPERATOR,
	user: { OWNER: 'firm', MEMBER: 'firm', CLIENT: 'self', OPERATOR: 'all', APPROVER: 'self', AUDITOR: 'self' },
	auditEntries: LOG,
	createNote: STAFF,
	updateNote: STAFF,
	deleteNote: STAFF,
} as const satisfies Record<string, Right>;

export type Operation = keyof typeof RIGHTS;

/** Every role a principal has, in no order. */
export const rolesOf = (principal: Principal): readonly Role[] =>
	principal.kind === 'firm' ? [principal.role] : [...principal.roles];

/** The widest reach that any role of the principal has for the operation; null: none. */
export function reachOf(principal: Principal, operation: Operation): Reach | null {
	const right: Right = RIGHTS[operation];
	const reaches = rolesOf(principal).map((role) => right[role]);
	return (['all', 'firm', 'self'] as const).find((reach) => reaches.includes(reach)) ?? null;
}
