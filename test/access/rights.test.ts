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
	VISIBILITY,
	type VisibleType,
	visibilityOf,
} from '../../src/access/index.ts';

const ID = '01980000-0000-7000-8000-000000000001';
const operatorWith = (...roles: OperatorRole[]): Principal => ({
	kind: 'operator',
	user: ID,
	person: ID,
	roles: new Set(roles),
	proven: true,
});
const principalOf = (role: Role): Principal =>
	role === 'OWNER' || role === 'MEMBER' || role === 'CLIENT'
		? { kind: 'firm', user: ID, person: ID, firm: ID, role, client: role === 'CLIENT' ? ID : null, proven: true }
		: operatorWith(role);

const ROLES = ['OWNER', 'MEMBER', 'CLIENT', 'OPERATOR', 'APPROVER', 'AUDITOR'] as const;

/** Who may call which operation: s own account, f own firm, a all firms, - FORBIDDEN or not found. */
const CONTRACT: Readonly<Record<Operation, string>> = {
	//                   O M C  O A A
	viewer: '            s s s  s s s',
	signOutEverywhere: ' s s s  s s s',
	firm: '              f f f  a a a',
	firms: '             f f f  a a a',
	node: '              f f f  a a a',
	clients: '           f f f  a - -',
	client: '            f f f  a - -',
	documents: '         f f f  a - -',
	document: '          f f f  a - -',
	threads: '           f f f  a - -',
	thread: '            f f f  a - -',
	messages: '          f f f  a - -',
	message: '           f f f  a - -',
	invoices: '          f f f  a - -',
	invoice: '           f f f  a - -',
	notes: '             f f -  a - -',
	note: '              f f -  a - -',
	timeEntries: '       f f -  a - -',
	timeEntry: '         f f -  a - -',
	auditEntries: '      f - -  - - a',
	auditCheckpoint: '   f - -  - - a',
	auditInclusionProof: 'f - -  - - a',
	auditConsistencyProof: 'f - -  - - a',
	notices: '           f - -  - - -',
	alerts: '            - - -  a a a',
	breakGlassLeases: '  f - -  a a a',
	breakGlassLease: '   f - -  a a a',
	createClient: '      f f -  - - -',
	updateClient: '      f f -  - - -',
	createThread: '      f f -  - - -',
	createMessage: '     f f f  - - -',
	updateMessage: '     f f -  - - -',
	deleteMessage: '     f f -  - - -',
	createDocument: '    f f -  - - -',
	updateDocument: '    f f -  - - -',
	deleteDocument: '    f f -  - - -',
	createDocumentVersion: 'f f f  - - -',
	createDownload: '    f f f  - - -',
	createComment: '     f f -  - - -',
	updateComment: '     f f -  - - -',
	deleteComment: '     f f -  - - -',
	createNote: '        f f -  - - -',
	updateNote: '        f f -  - - -',
	deleteNote: '        f f -  - - -',
	createInvoice: '     f f -  - - -',
	updateInvoice: '     f f -  - - -',
	deleteInvoice: '     f f -  - - -',
	createTimeEntry: '   f f -  - - -',
	updateTimeEntry: '   f f -  - - -',
	deleteTimeEntry: '   f f -  - - -',
	shareWithClient: '   f f -  - - -',
	unshareWithClient: ' f f -  - - -',
	inviteMember: '      f - -  - - -',
	acceptInvitation: '  s s s  - - -',
	revokeInvitation: '  f - -  - - -',
	setFirmSignIn: '     f - -  - - -',
	setMemberRole: '     f - -  - - -',
	removeMember: '      f - -  - - -',
	cancelOwnerRecovery: 'f - -  - - -',
	setFirmAccessPolicy: 'f - -  - - -',
	firmKeys: 'f - -  - - -',
	rotateFirmKey: 'f - -  - - -',
	keyLog: '             f f -  - - -',
	resealing: '          f f -  - - -',
	recordsToReseal: '    f f -  - - -',
	resealRecords: '      f f -  - - -',
	returnRecords: '      f f -  - - -',
	keyWraps: '           f f -  - - -',
	recoveryShares: 'f f -  - - -',
	deviceRequests: '     f f -  - - -',
	appendKeyLog: '       f f -  - - -',
	addKeyWraps: '        f f -  - - -',
	requestDevice: '      f f -  - - -',
	challengeDevice: '    f f -  - - -',
	revealDevice: '       f f -  - - -',
	endDevice: '          f f -  - - -',
	releaseShare: '       f f -  - - -',
	ownerProposals: '     f - -  - - -',
	proposeToOwners: '    f - -  - - -',
	agreeToProposal: '    f - -  - - -',
	endProposal: '        f - -  - - -',
	firmJobs: 'f - -  - - -',
	jobs: '- - -  a a a',
	job: '- - -  a a a',
	approveJob: 'f - -  - a -',
	denyJob: 'f - -  - - -',
	requestBreakGlass: ' - - -  a - -',
	cancelBreakGlass: '  - - -  a - -',
	activateBreakGlass: '- - -  a - -',
	releaseBreakGlass: ' - - -  a - -',
	approveBreakGlass: ' f - -  - a -',
	denyBreakGlass: '    f - -  - a -',
	revokeBreakGlass: '  f - -  - a -',
	reviewBreakGlass: '  f - -  - a -',
	acknowledgeAlert: '  - - -  a a a',
};

