import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
	activationStatement,
	approvalStatement,
	clockResetStatement,
	custodyStatement,
	invitationSecretStatement,
	invitationStatement,
	jobApprovalStatement,
	jobStatement,
	membershipStatement,
	operatorStatement,
	policyStatement,
	requestStatement,
	type Statement,
	signInStatement,
} from '../../src/access/index.ts';
import { encodeContext } from '../../src/envelope/index.ts';
import { scale } from '../support/scale.ts';

/** Few values, so that two rows often differ in one value only. */
const some = fc.constantFrom(
	'01980000-0000-7000-8000-000000000001',
	'01980000-0000-7000-8000-000000000002',
	'01980000-0000-7000-8000-000000000003',
);
const text = fc.oneof(fc.constantFrom('a', 'b', 'a,b', ''), fc.string());
const account = { user: some, person: some, issuer: text, subject: text };
const roles = fc.uniqueArray(fc.constantFrom('OPERATOR', 'APPROVER', 'AUDITOR'), { minLength: 1 });
const time = fc.date({ noInvalidDate: true, min: new Date('1970-01-01'), max: new Date('2100-01-01') });
const ofLease = { lease: some, firm: some, requestHash: fc.constantFrom('0'.repeat(64), 'f'.repeat(64)) };
const ofInvitation = { firm: some, invitation: some, nonce: ofLease.requestHash };
/** Without a line feed, which no issuer and no domain contains. */
const names = fc.array(fc.constantFrom('a', 'a.example', 'https://a.example'), { maxLength: 2 });
const ofJob = {
	job: some,
	firm: some,
	kind: fc.constantFrom('ROTATE', 'DESTROY'),
	class: fc.option(fc.constantFrom('NOTE', 'BILLING')),
	version: fc.option(fc.integer({ min: 1, max: 3 })),
	askedOn: fc.constantFrom('firm', 'cli', 'worker'),
	askedBy: fc.option(some),
	askedAt: time,
	subject: fc.option(fc.constantFrom('Note.body', 'NOTE')),
	terms: fc.option(fc.constantFrom('{}', 'NOTE', '1')),
};

/** Random fields of each kind of statement. */
const KINDS = {
	membership: [
		fc.record({
			...account,
			firm: some,
			role: fc.constantFrom('OWNER', 'MEMBER', 'CLIENT'),
			client: fc.option(some),
			active: fc.boolean(),
		}),
		membershipStatement,
	],
	operator: [
		fc.record({
			...account,
			roles: roles.map((list) => list.sort()),
			active: fc.boolean(),
			introducedBy: fc.array(some, { maxLength: 3 }),
			introducedAt: fc.option(time),
		}),
		operatorStatement,
	],
	'access-policy': [
		fc.record({
			firm: some,
			policy: fc.constantFrom('NEVER', 'APPROVE', 'NOTIFY'),
			approvers: fc.integer({ min: 1, max: 5 }),
		}),
		policyStatement,
	],
	invitation: [
		fc.record({
			...ofInvitation,
			hash: ofLease.requestHash,
			email: text,
			name: text,
			role: fc.constantFrom('OWNER', 'MEMBER', 'CLIENT'),
			client: fc.option(some),
			invitedBy: some,
			isSent: fc.boolean(),
			expiresAt: time,
		}),
		invitationStatement,
	],
	'invitation-secret': [fc.record(ofInvitation), invitationSecretStatement],
	'firm-sign-in': [fc.record({ firm: some, issuers: names, domains: names }), signInStatement],
	'lease-request': [fc.record({ ...ofLease, requestedBy: some }), requestStatement],
	'lease-approval': [
		fc.record({
			...ofLease,
			side: fc.constantFrom('FIRM', 'PLATFORM'),
			user: some,
			reasonHash: fc.option(ofLease.requestHash),
		}),
		approvalStatement,
	],
	'lease-activation': [fc.record({ ...ofLease, activatedAt: time, expiresAt: time }), activationStatement],
	job: [fc.record(ofJob), jobStatement],
	'job-agreement': [fc.record({ ...ofJob, user: some }), jobApprovalStatement],
	custody: [
		fc.record({
			firm: some,
			class: fc.constantFrom('NOTE', 'BILLING'),
			custody: fc.constantFrom('PLATFORM', 'MOVING', 'FIRM', 'BACK'),
			seq: fc.nat({ max: 30 }),
		}),
		custodyStatement,
	],
	'clock-reset': [fc.record({ user: some, askedAt: time }), clockResetStatement],
} as unknown as Record<string, [fc.Arbitrary<Record<string, unknown>>, (row: unknown) => Statement]>;

