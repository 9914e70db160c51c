import { createHash, randomBytes } from 'node:crypto';
import { parse as parseUuid, stringify as uuidOf } from 'uuid';
import { custodyOfClass, ticketStatement } from '../access/index.ts';
import { FILE_FIELDS } from '../content/index.ts';
import { consumeTicket, insertTicket, type Plane, selectNow, type TicketRow } from '../database/index.ts';
import { FirmsealError } from '../errors.ts';
import type { ActingMember, RequestServices } from '../firms/index.ts';
import type { RightsProofs } from '../keys/index.ts';
import { type FileReference, findFile } from './find-file.ts';

/** Milliseconds for which a ticket is valid. */
export const TICKET_LIFE_MS = 60_000;

/** Bytes of a ticket: the firm's id, which selects the firm, and random bytes. */
const FIRM_LENGTH = 16;
const RANDOM_LENGTH = 32;
const TICKET = /^[A-Za-z0-9_-]{64}$/;

/**
 * Makes a single-use ticket for one file, valid for a minute. Its holder may fetch the file once, with the rights that the caller has at that
 * time.
 * @throws FirmsealError NOT_FOUND, KEY_UNAVAILABLE, AUDIT_UNAVAILABLE.
 */
export async function createTicket(
	services: RequestServices,
	acting: ActingMember,
	named: FileReference,
): Promise<string> {
	const { firm, user, client, session, custody } = acting;
	if (custodyOfClass(custody, FILE_FIELDS.version.class) === 'FIRM')
		throw new FirmsealError(
			'FORBIDDEN',
			"Documents are in the firm's own custody: storing and fetching their files comes with a later version.",
		);
	const file = await findFile({ plane: services.plane, firm, client, readsSealed: false }, named);
	if (!file?.content) throw new FirmsealError('NOT_FOUND', 'This file does not exist.');
	const { field, row, content } = file;
	const ticket = Buffer.concat([parseUuid(firm), randomBytes(RANDOM_LENGTH)]);
	const hash = hashOf(ticket);
	const prove = await services.rights.prover(firm);
	await services.plane.write(firm, async (tx) => {
		const expiresAt = new Date((await selectNow(tx)).getTime() + TICKET_LIFE_MS);
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

/** The file of a ticket, and the person who made it. */
export interface TakenTicket {
	readonly firm: string;
	readonly userId: string;
	readonly createdAt: Date;
	readonly file: FileReference;
	/** False if the row was inserted or changed by SQL. */
	readonly isProven: boolean;
}

/**
 * Consumes a ticket. It can't be used again, even if the download fails.
 * @throws FirmsealError NOT_FOUND, with one sentence for every reason; KEY_UNAVAILABLE.
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
	const createdAt = new Date(taken.expiresAt.getTime() - TICKET_LIFE_MS);
	return { firm, userId, createdAt, file: { documentId, version }, isProven };
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

/** null if the first bytes are not a UUID. */
function firmOf(ticket: Uint8Array): string | null {
	try {
		return uuidOf(ticket.subarray(0, FIRM_LENGTH));
	} catch {
		return null;
	}
}

const hashOf = (ticket: Uint8Array): Buffer => createHash('sha256').update(ticket).digest();

const noSuchTicketError = () =>
	new FirmsealError('NOT_FOUND', 'This link was already used, or is older than a minute: ask for another.');
