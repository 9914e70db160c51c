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

/** What a use case of a lease works with: the rows as the caller's plane sees them, the keys that rights are proven with, the log. */
export interface LeaseServices {
	readonly plane: Plane;
	readonly rights: Pick<RightsProofs, 'prove' | 'verify'>;
	/** Makes an entry of the caller's durable: inside the act's transaction, before it commits. @throws FirmsealError AUDIT_UNAVAILABLE */
	readonly record: (act: Act) => Promise<unknown>;
	readonly clock: Clock;
	/** For the person on call: a row that gives a right and can't prove it. */
	readonly onUnproven: (unproven: UnprovenRow) => void;
}

/** Ids only. */
export interface UnprovenRow {
	readonly firm: string;
	/** null: it isn't a lease's. */
	readonly lease: string | null;
}

/** The firm that a transaction names: the firm's plane sees no other's rows, the platform's planes see all. */
export const firmScopeOfPlane = ({ role }: Pick<Plane, 'role'>, firm: string): string | null =>
	role === 'firmseal_firm' ? firm : null;

/** The same for a person. */
export const firmScopeOfPrincipal = (by: Principal): string | null => (by.kind === 'firm' ? by.firm : null);

/**
 * Reports a row that someone has put there or changed, to the log and to the person on call.
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
	new FirmsealError('NOT_FOUND', 'There is no such lease: breakGlassLeases lists them.');

/** How a lease ends. */
export type EndState = 'EXPIRED' | 'REVOKED' | 'RELEASED' | 'EXHAUSTED' | 'DENIED' | 'CANCELLED' | 'LAPSED';

/** What the log calls the coming into a state. */
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

/** The entry on a lease that has come into its state. */
export const leaseAct = (lease: Pick<LeaseRow, 'id' | 'firmId' | 'state' | 'requestHash'>): Act => ({
	action: ACTIONS[lease.state],
	firm: lease.firmId,
	lease: lease.id,
	hash: hexOf(lease.requestHash),
});

/** A lease that the caller sees. @throws FirmsealError NOT_FOUND */
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
 * Moves a lease by a person, from one state to another: row, event and entry in one transaction. `check` throws what is against
 * it, of the row as it is now.
 * @throws FirmsealError NOT_FOUND, CONFLICT in any other state, AUDIT_UNAVAILABLE.
 */
export const transitionLeaseAs = (
	services: LeaseServices,
	by: Principal,
	id: string,
	{ from, to }: { readonly from: LeaseState; readonly to: LeaseState },
	check: (tx: Transaction, lease: LeaseRow) => Promise<void>,
): Promise<LeaseRow> =>
	services.plane.write(firmScopeOfPrincipal(by), async (tx) => {
		const lease = await lockLease(tx, id);
		if (!lease) throw leaseNotFoundError();
		await check(tx, lease);
		requireState(lease, from);
		const moved = await transitionLease(tx, id, to, by.user);
		await services.record(leaseAct(moved));
		return moved;
	});

/** @throws FirmsealError CONFLICT */
export function requireState({ state }: Pick<LeaseRow, 'state'>, ...states: readonly LeaseState[]): void {
	if (!states.includes(state))
		throw new FirmsealError('CONFLICT', `The lease is ${state}, and this needs one that is ${states.join(' or ')}.`);
}

/** @throws FirmsealError FORBIDDEN for anyone who is, in whatever account, one of those. */
export async function requireAnotherPerson(
	tx: Transaction,
	by: Principal,
	others: readonly string[],
	sentence: string,
): Promise<void> {
	if (await isPersonAmong(tx, by.user, others)) throw new FirmsealError('FORBIDDEN', sentence);
}

/** @throws FirmsealError FORBIDDEN for anyone who counts as one with one of those. */
export async function requireIndependent(
	tx: Transaction,
	by: Principal,
	others: readonly string[],
	sentence: string,
): Promise<void> {
	if (await countsAsSamePerson(tx, by.user, others)) throw new FirmsealError('FORBIDDEN', sentence);
}

/** Only with this account's own lease. @throws FirmsealError FORBIDDEN */
export function requireRequester({ requestedBy }: Pick<LeaseRow, 'requestedBy'>, by: Principal): void {
	if (requestedBy !== by.user)
		throw new FirmsealError('FORBIDDEN', 'Only who asked for the lease may do this: ask for one of your own.');
}

/** Hours that a request waits, for a yes and then for its use. */
const MAX_REQUEST_AGE_HOURS = 24;

/** Whether a request of that time, in milliseconds since 1970, has waited too long. */
export const isOverdue = (requestedAt: number, now: Date): boolean =>
	now.getTime() - requestedAt >= MAX_REQUEST_AGE_HOURS * 60 * 60 * 1000;

/** @throws FirmsealError CONFLICT for a request that has waited too long; the broker ends it. */
export function requireNotOverdue({ requestedAt }: Pick<LeaseRow, 'requestedAt'>, now: Date): void {
	if (isOverdue(requestedAt.getTime(), now))
		throw new FirmsealError(
			'CONFLICT',
			`The request is older than ${MAX_REQUEST_AGE_HOURS} hours and lapses: ask again.`,
		);
}
