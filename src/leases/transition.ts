import type { LeaseState, Principal } from '../access/index.ts';
import type { Act } from '../audit/index.ts';
import type { Clock } from '../clock/index.ts';
import {
	countsAsSamePerson,
	isPersonAmong,
	type LeaseRow,
	lockLease,
	type Plane,
	selectLease,
	type Transaction,
	transitionLease,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { RightsProofs } from '../keys/index.ts';
import { hexOf } from './request-hash.ts';

/** What the use cases of leases need. */
export interface LeaseServices {
	readonly plane: Plane;
	readonly rights: Pick<RightsProofs, 'prove' | 'verify'>;
	/** Makes an audit entry of the caller durable. Called inside the act's transaction, before the commit. @throws FirmsealError AUDIT_UNAVAILABLE */
	readonly record: (act: Act) => Promise<unknown>;
	readonly clock: Clock;
	/** Alerts the people on call to a row that gives a right but isn't proven. */
	readonly onUnproven: (unproven: UnprovenRow) => void;
}

/** Ids only. */
export interface UnprovenRow {
	readonly firm: string;
	/** null if the row isn't a lease. */
	readonly lease: string | null;
}

/** The firm to which a transaction is limited; null on the platform's planes, which see all firms. */
export const firmScopeOfPlane = ({ role }: Pick<Plane, 'role'>, firm: string): string | null =>
	role === 'firmseal_firm' ? firm : null;

/** Like firmScopeOfPlane(), for a person. */
export const firmScopeOfPrincipal = (by: Principal): string | null => (by.kind === 'firm' ? by.firm : null);

/**
 * Reports a row that SQL has inserted or changed, to the log and to the people on call.
 * @throws FirmsealError FORBIDDEN with the sentence.
 */
export async function refuseUnprovenLease(
	services: LeaseServices,
	unproven: UnprovenRow,
	sentence: string,
): Promise<never> {
	await reportUnproven(services, unproven);
	throw new FirmsealError('FORBIDDEN', sentence);
}

export async function reportUnproven(
	{ record, onUnproven }: Pick<LeaseServices, 'record' | 'onUnproven'>,
	unproven: UnprovenRow,
): Promise<void> {
	const { firm, lease } = unproven;
	onUnproven(unproven);
	await record({
		action: 'rights.refuse',
		decision: 'DENIED',
		reason: 'FORBIDDEN',
		firm,
		lease,
		records: [lease ?? firm],
	});
}

export const leaseNotFoundError = () =>
	new FirmsealError('NOT_FOUND', 'This lease does not exist: the query `breakGlassLeases` lists all leases.');

export type EndState = 'EXPIRED' | 'REVOKED' | 'RELEASED' | 'EXHAUSTED' | 'DENIED' | 'CANCELLED' | 'LAPSED';

/** The audit action for the transition into each state. */
const ACTIONS = {
	REQUESTED: 'lease.request',
	APPROVED: 'lease.approve',
	ACTIVATING: 'lease.activate',
	ACTIVE: 'lease.start',
	EXPIRED: 'lease.expire',
	REVOKED: 'lease.revoke',
	RELEASED: 'lease.release',
	EXHAUSTED: 'lease.exhaust',
	DENIED: 'lease.deny',
	CANCELLED: 'lease.cancel',
	LAPSED: 'lease.lapse',
} as const satisfies Record<LeaseState, Act['action']>;

/** The audit entry for the transition into the lease's present state. */
export const leaseAct = (lease: Pick<LeaseRow, 'id' | 'firmId' | 'state' | 'requestHash'>): Act => ({
	action: ACTIONS[lease.state],
	firm: lease.firmId,
	lease: lease.id,
	hash: hexOf(lease.requestHash),
});

/** @throws FirmsealError NOT_FOUND for a lease that doesn't exist or that the caller may not see. */
export async function findVisibleLease(
	{ plane }: Pick<LeaseServices, 'plane'>,
	by: Principal,
	id: string,
): Promise<LeaseRow> {
	const lease = await plane.read(firmScopeOfPrincipal(by), (tx) => selectLease(tx, id));
	if (!lease) throw leaseNotFoundError();
	return lease;
}

/**
 * Makes a transition for a person: row, event and audit entry in one transaction. `check` gets the locked row, and throws if the transition is not
 * allowed. `then` runs between the move and its entry.
 * @throws FirmsealError NOT_FOUND, CONFLICT unless the lease is in state `from`, AUDIT_UNAVAILABLE.
 */
export const transitionLeaseAs = (
	services: LeaseServices,
	by: Principal,
	id: string,
	{ from, to }: { readonly from: LeaseState; readonly to: LeaseState },
	check: (tx: Transaction, lease: LeaseRow) => Promise<void>,
	then: (tx: Transaction, moved: LeaseRow) => Promise<void> = async () => {},
): Promise<LeaseRow> =>
	services.plane.write(firmScopeOfPrincipal(by), async (tx) => {
		const lease = await lockLease(tx, id);
		if (!lease) throw leaseNotFoundError();
		await check(tx, lease);
		requireState(lease, from);
		const moved = await transitionLease(tx, id, to, by.user);
		await then(tx, moved);
		await services.record(leaseAct(moved));
		return moved;
	});

/** @throws FirmsealError CONFLICT */
export function requireState({ state }: Pick<LeaseRow, 'state'>, required: LeaseState): void {
	if (state !== required)
		throw new FirmsealError('CONFLICT', `The lease is ${state}: this is possible only while it is ${required}.`);
}

/** @throws FirmsealError FORBIDDEN if the person is one of `others`, with any account. */
export async function requireAnotherPerson(
	tx: Transaction,
	by: Principal,
	others: readonly string[],
	sentence: string,
): Promise<void> {
	if (await isPersonAmong(tx, by.user, others)) throw new FirmsealError('FORBIDDEN', sentence);
}

/** @throws FirmsealError FORBIDDEN if the person counts as one with one of `others`. */
export async function requireIndependent(
	tx: Transaction,
	by: Principal,
	others: readonly string[],
	sentence: string,
): Promise<void> {
	if (await countsAsSamePerson(tx, by.user, others)) throw new FirmsealError('FORBIDDEN', sentence);
}

/** @throws FirmsealError FORBIDDEN unless this account requested the lease. */
export function requireRequester({ requestedBy }: Pick<LeaseRow, 'requestedBy'>, by: Principal): void {
	if (requestedBy !== by.user)
		throw new FirmsealError(
			'FORBIDDEN',
			'Only the person who requested the lease may do this: request a lease of your own.',
		);
}

/** Hours until a request lapses, unless it has been approved and activated. */
export const MAX_REQUEST_AGE_HOURS = 24;

/** `requestedAt`: milliseconds since 1970. */
export const isOverdue = (requestedAt: number, now: Date): boolean =>
	now.getTime() - requestedAt >= MAX_REQUEST_AGE_HOURS * 60 * 60 * 1000;

/** @throws FirmsealError CONFLICT for a request that is too old. The broker ends such a request. */
export function requireNotOverdue({ requestedAt }: Pick<LeaseRow, 'requestedAt'>, now: Date): void {
	if (isOverdue(requestedAt.getTime(), now))
		throw new FirmsealError(
			'CONFLICT',
			`The request has lapsed, because it is older than ${MAX_REQUEST_AGE_HOURS} hours: make a new request.`,
		);
}
