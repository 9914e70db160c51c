import { describe, expect, it } from 'vitest';
import {
	CONTENT_CLASSES,
	type ContentClass,
	type ContentDecision,
	decideContent,
	denialOf,
	denialOfField,
	type FirmRole,
	isIssued,
	mayWrite,
	type OperatorRole,
} from '../../src/access/index.ts';

const USER = '01980000-0000-7000-8000-000000000001';
const FIRM = '01980000-0000-7000-8000-00000000000a';
const CLIENT = '01980000-0000-7000-8000-00000000000c';
const member = (role: FirmRole, client: string | null = null) =>
	decideContent({ kind: 'firm', user: USER, person: USER, firm: FIRM, role, client, proven: true });
const operator = (...roles: OperatorRole[]) =>
	decideContent({ kind: 'operator', user: USER, person: USER, roles: new Set(roles), proven: true });

describe('the decision on content', () => {
	it.each(['OWNER', 'MEMBER'] as const)('gives an %s every class of the own firm, by membership', (role) => {
		expect(member(role)).toEqual({
			allowed: true,
			kind: 'membership',
			firm: FIRM,
			client: null,
			classes: CONTENT_CLASSES,
			lease: null,
			coordinates: null,
			records: null,
		});
	});

	it('gives a CLIENT what can be shared with its client, and nothing without a client', () => {
		expect(member('CLIENT', CLIENT)).toEqual({
			allowed: true,
			kind: 'membership',
			firm: FIRM,
			client: CLIENT,
			classes: ['DOCUMENT', 'COMMUNICATION', 'BILLING'],
			lease: null,
			coordinates: null,
			records: null,
		});
		expect(member('CLIENT')).toEqual({ allowed: false, reason: 'NOT_SHARED' });
	});

	it('gives a member of the firm no less if a client is set beside the role', () => {
		expect(member('MEMBER', CLIENT)).toMatchObject({ client: null });
	});

	it.each([
		[[]],
		[['OPERATOR']],
		[['APPROVER']],
		[['AUDITOR']],
		[['OPERATOR', 'APPROVER', 'AUDITOR']],
	] as OperatorRole[][][])('gives platform operators nothing without a lease: %s', (roles) => {
		expect(operator(...roles)).toEqual({ allowed: false, reason: 'NO_LEASE' });
	});

	it('gives nothing to an unknown role', () => {
		for (const role of ['owner', 'ADMIN', '', '__proto__', undefined])
			for (const client of [null, CLIENT]) expect(member(role as FirmRole, client)).toMatchObject({ allowed: false });
	});

	it('gives nothing to a principal of unknown kind', () => {
		for (const role of ['OWNER', 'CLIENT'])
			expect(decideContent({ kind: 'root', firm: FIRM, role, client: CLIENT } as never)).toMatchObject({
				allowed: false,
			});
	});

	it('gives its reason for every field and row if it is a denial', () => {
		const field = { coordinate: 'Message.body', class: 'COMMUNICATION' } as const;
		for (const [denied, reason] of [
			[operator('OPERATOR'), 'NO_LEASE'],
			[member('CLIENT'), 'NOT_SHARED'],
		] as const) {
			expect(denialOfField(denied, field)).toBe(reason);
			expect(denialOf(denied, field, { firm: FIRM, sharedWith: CLIENT })).toBe(reason);
		}
	});
});

