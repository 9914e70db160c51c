import { encodeContext, unopenableError } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { equalInConstantTime, fromBase64, fromHex, toBase64 } from './bytes.ts';
import { type DeviceKeys, type DevicePublicKeys, deviceIdOf, signAs } from './device.ts';
import { exactJson, readExactJson } from './exact-json.ts';
import { openFor, sealedLengthOf, sealTo } from './hpke.ts';
import { importRecordKey, type RecordKeyPlace } from './record-key.ts';
import { base64Of, hash, oneOf, type Shape, seq, shapeOf, text, uuid, version } from './shape.ts';
import { SIGNATURE_LENGTH, verifyBytes } from './signature.ts';

/** The key of one record for a device outside of the class. FORMAT.md section 3. */
export interface RecordWrap extends RecordKeyPlace {
	readonly v: 1;
	/** Version of the data key from which the record key comes. */
	readonly version: number;
	/** Base64 of the 32 bytes of FORMAT.md section 8. */
	readonly commitment: string;
	/** Hash of an entry of the key log, 64 hexadecimal digits. */
	readonly head: string;
	readonly purpose: 'SHARE' | 'LEASE';
	/** Id of the sub-log; or id of the lease, a slash, and the hash of its request. */
	readonly under: string;
	readonly recipient: string;
	readonly wrapper: string;
	/** Base64 of enc || ct, 80 bytes. */
	readonly sealed: string;
	/** Base64 of 64 bytes. */
	readonly signature: string;
}

export interface RecordWrapToSeal extends RecordKeyPlace {
	readonly version: number;
	readonly head: string;
	readonly purpose: 'SHARE' | 'LEASE';
	readonly under: string;
	readonly recipient: DevicePublicKeys;
	readonly wrapper: DeviceKeys;
	/** 32 bytes, of deriveRecordKeyBytes(). */
	readonly recordKey: Uint8Array;
}

export interface RecordWrapToOpen {
	readonly wrap: RecordWrap;
	readonly recipient: DeviceKeys;
	/** The signing key that the log has for `wrap.wrapper`, 32 bytes. */
	readonly wrapperSigning: Uint8Array;
}

const recordWrapShape: Shape<RecordWrap> = shapeOf({
	v: oneOf(1),
	firm: uuid,
	class: text,
	table: text,
	row: uuid,
	generation: seq,
	version: version,
	commitment: base64Of(32),
	head: hash,
	purpose: oneOf('SHARE', 'LEASE'),
	under: text,
	recipient: hash,
	wrapper: hash,
	sealed: base64Of(sealedLengthOf(32)),
	signature: base64Of(SIGNATURE_LENGTH),
});

const SHARE_UNDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const LEASE_UNDER = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\/[0-9a-f]{64}$/;

/** The JSON of a new record wrap. Throws RangeError for a refused exchange key, or a record key of another length. */
export async function sealRecordWrap(given: RecordWrapToSeal): Promise<string> {
	const { firm, table, row, generation, version, head, purpose, under } = given;
	const { commitment } = await importRecordKey(given.recordKey);
	const ids = { recipient: await deviceIdOf(given.recipient), wrapper: given.wrapper.id };
	const record = { firm, class: given.class, table, row, generation, version, commitment: toBase64(commitment) };
	const bound = { v: 1 as const, ...record, head, purpose, under, ...ids };
	const sealed = toBase64(await sealTo(given.recipient.exchange, placeOf(bound), given.recordKey));
	const signature = await signAs(given.wrapper, messageOf({ ...bound, sealed }));
	return exactJson({ ...bound, sealed, signature: toBase64(signature) });
}

/** Throws BAD_USER_INPUT unless `text` is canonical JSON of a record wrap. Neither signature nor key is verified. */
export function parseRecordWrap(text: string): RecordWrap {
	const wrap = readExactJson(text, recordWrapShape);
	if (wrap === null || !(wrap.purpose === 'SHARE' ? SHARE_UNDER : LEASE_UNDER).test(wrap.under)) {
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A wrap of a record key is not canonical JSON of its format: make it with the library.',
		);
	}
	return wrap;
}

/** Whether the wrapper signed the record wrap. `signing`: the key that the log has for `wrap.wrapper`, 32 bytes. */
export function verifyRecordWrapSignature(wrap: RecordWrap, signing: Uint8Array): Promise<boolean> {
	const { signature, ...unsigned } = wrap;
	return verifyBytes(signing, messageOf(unsigned), fromBase64(signature) as Uint8Array);
}

/**
 * The record key in a wrap, 32 bytes for importRecordKey() or importFileKey(), which the caller overwrites. Throws CIPHERTEXT_INVALID if
 * the wrap is for another device, is not signed by the wrapper, does not open, or contains a key with another commitment. The caller
 * checks firm, class, table, row, purpose and `under` against what it asked for, and the wrapper at `wrap.head` against the log.
 */
export async function openRecordWrap({ wrap, recipient, wrapperSigning }: RecordWrapToOpen): Promise<Uint8Array> {
	if (wrap.recipient !== recipient.id) throw unopenableError();
	if (!(await verifyRecordWrapSignature(wrap, wrapperSigning))) throw unopenableError();
	const recordKey = await openFor(recipient, placeOf(wrap), fromBase64(wrap.sealed) as Uint8Array);
	const { commitment } = await importRecordKey(recordKey);
	if (equalInConstantTime(commitment, fromBase64(wrap.commitment) as Uint8Array)) return recordKey;
	recordKey.fill(0);
	throw unopenableError();
}

function placeOf(wrap: Omit<RecordWrap, 'sealed' | 'signature'>) {
	const record = [wrap.firm, wrap.class, wrap.table, wrap.row, String(wrap.version), String(wrap.generation)];
	const parts = ['firmseal/record-wrap/v1', wrap.purpose, wrap.under, ...record, wrap.recipient];
	return { info: encodeContext(parts), aad: fromHex(wrap.head) };
}

const messageOf = (unsigned: Omit<RecordWrap, 'signature'>): Uint8Array =>
	encodeContext(['firmseal/record-wrap-sig/v1', exactJson(unsigned)]);
