import {
	type ContentClass,
	decideContent,
	denialOf,
	type FirmRole,
	type OperatorRole,
	type Principal,
	type Reach,
	RIGHTS,
	type Role,
} from '../../src/access/index.ts';

const REACHES: Readonly<Record<Reach, string>> = { self: 'own account', firm: 'own firm', all: 'all firms' };

const NAMES: Readonly<Record<string, string>> = { NEWCOMER: 'a signed-in person without a firm' };

const RIGHTS_BY_NAME: Readonly<Record<string, Readonly<Partial<Record<Role | 'NEWCOMER', Reach>>>>> = RIGHTS;

/** Who may call an operation, as `OWNER, MEMBER (own firm); OPERATOR (all firms)`. */
export function whoMayCall(operation: string): string {
	const byReach = Map.groupBy(Object.entries(RIGHTS_BY_NAME[operation] ?? {}), ([, reach]) => reach);
	const groups = [...byReach].map(
		([reach, roles]) => `${roles.map(([role]) => NAMES[role] ?? role).join(', ')} (${REACHES[reach]})`,
	);
	return groups.join('; ') || 'no one';
}

const FIRM = 'a firm';
const CLIENT = 'a client';
const anyone = { user: 'a user', person: 'a person', proven: true };
const member = (role: FirmRole): Principal => ({
	...anyone,
	kind: 'firm',
	firm: FIRM,
	role,
	client: role === 'CLIENT' ? CLIENT : null,
});
const operator = (role: OperatorRole): Principal => ({ ...anyone, kind: 'operator', roles: new Set([role]) });

/** One principal of each role, for which access/ decides. */
const PRINCIPALS: Readonly<Record<Role, Principal>> = {
	OWNER: member('OWNER'),
	MEMBER: member('MEMBER'),
	CLIENT: member('CLIENT'),
	OPERATOR: operator('OPERATOR'),
	APPROVER: operator('APPROVER'),
	AUDITOR: operator('AUDITOR'),
};

const DECISIONS = Object.entries(PRINCIPALS).map(([role, principal]) => ({ role, decision: decideContent(principal) }));

/** Who may read a field of an object of their own firm, as `OWNER, MEMBER; CLIENT if it is shared`. */
export function whoMayRead(field: { readonly coordinate: string; readonly class: ContentClass }): string {
	const readers = (sharedWith: string | null) =>
		DECISIONS.filter(({ decision }) => denialOf(decision, field, { firm: FIRM, sharedWith }) === null).map(
			({ role }) => role,
		);
	const always = readers(null);
	const ifShared = readers(CLIENT).filter((role) => !always.includes(role));
	const parts = [always.join(', '), ifShared.length > 0 ? `${ifShared.join(', ')} if it is shared` : ''];
	return parts.filter(Boolean).join('; ') || 'no one';
}

/** The roles that may read no content, with the reason, as `OPERATOR: NO_LEASE`. */
export function whoMayNot(): string {
	const denied = DECISIONS.flatMap(({ role, decision }) =>
		decision.allowed ? [] : [{ role, reason: decision.reason }],
	);
	const byReason = [...Map.groupBy(denied, ({ reason }) => reason)];
	return byReason.map(([reason, roles]) => `${roles.map(({ role }) => role).join(', ')}: ${reason}`).join('; ');
}