/** A row of any kind, as text that differs for any two different rows, and its encoded statement. */
const anyRow = fc.oneof(
	...Object.entries(KINDS).map(([kind, [rows, statementOf]]) =>
		rows.map((row) => ({
			row: JSON.stringify([kind, row]),
			bytes: Buffer.from(encodeContext(statementOf(row))).toString('hex'),
		})),
	),
);

describe('statements', () => {
	it.each(Object.keys(KINDS))('differ for any two different rows of kind %s', (kind) => {
		const [rows, statementOf] = KINDS[kind] ?? [fc.constant({}), () => []];
		fc.assert(
			fc.property(rows, rows, (a, b) => {
				const [one, other] = [a, b].map((row) => Buffer.from(encodeContext(statementOf(row))).toString('hex'));
				expect(one === other).toBe(JSON.stringify(a) === JSON.stringify(b));
			}),
			{ numRuns: scale(2_000) },
		);
	});

	it('differ if one property of a row changes', () => {
		for (const [rows, statementOf] of Object.values(KINDS))
			fc.assert(
				fc.property(rows, rows, fc.nat(), (row, other, nth) => {
					const names = Object.keys(row);
					const name = names[nth % names.length] ?? '';
					const changed = { ...row, [name]: other[name] };
					const isSame = JSON.stringify(changed) === JSON.stringify(row);
					expect(JSON.stringify(statementOf(changed)) === JSON.stringify(statementOf(row))).toBe(isSame);
				}),
				{ numRuns: scale(2_000) },
			);
	});

	it('of two kinds are never the same', () => {
		fc.assert(
			fc.property(anyRow, anyRow, (a, b) => {
				expect(a.bytes === b.bytes).toBe(a.row === b.row);
			}),
			{ numRuns: scale(5_000) },
		);
	});

	it('of an operator do not depend on the order of roles', () => {
		const introduced = { introducedBy: [], introducedAt: null };
		const of = { user: '1', person: '2', issuer: '3', subject: '4', active: true, ...introduced };
		expect(operatorStatement({ ...of, roles: ['OPERATOR', 'APPROVER'] })).toEqual(
			operatorStatement({ ...of, roles: new Set(['APPROVER', 'OPERATOR'] as const) }),
		);
	});

	it('start with their kind, and no two kinds start alike', () => {
		for (const [kind, [rows, statementOf]] of Object.entries(KINDS))
			for (const row of fc.sample(rows, 20)) expect(statementOf(row)[0]).toBe(kind);
	});
});

describe('vectors of an independent program', () => {
	const macs = [
		'rights-v1',
		'rights-jobs-v1',
		'rights-jobs-v2',
		'rights-invitations-v1',
		'rights-people-v1',
		'rights-custody-v1',
	].flatMap(
		(name) =>
			(
				JSON.parse(readFileSync(`test/vectors/${name}.json`, 'utf8')) as {
					macs: { kind: string; of: Record<string, unknown>; statement: string[] }[];
				}
			).macs,
	);

	it('cover every kind', () => {
		expect(new Set(macs.map(({ kind }) => kind))).toEqual(new Set(Object.keys(KINDS)));
	});

	it.each(macs.map((vector, index) => ({ ...vector, index })))('match vector $index, $kind', (vector) => {
		const statementOf = KINDS[vector.kind]?.[1];
		const times = ['activatedAt', 'expiresAt', 'askedAt', 'introducedAt'];
		const row = Object.fromEntries(
			Object.entries(vector.of).map(([name, value]) => [name, times.includes(name) ? new Date(String(value)) : value]),
		);
		// An operator account from before introducers were recorded.
		expect(statementOf?.({ introducedBy: [], introducedAt: null, ...row })).toEqual(vector.statement);
	});
});
