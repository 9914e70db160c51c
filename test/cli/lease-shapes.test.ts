import { describe, expect, it } from 'vitest';
import type { CallApi } from '../../src/cli/call/call-api.ts';
import { decisionRows, findLease, hasMatchingHash, requestRows } from '../../src/cli/leases/api-lease.ts';
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
	approvals: [{ side: 'FIRM', userId: ID, user: PERSON, approvedAt: AT, reason: 'Fine.' }],
	denial: { side: 'PLATFORM', userId: ID, user: PERSON, reason: 'No.', deniedAt: AT },
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

/** Every variant of `value` in which one odd value replaces the whole or a part, at any depth. */
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

/** Expects that `work` succeeds or fails with an error of ours. */
async function expectKnownError(odd: unknown, work: () => Promise<unknown>): Promise<void> {
	const error = await work().then(
		() => null,
		(error: unknown) => error,
	);
	if (error === null || error instanceof FirmsealError || error instanceof SetupError) return;
	expect.fail(`${JSON.stringify(odd)}: ${(error as Error).stack}`);
}

describe('odd JSON never crashes the command if it replaces', () => {
	it('any part of a lease', async () => {
		await expect(findLease(answering(LEASE), ID)).resolves.toEqual(LEASE);
		// A person who may not see the lease gets null.
		await expect(findLease(answering(null), ID)).rejects.toThrow(
			/^No lease has this id, or this person may not see it\.$/,
		);
		for (const odd of oddOnes(LEASE))
			await expectKnownError(odd, async () => {
				const lease = await findLease(answering(odd), ID);
				hasMatchingHash(lease);
				return [...requestRows(lease), ...decisionRows(lease)].map(([, text]) => text.length);
			});
	});

	it('any part of an opening', async () => {
		const openings = { nodes: [OPENING], pageInfo: { hasNextPage: false, endCursor: null } };
		await expect(openingsOf(answering({ openings }), ID)).resolves.toEqual([OPENING]);
		for (const odd of oddOnes({ openings }))
			await expectKnownError(odd, async () =>
				(await openingsOf(answering(odd), ID))?.map(({ coordinates, recordIds }) => [
					coordinates.join(),
					recordIds.join(),
				]),
			);
	});
});

describe('a lease change is reported as done only for', () => {
	type Verb = Parameters<typeof changedLease>[1];
	const stateAfter = (verb: Verb, change: object, id: string | null = ID) =>
		changedLease({ [`${verb}BreakGlass`]: { lease: { ...LEASE, ...change } } }, verb, id).state;
	const END = { expiresAt: AT };

	it.each<[Verb, string, object?]>([
		['request', 'REQUESTED'],
		// Approved by one of the three people who must agree.
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
	])('%s: a lease that is %s afterwards', (verb, state, more = {}) => {
		const id = verb === 'request' ? null : ID;
		expect(stateAfter(verb, { state, ...more }, id)).toBe(state);
	});

	it.each<[Verb, string, object]>([
		['revoke', 'another lease', { id: ID.replace(/1$/, '2'), state: 'REVOKED' }],
		['revoke', 'an active one', { state: 'ACTIVE', ...END }],
		['release', 'an active one', { state: 'ACTIVE', ...END }],
		['deny', 'an approved one', { state: 'APPROVED' }],
		['cancel', 'a requested one', { state: 'REQUESTED' }],
		['approve', 'a denied one', { state: 'DENIED' }],
		['activate', 'one that never ends', { state: 'ACTIVE' }],
		['activate', 'one that is only approved', { state: 'APPROVED' }],
		['review', 'an active one', { state: 'ACTIVE', ...END }],
		['revoke', 'one without a state', { state: undefined }],
	])('%s: not for %s', (verb, _, change) => {
		expect(() => stateAfter(verb, change)).toThrow('not a Firmseal');
	});

	it('a lease, and odd JSON never crashes it', async () => {
		for (const odd of oddOnes({ requestBreakGlass: { lease: LEASE } }))
			await expectKnownError(odd, async () => {
				const lease = changedLease(Object(odd), 'request', null);
				return requestRows(lease).map(([, text]) => text.length);
			});
	});
});
