import { encodeContext } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { fromBase64, sha256, toBase64, toHex, utf8 } from './bytes.ts';
import { type DeviceKeys, signAs } from './device.ts';
import { exactJson, readExactJson } from './exact-json.ts';
import { base64Of, eitherOf, hash, mapOf, oneOf, revision, type Shape, seq, shapeOf, text, uuid } from './shape.ts';
import { SIGNATURE_LENGTH, verifyBytes } from './signature.ts';

/** For each column: base64 of the SHA-256 of its envelope, or null for SQL NULL. */
export type ColumnHashes = Readonly<Record<string, string | null>>;

/** The row of a stamp, by the names of its binding. */
export interface StampedRow {
	readonly firm: string;
	readonly class: string;
	readonly table: string;
	readonly row: string;
}

/** What a write says before its author signs it. FORMAT.md section 10. */
export interface StampDraft extends StampedRow {
	/** 1 for a new row, then one more than that of the stamp before. */
	readonly revision: number;
	/** Of the record at `head`. */
	readonly generation: number;
	/** Id of the sub-log of `head` and `device`; null for the firm's log. */
	readonly log: string | null;
	/** Head of the author's verified log, 64 hexadecimal digits. */
	readonly head: string;
	/** Of all sealed columns of the table. */
	readonly columns: ColumnHashes;
	/** Of a row that was re-sealed: PLATFORM, or the id of the device that first wrote the values; else null. */
	readonly origin: string | null;
}

export interface Stamp extends StampDraft {
	readonly v: 1;
	/** Id of the author's device. */
	readonly device: string;
	/** Base64 of 64 bytes. */
	readonly signature: string;
}

const stampShape: Shape<Stamp> = shapeOf({
	v: oneOf(1),
	firm: uuid,
	class: text,
	table: text,
	row: uuid,
	revision: revision,
	generation: seq,
	log: eitherOf(uuid, oneOf(null)),
	head: hash,
	columns: mapOf(eitherOf(base64Of(32), oneOf(null))),
	origin: eitherOf(hash, oneOf('PLATFORM', null)),
	device: hash,
	signature: base64Of(SIGNATURE_LENGTH),
});

/** The hashes of a row's columns, by the column's name in the binding: of its envelope, or null for SQL NULL. */
export async function hashColumns(columns: Readonly<Record<string, Uint8Array | null>>): Promise<ColumnHashes> {
	const hashed = Object.entries(columns).map(async ([column, envelope]) => {
		return [column, envelope === null ? null : toBase64(await sha256(envelope))] as const;
	});
	return Object.fromEntries(await Promise.all(hashed));
}

/** The JSON of a stamp that `device` signs. Throws BAD_USER_INPUT if a part has not the form of section 10. */
export async function signStamp(draft: StampDraft, device: DeviceKeys): Promise<string> {
	const { firm, table, row, revision, generation, log, head, columns, origin } = draft;
	const place = { v: 1 as const, firm, class: draft.class, table, row };
	const unsigned = { ...place, revision, generation, log, head, columns, origin, device: device.id };
	const signature = toBase64(await signAs(device, messageOf(unsigned)));
	const text = exactJson({ ...unsigned, signature });
	parseStamp(text);
	return text;
}

/** Throws BAD_USER_INPUT unless `text` is canonical JSON of a stamp. The signature is not verified. */
export function parseStamp(text: string): Stamp {
	const stamp = readExactJson(text, stampShape);
	if (stamp === null) {
		throw new FirmsealError('BAD_USER_INPUT', 'A stamp is not canonical JSON of its format: make it with the library.');
	}
	return stamp;
}

/** Hexadecimal SHA-256 of a stamp's JSON, 64 digits: what a client keeps for each row. FORMAT.md section 13. */
export const stampHash = async (text: string): Promise<string> => toHex(await sha256(utf8(text)));

/** Whether the author signed the stamp. `signing`: the key that the log has for `stamp.device`, 32 bytes. */
export function verifyStampSignature(stamp: Stamp, signing: Uint8Array): Promise<boolean> {
	const { signature, ...unsigned } = stamp;
	return verifyBytes(signing, messageOf(unsigned), fromBase64(signature) as Uint8Array);
}

/**
 * Compares a stamp with the row that was asked for, and with columns that were answered, which may be some of the row's or none: rule 1 of
 * section 10, and its hashes. `answered` is that of hashColumns(). The rules about head, entitlement and revisions need the log and are the
 * caller's.
 * Throws CIPHERTEXT_INVALID if the stamp is of another row, or if a column was exchanged, nulled or added.
 */
export function checkStamp(stamp: Stamp, asked: StampedRow, answered: ColumnHashes): void {
	const isOfRow = (['firm', 'class', 'table', 'row'] as const).every((name) => stamp[name] === asked[name]);
	if (!isOfRow) throw invalidStamp('The stamp of this record is that of another record');
	for (const [column, hash] of Object.entries(answered)) {
		const stamped = Object.hasOwn(stamp.columns, column) ? stamp.columns[column] : null;
		if (stamped === hash) continue;
		if (hash === null) throw invalidStamp('A field of this record was emptied after its author stamped it');
		if (stamped === null) throw invalidStamp('A field of this record was filled after its author stamped it');
		throw invalidStamp('A field of this record is not the one that its author stamped');
	}
}

const invalidStamp = (what: string): FirmsealError =>
	new FirmsealError('CIPHERTEXT_INVALID', `${what}: report it, and restore the record from a backup.`);

const messageOf = (unsigned: Omit<Stamp, 'signature'>): Uint8Array =>
	encodeContext(['firmseal/stamp/v1', exactJson(unsigned)]);
