import { describe, expect, it } from 'vitest';
import type { WaitingQuery } from '../../../web/kit/api/operator.generated.ts';
import { waitingFor } from '../../../web/operator/waiting/waiting.ts';

const PAGE = { pageInfo: { hasNextPage: false } };
const NONE = { nodes: [], ...PAGE };
const EMPTY: WaitingQuery = {
	requested: NONE,
	expired: NONE,
	revoked: NONE,
	released: NONE,
	exhausted: NONE,
	jobs: NONE,
	alerts: NONE,
};
const viewer = (...operatorRoles: ('OPERATOR' | 'APPROVER' | 'AUDITOR')[]) => ({
	id: 'me',
	name: 'Me',
	email: 'me@platform.example',
	createdAt: '2026-01-01T00:00:00.000Z',
	operatorRoles,
});
const FIRM = { id: 'f', slug: 'f', name: 'F', accessPolicy: { policy: 'APPROVE', approvers: 1 } } as const;
const REQUEST: WaitingQuery['requested']['nodes'][number] = {
	id: 'l',
	firmId: 'f',
	purpose: 'INCIDENT',
	ticket: 'INC-1',
	requestedAt: '2026-01-01T00:00:00.000Z',
	requestedById: 'other',
	requester: null,
	approvals: [],
	activatedAt: null,
	endedAt: null,
	firm: FIRM,
};
const asked = (part: Partial<typeof REQUEST>): WaitingQuery => ({
	...EMPTY,
	requested: { ...PAGE, nodes: [{ ...REQUEST, ...part }] },
});
const ended = (part: Partial<typeof REQUEST>): WaitingQuery => ({
	...EMPTY,
	revoked: {
		...PAGE,
		nodes: [{ ...REQUEST, activatedAt: REQUEST.requestedAt, endedAt: REQUEST.requestedAt, ...part }],
	},
});
const job = (part: Partial<WaitingQuery['jobs']['nodes'][number]>): WaitingQuery => ({
	...EMPTY,
	jobs: {
		...PAGE,
		nodes: [
			{
				id: 'j',
				firm: null,
				kind: 'ROTATE',
				needs: 'APPROVER',
				askedAt: REQUEST.requestedAt,
				askedById: 'other',
				askedBy: null,
				validUntil: null,
				...part,
			},
		],
	},
});
const count = (found: WaitingQuery, who = viewer('APPROVER')) => {
	const { requests, reviews, jobs } = waitingFor(who, found, Date.parse('2026-01-02T00:00:00.000Z'));
	return requests.length + reviews.length + jobs.length;
};

describe('what waits for a person', () => {
	it('are requests of others that the platform has not yet decided', () => {
		expect(count(asked({}))).toBe(1);
		expect(count(asked({ requestedById: 'me' }))).toBe(0);
		expect(count(asked({ approvals: [{ side: 'PLATFORM', userId: 'another' }] }))).toBe(0);
		expect(count(asked({ approvals: [{ side: 'FIRM', userId: 'owner' }] }))).toBe(1);
	});

	it('are leases that were active and in which the person had no part', () => {
		expect(count(ended({}))).toBe(1);
		expect(count(ended({ activatedAt: null }))).toBe(0);
		expect(count(ended({ requestedById: 'me' }))).toBe(0);
		expect(count(ended({ approvals: [{ side: 'PLATFORM', userId: 'me' }] }))).toBe(0);
	});

	it('are jobs of others that need an approver and can still be approved', () => {
		expect(count(job({}))).toBe(1);
		expect(count(job({ needs: 'OWNER' }))).toBe(0);
		expect(count(job({ askedById: 'me' }))).toBe(0);
		expect(count(job({ validUntil: '2026-01-01T12:00:00.000Z' }))).toBe(0);
	});

	it('is nothing to decide for who is no approver', () => {
		for (const found of [asked({}), ended({}), job({})]) expect(count(found, viewer('OPERATOR', 'AUDITOR'))).toBe(0);
	});
});
