import { type ContentClass, fitsDisplay, type LeasePurpose } from '../../access/index.ts';
import { FirmsealError } from '../../errors.ts';
import { firmDisplayName } from '../../firms/index.ts';
import { hashLeaseRequest, hashLeaseText, hexOf } from '../../leases/request-hash.ts';
import { MAX_APPROVALS } from '../../leases/request-input.ts';
import { type CallApi, invalidApiAnswer } from '../call/index.ts';
import { plural } from '../command.ts';
import type { LabelledValue } from '../print/index.ts';
import { assertKnownForms, DISTRUST } from './known-forms.ts';
import { isOfLease, isWholeLease } from './lease-shape.ts';

interface SeenPerson {
	readonly name: string;
	readonly email: string;
}

/** A lease as the API shows it. */
export interface ApiLease {
	readonly id: string;
	readonly firmId: string;
	readonly firm: { readonly slug: string; readonly name: string };
	readonly state: string;
	readonly purpose: LeasePurpose;
	/** null if this person may not see it, or if it was erased. */
	readonly reason: string | null;
	readonly ticket: string | null;
	readonly classes: readonly ContentClass[];
	readonly coordinates: readonly string[] | null;
	readonly recordIds: readonly string[] | null;
	readonly readBudget: number | null;
	readonly minutes: number;
	readonly requestHash: string;
	readonly requestedById: string;
	readonly requester: SeenPerson | null;
	readonly requestedAt: string;
	readonly approvals: readonly Approval[];
	/** null or absent unless the request was denied. */
	readonly denial?: Denial | null;
	readonly activatedAt: string | null;
	readonly expiresAt: string | null;
	readonly endedAt: string | null;
	readonly used: number;
	readonly isReviewed: boolean;
}

interface Approval {
	readonly side: string;
	readonly userId: string;
	readonly user: SeenPerson | null;
	readonly approvedAt: string;
	/** null or absent if there is none, or if this person may not see it. */
	readonly reason?: string | null;
}

interface Denial {
	readonly side: string | null;
	readonly userId: string | null;
	readonly user: SeenPerson | null;
	readonly reason: string | null;
	readonly deniedAt: string;
}

/** @throws FirmsealError NOT_FOUND */
export async function findLease(ask: CallApi, id: string): Promise<ApiLease> {
	const lease = (await ask('break-glass-lease', { id })).breakGlassLease as ApiLease | null;
	if (lease?.id !== id) throw new FirmsealError('NOT_FOUND', 'No lease has this id, or this person may not see it.');
	if (!isWholeLease(lease)) throw invalidApiAnswer();
	return assertLeaseForm(lease);
}

/**
 * Returns the same lease, or the same part of a lease if the answer has only a part.
 * @throws SetupError if it is not a lease; FirmsealError CONFLICT if a value could hide lines of the server's own
 */
export function assertLeaseForm<Lease extends Partial<ApiLease>>(lease: Lease): Lease {
	if (!isOfLease(lease)) throw invalidApiAnswer();
	const { firm, requester, approvals = [], denial } = lease;
	const people = [requester, denial?.user, ...approvals.map(({ user }) => user)];
	assertKnownForms({
		states: [lease.state],
		names: [firm?.slug, firm?.name, ...people.flatMap((person) => [person?.name, person?.email])],
		times: [
			lease.requestedAt,
			lease.activatedAt,
			lease.expiresAt,
			lease.endedAt,
			denial?.deniedAt,
			...approvals.map(({ approvedAt }) => approvedAt),
		],
		sides: [denial?.side, ...approvals.map(({ side }) => side)],
		texts: [denial?.reason, ...approvals.map(({ reason }) => reason)],
		counts: [lease.used],
	});
	return lease;
}

/**
 * Whether the API's request hash is the hash of the request that it shows. Calculates the hash here, so that a person agrees to exactly what
 * they have read. False too for a request whose reason or ticket is not shown.
 */
export function hasMatchingHash(lease: ApiLease): boolean {
	const { id, reason, ticket } = lease;
	if (reason === null || ticket === null) return false;
	// The hash is over sets. A value that is repeated many times would not change the hash, but would push the other rows out of sight.
	for (const list of [lease.classes, lease.coordinates, lease.recordIds])
		if (list !== null && new Set(list).size !== list.length) return false;
	const hash = hashLeaseRequest({
		lease: id,
		firm: lease.firmId,
		requestedBy: lease.requestedById,
		purpose: lease.purpose,
		reasonHash: hexOf(hashLeaseText(id, reason)),
		ticketHash: hexOf(hashLeaseText(id, ticket)),
		classes: lease.classes,
		coordinates: lease.coordinates,
		records: lease.recordIds,
		readBudget: lease.readBudget,
		minutes: lease.minutes,
	});
	return hexOf(hash) === lease.requestHash;
}

