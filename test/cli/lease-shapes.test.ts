import { describe, expect, it } from 'vitest';
import type { CallApi } from '../../src/cli/call/call-api.ts';
import { findLease, hasMatchingHash, requestRows } from '../../src/cli/leases/api-lease.ts';
import { changedLease } from '../../src/cli/leases/changed-lease.ts';
import { openingsOf } from '../../src/cli/leases/show.ts';
import { FirmsealError, SetupError } from '../../src/errors.ts';

const ID = '01a20e60-0000-7000-8000-000000000001';
const AT = '2026-11-29T08:00:00.000Z';
const PERSON = { name: 'Ada', email: 'ada@north.example' };
const LEASE = {
	id: ID,
	firmId: ID,
	firm: { slug: 'north', name: 'North' },
	state: 'REQUESTED',
	purpose: 'INCIDENT',
	reason: 'The firm cannot open this note.',
	ticket: 'SUP-1',
	classes: ['NOTE'],
	coordinates: null,
	recordIds: null,
	readBudget: null,
	minutes: 30,
	requestHash: '00',
	requestedById: ID,
	requester: PERSON,
	requestedAt: AT,
	approvals: [{ side: 'FIRM', userId: ID, user: PERSON, approvedAt: AT }],
	activatedAt: null,
	expiresAt: null,
	endedAt: null,
	used: 0,
	isReviewed: false,
};
const OPENING = { at: AT, coordinates: ['Note.title'], recordIds: [ID] };
const ODD: readonly unknown[] = [
	undefined,
	null,
	0,
	1e308,
	true,
	'',
	'x',
	[],
	{},
	[null],
	[[]],
	[1],
	[{}],
	{ toString: 1 },
	[{ id: null }],
];

/** What it becomes with each odd value in each of its places, lists and objects in it too. */
function* oddOnes(value: unknown): Generator<unknown> {
	yield* ODD;
	if (typeof value !== 'object' || value === null) return;
	for (const [name, part] of Object.entries(value))
		for (const odd of oddOnes(part))
			yield Array.isArray(value) ? value.with(Number(name), odd) : { ...value, [name]: odd };
}

const answering =
	(breakGlassLease: unknown): CallApi =>
	async () => ({ breakGlassLease });

/** It ends in an error of ours, or in none. */
async function expectTold(odd: unknown, work: () => Promise<unknown>): Promise<void> {
	const error = await work().then(
		() => null,
		(error: unknown) => error,
	);
	if (error === null || error instanceof FirmsealError || error instanceof SetupError) return;
	expect.fail(`${JSON.stringify(odd)}: ${(error as Error).stack}`);
}

describe('odd JSON in the place of', () => {
	it('any part of a lease', async () => {
		await expect(findLease(answering(LEASE), ID)).resolves.toEqual(LEASE);
		// Who is no owner has no list of them either.
		await expect(findLease(answering(null), ID)).rejects.toThrow(/^There is no such lease, or not for this person\.$/);
		for (const odd of oddOnes(LEASE))
			await expectTold(odd, async () => {
				const lease = await findLease(answering(odd), ID);
				hasMatchingHash(lease);
				return requestRows(lease).map(([, text]) => text.length);
			});
	});

	it('any part of what was opened', async () => {
		const openings = { nodes: [OPENING], pageInfo: { hasNextPage: false, endCursor: null } };
		await expect(openingsOf(answering({ openings }), ID)).resolves.toEqual([OPENING]);
		for (const odd of oddOnes({ openings }))
			await expectTold(odd, async () =>
				(await openingsOf(answering(odd), ID))?.map(({ coordinates, recordIds }) => [
					coordinates.join(),
					recordIds.join(),
				]),
			);
	});
});

describe('what is said as done is said only of', () => {
	type Verb = Parameters<typeof changedLease>[1];
	const told = (verb: Verb, change: object, id: string | null = ID) =>
		changedLease({ [`${verb}BreakGlass`]: { lease: { ...LEASE, ...change } } }, verb, id).state;
	const END = { expiresAt: AT };

	it.each<[Verb, string, object?]>([
		['request', 'REQUESTED'],
		// One of three who must agree.
		['approve', 'REQUESTED'],
		['approve', 'APPROVED'],
		['deny', 'DENIED'],
		['cancel', 'CANCELLED'],
		['activate', 'ACTIVATING'],
		['activate', 'ACTIVE', END],
		['activate', 'REVOKED'],
		['release', 'RELEASED'],
		['release', 'REVOKED'],
		['revoke', 'REVOKED'],
		['review', 'EXPIRED'],
		['review', 'LAPSED'],
	])('%s: a lease that is %s by it', (verb, state, more = {}) => {
		const id = verb === 'request' ? null : ID;
		expect(told(verb, { state, ...more }, id)).toBe(state);
	});

	it.each<[Verb, string, object]>([
		['revoke', 'another lease', { id: ID.replace(/1$/, '2'), state: 'REVOKED' }],
		['revoke', 'one that goes on', { state: 'ACTIVE', ...END }],
		['release', 'one that goes on', { state: 'ACTIVE', ...END }],
		['deny', 'one that is agreed to', { state: 'APPROVED' }],
		['cancel', 'one that is asked for', { state: 'REQUESTED' }],
		['approve', 'one that is denied', { state: 'DENIED' }],
		['activate', 'one that ends at no time', { state: 'ACTIVE' }],
		['activate', 'one that is only agreed to', { state: 'APPROVED' }],
		['review', 'one that goes on', { state: 'ACTIVE', ...END }],
		['revoke', 'one of no state', { state: undefined }],
	])('not %s: %s', (verb, _, change) => {
		expect(() => told(verb, change)).toThrow('no Firmseal');
	});

	it('a lease, whatever JSON is in its place', async () => {
		for (const odd of oddOnes({ requestBreakGlass: { lease: LEASE } }))
			await expectTold(odd, async () => {
				const lease = changedLease(Object(odd), 'request', null);
				return requestRows(lease).map(([, text]) => text.length);
			});
	});
});
