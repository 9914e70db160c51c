import { v7 as uuidv7 } from 'uuid';
import { isSealedByFirm } from '../access/index.ts';
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
import { referencedTypeName, WORKSPACE, type WorkspaceType } from './workspace.ts';

/** Clients that one record can be shared with. The schema promises this limit. */
const MAX_CLIENTS = 100;

interface SharingInput {
	readonly clientId: string;
	/** Exactly one id, under the name of its column. */
	readonly subject: ShareSubject;
}

/**
 * Lets the portal users of a client see a record, from their next request on. Idempotent.
 * @throws FirmsealError NOT_FOUND, CONFLICT for more than 100 clients, AUDIT_UNAVAILABLE.
 */
export const shareWithClient = (
	services: RequestServices,
	acting: ActingMember,
	sharing: SharingInput,
): Promise<void> =>
	withClientAndSubject(services, acting, sharing, async (tx, entry) => {
		const { clientId, subject } = sharing;
		refuseInFirmCustody(services, acting, subject);
		const row = { id: uuidv7(), firmId: acting.firm, clientId, ...subject, authorId: acting.user };
		if (!(await insertShare(tx, row))) return;
		if ((await countSharesOf(tx, subject)) > MAX_CLIENTS)
			throw new FirmsealError(
				'CONFLICT',
				`This record is already shared with ${MAX_CLIENTS} clients, the maximum: end a share first.`,
			);
		await services.content.record(acting.session, { action: 'share.add', ...entry });
	});

/**
 * Ends a share, from the portal users' next request on.
 * @throws FirmsealError NOT_FOUND, also if the record isn't shared with the client, AUDIT_UNAVAILABLE.
 */
export const unshareWithClient = (
	services: RequestServices,
	acting: ActingMember,
	sharing: SharingInput,
): Promise<void> =>
	withClientAndSubject(services, acting, sharing, async (tx, entry) => {
		const { clientId, subject } = sharing;
		if (!(await deleteShare(tx, clientId, subject)))
			throw new FirmsealError('NOT_FOUND', 'This record is not shared with this client.');
		await services.content.record(acting.session, { action: 'share.remove', ...entry });
	});

/** Content under a record of the subject's type: its own, or that of the type which has its keys, as messages have their thread's. */
function classOfSubject({ fieldsOf }: RequestServices, subject: ShareSubject): string | undefined {
	const [column = ''] = Object.keys(subject);
	const keyed = Object.entries<WorkspaceType>(WORKSPACE).find(([, { keyedBy }]) => keyedBy === column);
	return Object.values(fieldsOf(keyed?.[0] ?? referencedTypeName(column) ?? ''))[0]?.class;
}

/** @throws FirmsealError BAD_USER_INPUT for a record whose content only the firm's devices open */
function refuseInFirmCustody(services: RequestServices, { custody }: ActingMember, subject: ShareSubject): void {
	const of = classOfSubject(services, subject);
	if (of === undefined || !isSealedByFirm(custody, of)) return;
	throw new FirmsealError(
		'BAD_USER_INPUT',
		`The class ${of} is in the firm's own custody, so the client could open nothing of this record: sharing it comes with a later version.`,
	);
}

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
			throw new FirmsealError('NOT_FOUND', 'This client does not exist.');
		// This lock serializes the counting of a record's clients, and prevents the record's removal.
		if (!(await lockRow(tx, WORKSPACE[name].table, id, 'no key update')))
			throw new FirmsealError('NOT_FOUND', `This ${WORKSPACE[name].noun} does not exist.`);
		await work(tx, { coordinates: [`${name}.sharedWith`], records: [id, clientId] });
	});
}
