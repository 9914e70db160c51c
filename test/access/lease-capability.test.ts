import { fc, it as property } from '@fast-check/vitest';
import { describe, expect, it } from 'vitest';
import {
	type ActiveLease,
	CONTENT_CLASSES,
	decideContent,
	denialOf,
	denialOfField,
	mayWrite,
	type OperatorRole,
	type Principal,
} from '../../src/access/index.ts';

const id = (n: number) => `01980000-0000-7000-8000-${n.toString(16).padStart(12, '0')}`;
const [USER, FIRM, OTHER, LEASE] = [1, 10, 11, 20].map(id) as [string, string, string, string];
const operator = (user = USER, ...roles: OperatorRole[]): Principal => ({
	kind: 'operator',
	user,
	person: user,
	roles: new Set(roles.length > 0 ? roles : ['OPERATOR']),
	proven: true,
});
const lease = (scope: Partial<ActiveLease> = {}): ActiveLease => ({
	id: LEASE,
	requestedBy: USER,
	firm: FIRM,
	classes: ['NOTE'],
	coordinates: null,
	records: null,
	...scope,
});
const TITLE = { coordinate: 'Note.title', class: 'NOTE' } as const;
const BODY = { coordinate: 'Note.body', class: 'NOTE' } as const;
const MEMO = { coordinate: 'Invoice.memo', class: 'BILLING' } as const;
const row = { firm: FIRM, id: id(100) };

describe('the decision for a lease', () => {
	it('lets its requester read exactly its firm and classes', () => {
		const decision = decideContent(operator(), lease());
		expect(decision).toMatchObject({ allowed: true, kind: 'lease', firm: FIRM, lease: LEASE, client: null });
		expect(denialOf(decision, TITLE, row)).toBeNull();
		expect(denialOf(decision, MEMO, row)).toBe('CLASS');
		expect(denialOf(decision, TITLE, { ...row, firm: OTHER })).toBe('NO_LEASE');
		expect(mayWrite(decision, TITLE)).toBe(false);
	});

	it.each([
		['anyone else', operator(OTHER)],
		['an approver who is not an operator', operator(USER, 'APPROVER')],
		['an auditor', operator(USER, 'AUDITOR')],
	])('gives %s nothing', (_, principal) => {
		expect(decideContent(principal, lease())).toEqual({ allowed: false, reason: 'NO_LEASE' });
	});

	it('gives a member nothing outside the own firm', () => {
		const member: Principal = {
			kind: 'firm',
			user: USER,
			person: USER,
			firm: OTHER,
			role: 'MEMBER',
			client: null,
			proven: true,
		};
		const decision = decideContent(member, lease());
		expect(decision).toMatchObject({ kind: 'membership', firm: OTHER, lease: null });
		expect(denialOf(decision, TITLE, row)).toBe('NOT_SHARED');
	});

	it('is limited to coordinates and records', () => {
		const decision = decideContent(operator(), lease({ coordinates: ['Note.title'], records: [row.id] }));
		expect(denialOf(decision, TITLE, row)).toBeNull();
		expect(denialOfField(decision, BODY)).toBe('COORDINATE');
		expect(denialOf(decision, TITLE, { ...row, id: id(101) })).toBe('RECORD');
		expect(denialOf(decision, TITLE, { firm: FIRM })).toBe('RECORD');
	});

	it('treats an empty list as nothing', () => {
		for (const scope of [{ classes: [] }, { coordinates: [] }, { records: [] }])
			expect(denialOf(decideContent(operator(), lease(scope)), TITLE, row)).not.toBeNull();
	});

	it('does not widen if its source lists grow later', () => {
		const [coordinates, records, classes] = [['Note.title'], [row.id], ['NOTE' as const]];
		const decision = decideContent(operator(), lease({ coordinates, records, classes }));
		coordinates.push('Note.body');
		records.push(id(101));
		(classes as string[]).push('BILLING');
		expect(denialOfField(decision, BODY)).toBe('COORDINATE');
		expect(denialOf(decision, TITLE, { ...row, id: id(101) })).toBe('RECORD');
		expect(denialOfField(decision, MEMO)).toBe('CLASS');
	});

	property.prop([
		fc.subarray([...CONTENT_CLASSES]),
		fc.option(fc.subarray(['Note.title', 'Note.body', 'Invoice.memo'])),
		fc.option(fc.subarray([id(100), id(101), id(102)])),
		fc.constantFrom(TITLE, BODY, MEMO),
		fc.constantFrom(id(100), id(101), id(102)),
		fc.constantFrom(FIRM, OTHER),
	])('opens exactly what every part of it covers', (classes, coordinates, records, field, record, firm) => {
		const decision = decideContent(operator(), lease({ classes, coordinates, records }));
		const covered =
			firm === FIRM &&
			classes.includes(field.class) &&
			(coordinates === null || coordinates.includes(field.coordinate)) &&
			(records === null || records.includes(record));
		expect(denialOf(decision, field, { firm, id: record }) === null).toBe(covered);
	});
});
