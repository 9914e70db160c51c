import { describe, expect, it } from 'vitest';
import {
	type Operation,
	type OperatorRole,
	type Principal,
	type Reach,
	RIGHTS,
	type Role,
	reachOf,
	rolesOf,
} from '../../src/access/index.ts';

const ID = '01980000-0000-7000-8000-000000000001';
const operatorWith = (...roles: OperatorRole[]): Principal => ({
	kind: 'operator',
	user: ID,
	person: ID,
	roles: new Set(roles),
});
const principalOf = (role: Role): Principal =>
	role === 'OWNER' || role === 'MEMBER' || role === 'CLIENT'
		? { kind: 'firm', user: ID, person: ID, firm: ID, role }
		: operatorWith(role);

const ROLES = ['OWNER', 'MEMBER', 'CLIENT', 'OPERATOR', 'APPROVER', 'AUDITOR'] as const;

/** The contract's "Who may call what", line by line: s self, f own firm, a all firms, - FORBIDDEN or nothing. */
const CONTRACT: Readonly<Record<Operation, string>> = {
	//          O M C  O A A
	viewer: '   s s s  s s s',
	firm: '     f f f  a a a',
	firms: '    f f f  a a a',
	node: '     f f f  a a a',
	user: '     f f s  a s s',
	notes: '    f f -  a - -',
	note: '     f f -  a - -',
	auditEntries: 'f - -  - - a',
	createNote: 'f f -  - - -',
	updateNote: 'f f -  - - -',
	deleteNote: 'f f -  - - -',
};

const REACH: Readonly<Record<string, Reach | null>> = { s: 'self', f: 'firm', a: 'all', '-': null };

const cases = Object.entries(CONTRACT).flatMap(([operation, line]) =>
	line
		.trim()
		.split(/\s+/)
		.map((letter, index) => [operation as Operation, ROLES[index] as Role, REACH[letter] ?? null] as const),
);

describe('the table of rights', () => {
	it('has the contract’s operations and no other', () => {
		expect(Object.keys(RIGHTS).sort()).toEqual(Object.keys(CONTRACT).sort());
		expect(cases).toHaveLength(Object.keys(CONTRACT).length * ROLES.length);
	});

	it.each(cases)('%s for %s: %s', (operation, role, reach) => {
		expect(reachOf(principalOf(role), operation)).toBe(reach);
		expect(rolesOf(principalOf(role))).toEqual([role]);
	});

	it('gives the platform’s people no reach to change content, and no firm’s people a reach to all', () => {
		for (const [operation, right] of Object.entries(RIGHTS)) {
			for (const role of ['OWNER', 'MEMBER', 'CLIENT'] as const)
				expect(right[role as keyof typeof right]).not.toBe('all');
			if (/^(create|update|delete)/.test(operation))
				expect(Object.keys(right).filter((role) => /OPERATOR|APPROVER|AUDITOR/.test(role))).toEqual([]);
		}
	});
});

describe('several roles', () => {
	it('reach as far as the widest of them', () => {
		expect(reachOf(operatorWith('APPROVER', 'AUDITOR'), 'auditEntries')).toBe('all');
		expect(reachOf(operatorWith('APPROVER', 'OPERATOR'), 'user')).toBe('all');
		expect(reachOf(operatorWith('OPERATOR', 'APPROVER'), 'auditEntries')).toBeNull();
		expect(reachOf(operatorWith('OPERATOR', 'APPROVER', 'AUDITOR'), 'createNote')).toBeNull();
	});

	it('none at all reach nothing', () => {
		for (const operation of Object.keys(RIGHTS) as Operation[]) expect(reachOf(operatorWith(), operation)).toBeNull();
	});

	it('of a word that is no role reach nothing', () => {
		const strange = operatorWith('toString' as OperatorRole, '__proto__' as OperatorRole, 'owner' as OperatorRole);
		for (const operation of Object.keys(RIGHTS) as Operation[]) expect(reachOf(strange, operation)).toBeNull();
	});
});
