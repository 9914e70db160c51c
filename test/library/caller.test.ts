import { describe, expect, it } from 'vitest';
import { decideContent } from '../../src/access/index.ts';
import { principalOfCaller } from '../../src/library/caller.ts';
import type { Caller } from '../../src/library/index.ts';

const FIRM = '0198d2c4-3f5a-7c11-9d1e-7b1f6a1d9a01';
const user = '0198d2c4-3f5a-7c11-9d1e-7b1f6a1d9a99';
const decisionOf = (caller: Omit<Caller, 'user'>) => decideContent(principalOfCaller({ user, ...caller }));

describe('a caller', () => {
	it.each(['OWNER', 'MEMBER'] as const)('with the role %s opens content of every class in its firm', (role) => {
		const classes = ['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE'];
		expect(decisionOf({ role, firm: FIRM })).toMatchObject({ allowed: true, firm: FIRM, client: null, classes });
	});

	it('with the role CLIENT opens none, since nothing is shared with it', () => {
		expect(decisionOf({ role: 'CLIENT', firm: FIRM })).toEqual({ allowed: false, reason: 'NOT_SHARED' });
	});

	it.each(['OPERATOR', 'APPROVER', 'AUDITOR'] as const)(
		'with the role %s opens none, and may not name a firm',
		(role) => {
			expect(decisionOf({ role, firm: null })).toEqual({ allowed: false, reason: 'NO_LEASE' });
			expect(() => decisionOf({ role, firm: FIRM })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
		},
	);

	it.each(['OWNER', 'MEMBER', 'CLIENT'] as const)('with the role %s and without a firm is refused', (role) => {
		for (const firm of [null, '', undefined as never])
			expect(() => decisionOf({ role, firm })).toThrow(expect.objectContaining({ code: 'INTERNAL' }));
	});

	it.each(['ADMIN', 'owner', '', 'toString', '__proto__', undefined, null])('with the role %s is refused', (role) => {
		expect(() => decisionOf({ role: role as never, firm: FIRM })).toThrow(
			expect.objectContaining({ code: 'INTERNAL' }),
		);
	});
});
