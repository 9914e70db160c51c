import { describe, expect, it } from 'vitest';
import { canReadJustification, type OperatorRole } from '../../src/access/index.ts';

const REQUESTER = '01980000-0000-7000-8000-000000000001';
const OTHER = '01980000-0000-7000-8000-000000000002';
const lease = { requestedBy: REQUESTER };
const operator = (user: string, ...roles: OperatorRole[]) =>
	({ kind: 'operator', user, person: user, roles: new Set(roles), proven: true }) as const;
const member = (role: 'OWNER' | 'MEMBER' | 'CLIENT') =>
	({ kind: 'firm', user: OTHER, person: OTHER, firm: OTHER, role, client: null, proven: true }) as const;

describe('who can read reason, ticket and report of a lease', () => {
	it.each([
		['the requester', operator(REQUESTER, 'OPERATOR'), true],
		['an approver', operator(OTHER, 'APPROVER'), true],
		['an auditor', operator(OTHER, 'AUDITOR'), true],
		['another operator who approves too', operator(OTHER, 'OPERATOR', 'APPROVER'), true],
		['an owner of the firm', member('OWNER'), true],
		['another operator', operator(OTHER, 'OPERATOR'), false],
		['an operator without a role', operator(OTHER), false],
		['a member', member('MEMBER'), false],
		['a portal client', member('CLIENT'), false],
	])('is decided for %s', (_, principal, sees) => expect(canReadJustification(principal, lease)).toBe(sees));
});
