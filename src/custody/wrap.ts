import { encodeContext, unopenableError } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { fromBase64, fromHex, toBase64 } from './bytes.ts';
import { type DataKeyPlace, hasCommitment } from './data-key.ts';
import { type DeviceKeys, type DevicePublicKeys, deviceIdOf, signAs } from './device.ts';
import { exactJson, readExactJson } from './exact-json.ts';
import { openFor, sealedLengthOf, sealTo } from './hpke.ts';
import { base64Of, hash, oneOf, type Shape, shapeOf, text, version } from './shape.ts';
import { SIGNATURE_LENGTH, verifyBytes } from './signature.ts';

/** A data key for one device. FORMAT.md section 3. */
export interface KeyWrap {
	readonly v: 1;
	/** Content class. */
	readonly class: string;
	readonly version: number;
	/** Hash of an entry of the key log, 64 hexadecimal digits. */
	readonly head: string;
	/** Id of the device for which it is. */
	readonly recipient: string;
	/** Id of the device that made it. */
	readonly wrapper: string;
	/** Base64 of enc || ct, 80 bytes. */
	readonly sealed: string;
	/** Base64 of 64 bytes. */
	readonly signature: string;
}

export interface WrapToSeal extends DataKeyPlace {
	/** Hash of an entry at or after the one that generated the version. */
	readonly head: string;
	/** As they stand in the key log. */
	readonly recipient: DevicePublicKeys;
	readonly wrapper: DeviceKeys;
	/** 32 bytes. */
	readonly dataKey: Uint8Array;
}

export interface WrapToOpen {
	readonly wrap: KeyWrap;
	readonly firm: string;
	readonly recipient: DeviceKeys;
	/** The signing key that the key log has for `wrap.wrapper`, 32 bytes. */
	readonly wrapperSigning: Uint8Array;
	/** That of the key log for class and version, 32 bytes. */
	readonly commitment: Uint8Array;
}

const wrapShape: Shape<KeyWrap> = shapeOf({
	v: oneOf(1),
	class: text,
	version: version,
	head: hash,
	recipient: hash,
	wrapper: hash,
	sealed: base64Of(sealedLengthOf(32)),
	signature: base64Of(SIGNATURE_LENGTH),
});

/** The JSON of a new wrap. Throws RangeError for a recipient whose exchange key every reader refuses, or a key of another length. */
export async function sealWrap(given: WrapToSeal): Promise<string> {
	if (given.dataKey.length !== 32) throw new RangeError('A data key is 32 bytes.');
	const recipient = await deviceIdOf(given.recipient);
	const unsigned = {
		v: 1 as const,
		class: given.class,
		version: given.version,
		head: given.head,
		recipient,
		wrapper: given.wrapper.id,
	};
	const sealed = toBase64(await sealTo(given.recipient.exchange, placeOf(unsigned, given.firm), given.dataKey));
	const signature = await signAs(given.wrapper, messageOf({ ...unsigned, sealed }, given.firm));
	return exactJson({ ...unsigned, sealed, signature: toBase64(signature) });
}

/** Throws BAD_USER_INPUT unless `text` is canonical JSON of a wrap. Neither signature nor key is verified. */
export function parseWrap(text: string): KeyWrap {
	const wrap = readExactJson(text, wrapShape);
	if (wrap === null) {
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'A wrap of a data key is not canonical JSON of its format: make it with the library.',
		);
	}
	return wrap;
}

/** Whether the wrapper signed the wrap for this firm. `signing`: the key that the key log has for `wrap.wrapper`, 32 bytes. */
export function verifyWrapSignature(wrap: KeyWrap, firm: string, signing: Uint8Array): Promise<boolean> {
	return verifyBytes(signing, messageOf(wrap, firm), fromBase64(wrap.signature) as Uint8Array);
}

/**
 * The data key in a wrap, 32 bytes for the caller to overwrite. Throws CIPHERTEXT_INVALID if the wrap is for another device, is not signed
 * by the wrapper, does not open, or contains a key with another commitment. The caller checks with the key log that `wrap.head` is in it,
 * and that wrapper and recipient were entitled there.
 */
export async function openWrap({ wrap, firm, recipient, wrapperSigning, commitment }: WrapToOpen): Promise<Uint8Array> {
	if (wrap.recipient !== recipient.id) throw unopenableError();
	if (!(await verifyWrapSignature(wrap, firm, wrapperSigning))) throw unopenableError();
	const dataKey = await openFor(recipient, placeOf(wrap, firm), fromBase64(wrap.sealed) as Uint8Array);
	const place = { firm, class: wrap.class, version: wrap.version };
	if (dataKey.length === 32 && (await hasCommitment(dataKey, place, commitment))) return dataKey;
	dataKey.fill(0);
	throw unopenableError();
}

function placeOf(wrap: Omit<KeyWrap, 'sealed' | 'signature'>, firm: string) {
	const info = ['firmseal/custody-wrap/v1', firm, wrap.class, String(wrap.version), wrap.recipient];
	return { info: encodeContext(info), aad: fromHex(wrap.head) };
}

function messageOf(wrap: Omit<KeyWrap, 'signature'>, firm: string): Uint8Array {
	const { version, recipient, wrapper, head, sealed } = wrap;
	const parts = [firm, wrap.class, String(version), recipient, wrapper, head, sealed];
	return encodeContext(['firmseal/custody-wrap-sig/v1', ...parts]);
}
