import type { ContentClass, LeasePurpose } from '../../access/index.ts';
import { FirmsealError } from '../../errors.ts';
import { hashRequest, hashText, hexOf } from '../../leases/request-hash.ts';
import type { AskApi } from '../ask-api.ts';
import { markedRows } from '../marked-rows.ts';
import { nameOfFirm } from '../shown-names.ts';

interface SeenPerson {
	readonly name: string;
	readonly email: string;
}

/** A lease as the API shows it. */
export interface SeenLease {
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
export async function findLease(ask: AskApi, id: string): Promise<SeenLease> {
	const lease = (await ask('break-glass-lease', { id })).breakGlassLease as SeenLease | null;
	if (lease?.id !== id)
		throw new FirmsealError('NOT_FOUND', 'There is no such lease: `firmseal lease list` names them.');
	return lease;
}

/**
 * Whether the hash that the API gives is of the request that it shows: calculated here, so that a yes is to what was read.
 * False too for a request whose words aren't shown.
 */
export function isOfItsHash(lease: SeenLease): boolean {
	const { id, reason, ticket } = lease;
	if (reason === null || ticket === null) return false;
	const hash = hashRequest({
		lease: id,
		firm: lease.firmId,
		requestedBy: lease.requestedById,
		purpose: lease.purpose,
		reasonHash: hexOf(hashText(id, reason)),
		ticketHash: hexOf(hashText(id, ticket)),
		classes: lease.classes,
		coordinates: lease.coordinates,
		records: lease.recordIds,
		readBudget: lease.readBudget,
		minutes: lease.minutes,
	});
	return hexOf(hash) === lease.requestHash;
}

/** All of a request, for people: what a yes is to. Then `more`. */
export function requestLines(lease: SeenLease, more: readonly (readonly [string, string])[] = []): string {
	const { firm, requester, readBudget, approvals } = lease;
	const rows: (readonly [string, string])[] = [
		['lease', lease.id],
		['state', lease.state],
		['firm', nameOfFirm({ ...firm, id: lease.firmId })],
		['asked for by', `${nameOf(requester)}, account ${lease.requestedById}, on ${lease.requestedAt}`],
		['purpose', lease.purpose],
		['ticket', lease.ticket ?? 'not shown to this person, or erased'],
		['reason', lease.reason ?? 'not shown to this person, or erased'],
		['classes', lease.classes.join(', ')],
		['fields', lease.coordinates?.join(', ') ?? 'every encrypted field of the classes'],
		['records', lease.recordIds?.join(', ') ?? 'every record of the firm'],
		['read budget', readBudget === null ? 'no limit' : `${readBudget} values`],
		['minutes', `${lease.minutes} from its activation on`],
		...approvals.map(
			(each) =>
				[
					'agreed to by',
					`${nameOf(each.user)}, account ${each.userId}, for the ${each.side}, on ${each.approvedAt}`,
				] as const,
		),
		['request hash', lease.requestHash],
	];
	// All of it comes from a server that could wish to show something else than it has.
	return markedRows([...rows, ...more]);
}

const nameOf = (person: SeenPerson | null): string =>
	person === null ? 'a person of the other side' : `${person.name} <${person.email}>`;
