import type { Ask, Person } from '../support/ask.ts';

export const LEASE = `id firmId firm { id } state purpose reason ticket classes coordinates recordIds readBudget minutes requestHash
	requestedById requester { id } requestedAt approvals { side userId user { id } requestHash approvedAt }
	activatedAt expiresAt endedAt used isReviewed reviewedAt reviewedById events { fromState toState actorId at }`;

const REQUEST = `mutation ($input: RequestBreakGlassInput!) { requestBreakGlass(input: $input) { lease { ${LEASE} } } }`;
const APPROVE = `mutation ($leaseId: ID!, $requestHash: String!) {
	approveBreakGlass(leaseId: $leaseId, requestHash: $requestHash) { lease { ${LEASE} } } }`;
const SET_POLICY = `mutation ($input: SetFirmAccessPolicyInput!) {
	setFirmAccessPolicy(input: $input) { firm { id accessPolicy { policy approvers } } } }`;

/** Operations whose only argument is a lease. */
export type Step = 'deny' | 'cancel' | 'activate' | 'release' | 'revoke' | 'review';

/** Default arguments of a request for a lease. */
export const wishOf = (firmId: string, special: object = {}) => ({
	firmId,
	purpose: 'CUSTOMER_SUPPORT',
	reason: 'The client cannot open the note on the October call.',
	ticket: 'SUP-1042',
	classes: ['NOTE'],
	...special,
});

export interface LeaseAnswer {
	readonly id: string;
	readonly state: string;
	readonly requestHash: string;
	// biome-ignore lint/suspicious/noExplicitAny: tests read whatever they have asked for
	readonly [field: string]: any;
}

/** The operations on leases over HTTP, each with the token of a person. */
export const leasesOver = (ask: Ask) => {
	const request = (token: Person, firmId: string, special: object = {}) =>
		ask(token, REQUEST, { input: wishOf(firmId, special) });
	const approve = (token: Person, lease: Pick<LeaseAnswer, 'id' | 'requestHash'>) =>
		ask(token, APPROVE, { leaseId: lease.id, requestHash: lease.requestHash });
	const step = (token: Person, name: Step, leaseId: string) =>
		ask(token, `mutation ($leaseId: ID!) { ${name}BreakGlass(leaseId: $leaseId) { lease { ${LEASE} } } }`, { leaseId });
	return {
		request,
		approve,
		step,
		setPolicy: (token: Person, policy: string, approvers = 1) =>
			ask(token, SET_POLICY, { input: { policy, approvers } }),
		async see(token: Person, id: string): Promise<LeaseAnswer> {
			const { data, text } = await ask(token, `query ($id: ID!) { breakGlassLease(id: $id) { ${LEASE} } }`, { id });
			if (!data?.breakGlassLease) throw new Error(text);
			return data.breakGlassLease;
		},
		async requested(token: Person, firmId: string, special: object = {}): Promise<LeaseAnswer> {
			const { data, text } = await request(token, firmId, special);
			if (!data?.requestBreakGlass) throw new Error(text);
			return data.requestBreakGlass.lease;
		},
		async approved(
			{ operator, approver, owner }: Readonly<Record<'operator' | 'approver' | 'owner', Person>>,
			firmId: string,
			special: object = {},
		): Promise<LeaseAnswer> {
			const lease = await this.requested(operator, firmId, special);
			for (const token of [owner, approver]) {
				const { errors, text } = await approve(token, lease);
				if (errors.length > 0) throw new Error(text);
			}
			return this.see(operator, lease.id);
		},
	};
};
