import { v7 as uuidv7 } from 'uuid';
import type { EntryDraft } from '../audit/index.ts';
import {
	countSharesOf,
	deleteShare,
	insertShare,
	lockRow,
	type ShareSubject,
	type Transaction,
} from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from './acting-member.ts';
import { referencedTypeName, WORKSPACE } from './workspace.ts';

/** Clients that one thing is shared with at most; the schema promises it. */
const MAX_CLIENTS = 100;

interface SharingInput {
	readonly clientId: string;
	/** Exactly one id, by the kind of thing. */
	readonly subject: ShareSubject;
}

/**
 * Lets the portal users of a client see something, from their next request on. Sharing it again changes nothing.
 * @throws FirmsealError NOT_FOUND, CONFLICT for one client too many, AUDIT_UNAVAILABLE.
 */
export const shareWithClient = (
	services: RequestServices,
	acting: ActingMember,
	sharing: SharingInput,
): Promise<void> =>
	withClientAndSubject(services, acting, sharing, async (tx, entry) => {
		const { clientId, subject } = sharing;
		const row = { id: uuidv7(), firmId: acting.firm, clientId, ...subject, authorId: acting.user };
		if (!(await insertShare(tx, row))) return;
		if ((await countSharesOf(tx, subject)) > MAX_CLIENTS)
			throw new FirmsealError('CONFLICT', `It is shared with ${MAX_CLIENTS} clients already, which is the most.`);
		await services.content.record(acting.session, { action: 'share.add', ...entry });
	});

/**
 * Takes it back, from their next request on.
 * @throws FirmsealError NOT_FOUND, also when it isn't shared with the client, AUDIT_UNAVAILABLE.
 */
export const unshareWithClient = (
	services: RequestServices,
	acting: ActingMember,
	sharing: SharingInput,
): Promise<void> =>
	withClientAndSubject(services, acting, sharing, async (tx, entry) => {
		const { clientId, subject } = sharing;
		if (!(await deleteShare(tx, clientId, subject)))
			throw new FirmsealError('NOT_FOUND', 'It is not shared with this client.');
		await services.content.record(acting.session, { action: 'share.remove', ...entry });
	});

async function withClientAndSubject(
	{ plane }: RequestServices,
	{ firm }: ActingMember,
	{ clientId, subject }: SharingInput,
	work: (tx: Transaction, entry: Pick<EntryDraft, 'coordinates' | 'records'>) => Promise<void>,
): Promise<void> {
	const [[column, id] = ['', '']] = Object.entries(subject);
	const name = referencedTypeName(column);
	if (!name) throw new FirmsealError('BAD_USER_INPUT', 'Name one document, thread or invoice.');
	await plane.write(firm, async (tx) => {
		if (!(await lockRow(tx, WORKSPACE.Client.table, clientId, 'share')))
			throw new FirmsealError('NOT_FOUND', 'There is no such client.');
		// One at a time counts the clients of a thing, and it can't be removed meanwhile.
		if (!(await lockRow(tx, WORKSPACE[name].table, id, 'no key update')))
			throw new FirmsealError('NOT_FOUND', `There is no such ${WORKSPACE[name].noun}.`);
		await work(tx, { coordinates: [`${name}.sharedWith`], records: [id, clientId] });
	});
}