/**
 * Asserts that the shown request has the lease's request hash, so that a person agrees to exactly this request. Also asserts that the reason
 * and the list of approvals are no longer than Firmseal accepts: longer ones would push the other rows out of sight.
 * @throws FirmsealError FORBIDDEN if this person may not see the reason or the ticket; CONFLICT
 */
export function assertMatchingHash(lease: ApiLease): void {
	const { reason, ticket } = lease;
	if (reason === null || ticket === null)
		throw new FirmsealError(
			'FORBIDDEN',
			'The API does not show this person the reason and the ticket of the request, or they were erased. Only someone who can read them can agree to the lease or review it.',
		);
	if (!hasMatchingHash(lease)) throw new FirmsealError('CONFLICT', HASH_MISMATCH);
	if (!fitsDisplay(reason) || lease.approvals.length > MAX_APPROVALS)
		throw new FirmsealError(
			'CONFLICT',
			`The reason of the request or its list of approvals is longer than Firmseal accepts. ${DISTRUST}`,
		);
}

export const HASH_MISMATCH = `The request hash is not the hash of the request that the API shows. ${DISTRUST}`;

/** All of a request, as rows to read before one agrees to it. */
export function requestRows(lease: ApiLease): LabelledValue[] {
	const { firm, requester, readBudget, approvals } = lease;
	const records = lease.recordIds ?? [];
	const agreed = approvals.map(
		(each): LabelledValue => [
			'agreed to by',
			`${nameOf(each.user ?? null)}, account ${each.userId}, for the ${each.side}, on ${each.approvedAt}`,
		],
	);
	const areMany = agreed.length > MAX_INLINE_RECORDS;
	return [
		// Long lists come first: below the other rows they would push those off the screen.
		...(records.length > MAX_INLINE_RECORDS ? [['its records', records.join(', ')] satisfies LabelledValue] : []),
		...(areMany ? agreed : []),
		['lease', lease.id],
		['state', lease.state],
		['firm', firmDisplayName({ ...firm, id: lease.firmId })],
		['asked for by', `${nameOf(requester)}, account ${lease.requestedById}, on ${lease.requestedAt}`],
		['purpose', lease.purpose],
		['ticket', lease.ticket ?? 'not shown to this person, or erased'],
		['reason', lease.reason ?? 'not shown to this person, or erased'],
		['classes', lease.classes.join(', ')],
		['fields', lease.coordinates?.join(', ') ?? 'every encrypted field of the classes'],
		['records', recordsOf(lease)],
		['read budget', readBudget === null ? 'no limit' : plural(readBudget, 'value')],
		['minutes', `${lease.minutes} after its activation`],
		...(areMany ? [] : agreed),
		// The hash covers ids, not names: a server could show a wrong name beside an id.
		['not hashed', 'state, times, names, addresses, who has agreed, what was read. For these you rely on the server.'],
		['request hash', lease.requestHash],
	];
}

/** The person's own reason, as it will be stored. It comes first: below the request's rows it would push those off the screen. */
export const ownReasonRows = (reason: string | null): LabelledValue[] =>
	reason === null ? [] : [['your reason', reason]];

/** Who has decided, with their reasons. Not among the rows to agree to: they could push those off the screen. */
export function decisionRows({ approvals, denial }: ApiLease): LabelledValue[] {
	const agreed = approvals.map(({ userId, reason }): LabelledValue[] =>
		reason ? [['why agreed', `of account ${userId}: ${reason}`]] : [],
	);
	if (!denial) return agreed.flat();
	const { user, userId, side, deniedAt, reason } = denial;
	return [
		...agreed.flat(),
		[
			'denied by',
			`${nameOf(user ?? null)}, account ${userId ?? 'unknown'}, for the ${side ?? 'unknown'}, on ${deniedAt}`,
		],
		['why denied', reason ?? 'none, not shown to this person, or erased'],
	];
}

const MAX_INLINE_RECORDS = 10;

const recordsOf = ({ recordIds }: ApiLease): string => {
	if (recordIds === null) return 'every record of the firm';
	return recordIds.length > MAX_INLINE_RECORDS ? `${recordIds.length}, listed first` : recordIds.join(', ');
};

const nameOf = (person: SeenPerson | null): string =>
	person === null ? 'a person of the other side' : `${person.name} <${person.email}>`;
