import { describe, expect, it } from 'vitest';
import {
	CONTENT_CLASSES,
	type ContentDecision,
	decideContent,
	type FirmRole,
	isIssued,
	type OperatorRole,
} from '../../src/access/index.ts';

const USER = '01980000-0000-7000-8000-000000000001';
const FIRM = '01980000-0000-7000-8000-00000000000a';
const member = (role: FirmRole) => decideContent({ kind: 'firm', user: USER, person: USER, firm: FIRM, role });
const operator = (...roles: OperatorRole[]) =>
	decideContent({ kind: 'operator', user: USER, person: USER, roles: new Set(roles) });

describe('the decision on content', () => {
	it.each(['OWNER', 'MEMBER'] as const)('gives an %s the own firm, every class, by membership', (role) => {
		expect(member(role)).toEqual({ allowed: true, kind: 'membership', firm: FIRM, classes: CONTENT_CLASSES });
	});

	it('gives a CLIENT nothing: nothing is shared', () => {
		expect(member('CLIENT')).toEqual({ allowed: false, reason: 'NOT_SHARED' });
	});

	it.each([
		[[]],
		[['OPERATOR']],
		[['APPROVER']],
		[['AUDITOR']],
		[['OPERATOR', 'APPROVER', 'AUDITOR']],
	] as OperatorRole[][][])('gives the platform’s people nothing without a lease: %s', (roles) => {
		expect(operator(...roles)).toEqual({ allowed: false, reason: 'NO_LEASE' });
	});

	it('gives nothing to a word that is no role of a firm', () => {
		for (const role of ['owner', 'ADMIN', '', '__proto__', undefined])
			expect(member(role as FirmRole)).toMatchObject({ allowed: false });
	});

	it('gives nothing to a principal of no kind', () => {
		expect(decideContent({ kind: 'root', firm: FIRM, role: 'OWNER' } as never)).toMatchObject({ allowed: false });
	});
});

describe('an issued decision', () => {
	it.each([
		['a capability', member('OWNER')],
		['a denial', operator('OPERATOR')],
	])('%s is known, frozen, and anew each time', (_, decision) => {
		expect(isIssued(decision)).toBe(true);
		expect(Object.isFrozen(decision)).toBe(true);
		expect(member('OWNER')).not.toBe(member('OWNER'));
	});

	it.each<[name: string, copy: (decision: ContentDecision) => ContentDecision]>([
		['a spread copy', (decision) => ({ ...decision })],
		['a structured clone', (decision) => structuredClone(decision)],
		['what came through JSON', (decision) => JSON.parse(JSON.stringify(decision))],
		['a Proxy', (decision) => new Proxy(decision, {})],
		['an heir', (decision) => Object.create(decision)],
		[
			'a copy with the same prototype and properties',
			(decision) => Object.create(Object.getPrototypeOf(decision), Object.getOwnPropertyDescriptors(decision)),
		],
	])('is not known by %s', (_, copy) => {
		for (const decision of [member('OWNER'), member('CLIENT'), operator('OPERATOR')])
			expect(isIssued(copy(decision))).toBe(false);
	});

	it('can’t be given another class, though all decisions share one list', () => {
		const { classes } = member('MEMBER') as unknown as { classes: string[] };
		expect(() => classes.push('RIGHTS')).toThrow(TypeError);
		expect(() => classes.splice(0)).toThrow(TypeError);
		expect(CONTENT_CLASSES).toEqual(['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE']);
	});
});