describe('a portal client’s decision', () => {
	const portal = member('CLIENT', CLIENT);
	const shared = { firm: FIRM, sharedWith: CLIENT };
	const of = (coordinate: string, contentClass: ContentClass) => ({ coordinate, class: contentClass });
	const SHARABLE = [
		of('Document.description', 'DOCUMENT'),
		of('DocumentVersion.changeSummary', 'DOCUMENT'),
		of('Message.body', 'COMMUNICATION'),
		of('Invoice.memo', 'BILLING'),
		of('InvoiceLineItem.quantity', 'BILLING'),
	];
	const NEVER = [
		of('Comment.text', 'COMMUNICATION'),
		of('TimeEntry.description', 'BILLING'),
		of('Documents.description', 'DOCUMENT'),
		of('Documen.t', 'DOCUMENT'),
		of('toString.x', 'DOCUMENT'),
		of('__proto__.x', 'DOCUMENT'),
	];

	it.each(SHARABLE)('$coordinate opens on a row that is shared with its client, and on no other', (field) => {
		expect(denialOfField(portal, field)).toBeNull();
		expect(denialOf(portal, field, shared)).toBeNull();
		for (const row of [
			{ firm: FIRM },
			{ firm: FIRM, sharedWith: null },
			{ firm: FIRM, sharedWith: undefined },
			{ firm: FIRM, sharedWith: '' },
			{ firm: FIRM, sharedWith: USER },
			{ firm: USER, sharedWith: CLIENT },
		])
			expect(denialOf(portal, field, row)).toBe('NOT_SHARED');
	});

	it.each(NEVER)('$coordinate never opens, shared or not', (field) => {
		expect(denialOfField(portal, field)).toBe('NOT_SHARED');
		expect(denialOf(portal, field, shared)).toBe('NOT_SHARED');
		expect(mayWrite(portal, field)).toBe(false);
	});

	it('excludes notes, by their class', () => {
		expect(denialOf(portal, of('Note.body', 'NOTE'), shared)).toBe('CLASS');
	});

	it('allows writing messages and versions, and nothing else', () => {
		expect(SHARABLE.filter((field) => mayWrite(portal, field)).map(({ coordinate }) => coordinate)).toEqual([
			'DocumentVersion.changeSummary',
			'Message.body',
		]);
	});

	it('is not needed by members of the firm, who open its rows, shared or not', () => {
		for (const field of [...SHARABLE, ...NEVER, of('Note.body', 'NOTE')]) {
			expect(denialOf(member('MEMBER'), field, { firm: FIRM })).toBeNull();
			expect(denialOf(member('MEMBER'), field, { firm: USER })).toBe('NOT_SHARED');
			expect(mayWrite(member('MEMBER'), field)).toBe(true);
			expect(mayWrite(operator('OPERATOR'), field)).toBe(false);
		}
	});
});

describe('an issued decision', () => {
	it.each([
		['a capability', member('OWNER')],
		['a denial', operator('OPERATOR')],
	])('%s is recognized, frozen, and new each time', (_, decision) => {
		expect(isIssued(decision)).toBe(true);
		expect(Object.isFrozen(decision)).toBe(true);
		expect(member('OWNER')).not.toBe(member('OWNER'));
	});

	it.each<[name: string, copy: (decision: ContentDecision) => ContentDecision]>([
		['a spread copy', (decision) => ({ ...decision })],
		['a structured clone', (decision) => structuredClone(decision)],
		['a copy through JSON', (decision) => JSON.parse(JSON.stringify(decision))],
		['a Proxy', (decision) => new Proxy(decision, {})],
		['an object that inherits from it', (decision) => Object.create(decision)],
		[
			'a copy with the same prototype and properties',
			(decision) => Object.create(Object.getPrototypeOf(decision), Object.getOwnPropertyDescriptors(decision)),
		],
	])('is not recognized as %s', (_, copy) => {
		for (const decision of [member('OWNER'), member('CLIENT'), operator('OPERATOR')])
			expect(isIssued(copy(decision))).toBe(false);
	});

	it('cannot be given another class, although all decisions share one list', () => {
		const { classes } = member('MEMBER') as unknown as { classes: string[] };
		expect(() => classes.push('RIGHTS')).toThrow(TypeError);
		expect(() => classes.splice(0)).toThrow(TypeError);
		expect(CONTENT_CLASSES).toEqual(['DOCUMENT', 'COMMUNICATION', 'BILLING', 'NOTE']);
	});
});