/** Who finds an object of a type. */
const SEEN: Readonly<Record<VisibleType, string>> = {
	//               O M C  O A A
	Firm: '          f f f  a a a',
	User: '          f f s  a s s',
	Client: '        f f f  a - -',
	Thread: '        f f f  a - -',
	Message: '       f f f  a - -',
	Document: '      f f f  a - -',
	DocumentVersion: 'f f f  a - -',
	Comment: '       f f -  a - -',
	Note: '          f f -  a - -',
	Invoice: '       f f f  a - -',
	InvoiceLineItem: 'f f f  a - -',
	TimeEntry: '     f f -  a - -',
	AuditEntry: '    f - -  - - a',
	Notice: '        f f -  - - -',
	Alert: '         - - -  a a a',
	Invitation: '    f - -  - - -',
	FirmSignIn: '    f - -  - - -',
	OwnerRecovery: ' f f -  a a a',
	BreakGlassLease: 'f - -  a a a',
	FirmAccessPolicy: 'f - -  a a -',
};

const REACH: Readonly<Record<string, Reach | null>> = { s: 'self', f: 'firm', a: 'all', '-': null };

const casesOf = <Name extends string>(table: Readonly<Record<Name, string>>) =>
	(Object.entries(table) as [Name, string][]).flatMap(([name, line]) =>
		line
			.trim()
			.split(/\s+/)
			.map((letter, index) => [name, ROLES[index] as Role, REACH[letter] ?? null] as const),
	);
const cases = casesOf(CONTRACT);

describe('the table of rights', () => {
	it('contains exactly the operations and types of the contract', () => {
		expect(Object.keys(RIGHTS).sort(), 'Say in CONTRACT here who may call what is new in RIGHTS.').toEqual(
			Object.keys(CONTRACT).sort(),
		);
		expect(Object.keys(VISIBILITY).sort(), 'Say in SEEN here who finds what is new in VISIBILITY.').toEqual(
			Object.keys(SEEN).sort(),
		);
		expect(cases).toHaveLength(Object.keys(CONTRACT).length * ROLES.length);
	});

	it.each(cases)('%s for %s: %s', (operation, role, reach) => {
		expect(reachOf(principalOf(role), operation)).toBe(reach);
		expect(rolesOf(principalOf(role))).toEqual([role]);
	});

	it.each(casesOf(SEEN))('decides visibility of %s to %s: %s', (type, role, reach) => {
		expect(visibilityOf(principalOf(role), type)).toBe(reach);
	});

	it('lets no platform role change content, and no firm role reach all firms', () => {
		for (const [operation, right] of Object.entries(RIGHTS)) {
			for (const role of ['OWNER', 'MEMBER', 'CLIENT'] as const)
				expect(right[role as keyof typeof right]).not.toBe('all');
			if (/^(create|update|delete|share|unshare|add|set|remove|cancelOwner)/.test(operation))
				expect(Object.keys(right).filter((role) => /OPERATOR|APPROVER|AUDITOR/.test(role))).toEqual([]);
		}
	});
});

describe('several roles', () => {
	it('have the reach of the widest one', () => {
		expect(reachOf(operatorWith('APPROVER', 'AUDITOR'), 'auditEntries')).toBe('all');
		expect(visibilityOf(operatorWith('APPROVER', 'OPERATOR'), 'User')).toBe('all');
		expect(reachOf(operatorWith('OPERATOR', 'APPROVER'), 'auditEntries')).toBeNull();
		expect(reachOf(operatorWith('OPERATOR', 'APPROVER', 'AUDITOR'), 'createNote')).toBeNull();
	});

	it('that are an empty list have no reach', () => {
		for (const operation of Object.keys(RIGHTS) as Operation[]) expect(reachOf(operatorWith(), operation)).toBeNull();
	});

	it('that are unknown have no reach', () => {
		const strange = operatorWith('toString' as OperatorRole, '__proto__' as OperatorRole, 'owner' as OperatorRole);
		for (const operation of Object.keys(RIGHTS) as Operation[]) expect(reachOf(strange, operation)).toBeNull();
	});
});
