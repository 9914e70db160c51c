import { createHash, randomBytes } from 'node:crypto';
import { parse as parseUuid, stringify as uuidOf } from 'uuid';
import { ticketStatement } from '../access/index.ts';
import { consumeTicket, insertTicket, type Plane, selectNow, type TicketRow } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from '../firms/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import { type FileReference, findFile } from './find-file.ts';

/** Milliseconds in which a ticket must be used. */
const LIFE = 60_000;

/** Bytes of a ticket: the firm's id, by which it is found, and what no one guesses. */
const FIRM_LENGTH = 16;
const RANDOM_LENGTH = 32;
const TICKET = /^[A-Za-z0-9_-]{64}$/;

/**
 * A single-use ticket for one file, valid for a minute: its holder may fetch the file once, with the right that the caller has then.
 * @throws FirmsealError NOT_FOUND, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function createTicket(
	services: RequestServices,
	acting: ActingMember,
	named: FileReference,
): Promise<string> {
	const { firm, user, client, session } = acting;
	const file = await findFile({ plane: services.plane, firm, client, readsSealed: false }, named);
	if (!file?.content) throw new FirmsealError('NOT_FOUND', 'There is no such file.');
	const { field, row, content } = file;
	const ticket = Buffer.concat([parseUuid(firm), randomBytes(RANDOM_LENGTH)]);
	const hash = hashOf(ticket);
	const prove = await services.rights.prover(firm);
	await services.plane.write(firm, async (tx) => {
		const expiresAt = new Date((await selectNow(tx)).getTime() + LIFE);
		const version = named.version === null ? null : content.place.version;
		const of = { firm, user, document: named.documentId, version, expiresAt };
		const mac = prove(ticketStatement({ ...of, hash: hash.toString('hex') }));
		await insertTicket(tx, {
			hash,
			firmId: firm,
			userId: user,
			documentId: named.documentId,
			versionId: version,
			expiresAt,
			mac,
		});
		await services.content.record(session, {
			action: 'download.create',
			coordinates: [field.coordinate],
			records: [row.id],
		});
	});
	return ticket.toString('base64url');
}

/** What a ticket was for, and as whom it is used. */
export interface TakenTicket {
	readonly firm: string;
	readonly userId: string;
	readonly file: FileReference;
	/** false: SQL has put the row there, or has changed it. */
	readonly isProven: boolean;
}

/**
 * Takes a ticket: no one else can take it again, whatever becomes of it.
 * @throws FirmsealError NOT_FOUND, one sentence for whatever is the matter; KEY_UNAVAILABLE.
 */
export async function redeemTicket(
	{ plane, rights }: { readonly plane: Plane; readonly rights: Pick<RightsProofs, 'verify'> },
	text: string,
): Promise<TakenTicket> {
	if (!TICKET.test(text)) throw noSuchTicketError();
	const ticket = Buffer.from(text, 'base64url');
	const firm = firmOf(ticket);
	const taken = firm && (await plane.write(firm, (tx) => consumeTicket(tx, hashOf(ticket))));
	if (!firm || !taken) throw noSuchTicketError();
	const { userId, documentId, versionId: version } = taken;
	const isProven = await rights.verify(firm, statementOf(taken), taken.mac);
	return { firm, userId, file: { documentId, version }, isProven };
}

const statementOf = ({ hash, firmId, userId, documentId, versionId, expiresAt }: TicketRow) =>
	ticketStatement({
		hash: Buffer.from(hash).toString('hex'),
		firm: firmId,
		user: userId,
		document: documentId,
		version: versionId,
		expiresAt,
	});

/** null: no UUID. */
function firmOf(ticket: Uint8Array): string | null {
	try {
		return uuidOf(ticket.subarray(0, FIRM_LENGTH));
	} catch {
		return null;
	}
}

const hashOf = (ticket: Uint8Array): Buffer => createHash('sha256').update(ticket).digest();

const noSuchTicketError = () =>
	new FirmsealError('NOT_FOUND', 'This link has been used or its minute is over: ask for another.');
