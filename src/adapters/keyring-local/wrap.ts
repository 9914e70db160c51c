import { encodeContext } from '../../envelope/index.ts';
import { type KeyContext, KeyUnavailableError } from '../../keys/index.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';
import { type FirmKeys, openMaterial } from './firm-keys.ts';
import type { RootKeys } from './root-keys.ts';

const FORMAT = 0x01;
const HEADER_LENGTH = 5;
/** Header, nonce (12), data key (32), tag (16). */
const WRAPPED_LENGTH = HEADER_LENGTH + 60;

/** 0x01 || uint32 version of the wrapping key || nonce(12) || ciphertext(32) || tag(16): 65 bytes. */
export function wrap(root: RootKeys, keys: FirmKeys, context: KeyContext, dataKey: Uint8Array): Uint8Array {
	const key = openMaterial(root, context.firm, keys, keys.version);
	if (key === null) throw new KeyUnavailableError('REFUSED', 'The wrapping key of this firm does not open.');
	const header = Buffer.alloc(HEADER_LENGTH);
	header.writeUInt8(FORMAT);
	header.writeUInt32BE(keys.version, 1);
	return Buffer.concat([header, sealBytes(key, contextOf(keys, keys.version, context), dataKey)]);
}

/** 32 bytes, for the caller to overwrite. One sentence for every reason, so that it tells nothing about the others. */
export function unwrap(root: RootKeys, keys: FirmKeys, context: KeyContext, wrapped: Uint8Array): Uint8Array {
	if (wrapped.length === WRAPPED_LENGTH && wrapped[0] === FORMAT) {
		const version = new DataView(wrapped.buffer, wrapped.byteOffset).getUint32(1);
		const key = openMaterial(root, context.firm, keys, version);
		const dataKey = key && openBytes(key, contextOf(keys, version, context), wrapped.subarray(HEADER_LENGTH));
		if (dataKey) return dataKey;
	}
	throw new KeyUnavailableError('REFUSED', 'The data key was not wrapped for this firm and class, or it is damaged.');
}

/** The encryption context, and what the header says. */
function contextOf(keys: FirmKeys, version: number, context: KeyContext): Uint8Array {
	const encryptionContext = ['app', 'firmseal', 'firm', context.firm, 'class', context.class];
	return encodeContext(['firmseal/local-keyring/wrap/v1', keys.keyId, String(version), ...encryptionContext]);
}
