import { type ContentClass, fitsDisplay, type LeasePurpose } from '../../access/index.ts';
import { FirmsealError } from '../../errors.ts';
import { firmDisplayName } from '../../firms/index.ts';
import { hashLeaseRequest, hashLeaseText, hexOf } from '../../leases/request-hash.ts';
import { type CallApi, invalidApiAnswer } from '../call/index.ts';
import type { LabelledValue } from '../print/index.ts';
import { assertKnownForms } from './known-forms.ts';
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
	/** null: not for this person, or erased. */
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
}

/** @throws FirmsealError NOT_FOUND */
export async function findLease(ask: CallApi, id: string): Promise<ApiLease> {
	const lease = (await ask('break-glass-lease', { id })).breakGlassLease as ApiLease | null;
	if (lease?.id !== id) throw new FirmsealError('NOT_FOUND', 'There is no such lease, or not for this person.');
	if (!isWholeLease(lease)) throw invalidApiAnswer();
	return assertLeaseForm(lease);
}

/**
 * The same lease, or as much of it as an answer has.
 * @throws SetupError for what is none; FirmsealError CONFLICT for what could be lines of a server's own
 */
export function assertLeaseForm<Lease extends Partial<ApiLease>>(lease: Lease): Lease {
	if (!isOfLease(lease)) throw invalidApiAnswer();
	const { firm, requester, approvals = [] } = lease;
	const people = [requester, ...approvals.map(({ user }) => user)];
	assertKnownForms({
		states: [lease.state],
		names: [firm?.slug, firm?.name, ...people.flatMap((person) => [person?.name, person?.email])],
		times: [
			lease.requestedAt,
			lease.activatedAt,
			lease.expiresAt,
			lease.endedAt,
			...approvals.map(({ approvedAt }) => approvedAt),
		],
		sides: approvals.map(({ side }) => side),
		counts: [lease.used],
	});
	return lease;
}

/**
 * Whether the hash that the API gives is of the request that it shows: calculated here, so that a yes is to what was read.
 * False too for a request whose words aren't shown.
 */
export function hasMatchingHash(lease: ApiLease): boolean {
	const { id, reason, ticket } = lease;
	if (reason === null || ticket === null) return false;
	// The hash takes each list for a set: what is said again and again would push the rest out of sight.
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
 * That a yes to this lease, or to what was done under it, is to the request that its hash is of, in words of the form that Firmseal takes: nothing
 * that pushes the rest out of sight. @throws FirmsealError FORBIDDEN, CONFLICT
 */
export function assertMatchingHash(lease: ApiLease): void {
	const { reason, ticket } = lease;
	if (reason === null || ticket === null)
		throw new FirmsealError(
			'FORBIDDEN',
			'The API does not show this person the words of the request, or they were erased: who can’t read them does not agree to it, nor sign it off.',
		);
	if (!hasMatchingHash(lease)) throw new FirmsealError('CONFLICT', HASH_MISMATCH);
	if (!fitsDisplay(reason) || lease.approvals.length > MAX_APPROVALS)
		throw new FirmsealError(
			'CONFLICT',
			'The reason of the request or the list of who has agreed is longer than Firmseal takes: agree to nothing, and tell who looks after the security of the platform.',
		);
}

/** As many as the API takes. */
const MAX_APPROVALS = 32;

export const HASH_MISMATCH =
	'The request hash is not of the request that the API shows: agree to nothing, and tell who looks after the security of the platform.';

/** All of a request, for people: what a yes is to. */
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
		// So many that what follows would be off the screen before them.
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
		['read budget', readBudget === null ? 'no limit' : `${readBudget} ${readBudget === 1 ? 'value' : 'values'}`],
		['minutes', `${lease.minutes} from its activation on`],
		...(areMany ? [] : agreed),
		// The format of the hash has ids alone: a server could show another name beside one.
		[
			'only said',
			'by the server: state, times, names, addresses, who has agreed, what was read. The request hash is not of these.',
		],
		['request hash', lease.requestHash],
	];
}

const MAX_INLINE_RECORDS = 10;

const recordsOf = ({ recordIds }: ApiLease): string => {
	if (recordIds === null) return 'every record of the firm';
	return recordIds.length > MAX_INLINE_RECORDS ? `${recordIds.length}, listed first` : recordIds.join(', ');
};

const nameOf = (person: SeenPerson | null): string =>
	person === null ? 'a person of the other side' : `${person.name} <${person.email}>`;
