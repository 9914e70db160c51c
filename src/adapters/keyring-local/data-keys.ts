import { randomBytes, randomUUID } from 'node:crypto';
import { encodeContext } from '../../envelope/index.ts';
import {
	assertKeyRight,
	assertKeyringRight,
	type KeyContext,
	type Keyring,
	KeyUnavailableError,
} from '../../keys/index.ts';
import { openBytes, sealBytes } from './aes-gcm.ts';
import type { LocalKeyringParts } from './current-keys.ts';
import { type FirmKeys, openMaterial } from './firm-keys.ts';
import { isGranted } from './grants.ts';
import { assertEnabled } from './life-cycle.ts';
import type { RootKeys } from './root-keys.ts';

const DATA_KEY_LENGTH = 32;
const FORMAT = 0x01;
const HEADER_LENGTH = 5;
/** Header, nonce (12), data key (32), tag (16). */
const WRAPPED_LENGTH = HEADER_LENGTH + 60;

type DataKeyCalls = Pick<Keyring, 'generateDataKey' | 'unwrap' | 'rewrap' | 'wrap'>;

export function createDataKeyCalls({ root, keys: current, principal }: LocalKeyringParts): DataKeyCalls {
	async function usable(context: KeyContext, act: keyof DataKeyCalls) {
		assertKeyringRight(principal, act);
		const keys = await current.need(context.firm);
		assertEnabled(keys);
		assertKeyRight(principal, act, context, () => isGranted(keys, context.class));
		return { keys, keyId: keys.keyId, requestId: randomUUID() };
	}

	return {
		async generateDataKey(context) {
			const { keys, ...answer } = await usable(context, 'generateDataKey');
			const plaintext = randomBytes(DATA_KEY_LENGTH);
			try {
				return { ...answer, plaintext, wrapped: wrapUnder(root, keys, context, plaintext) };
			} catch (error) {
				plaintext.fill(0);
				throw error;
			}
		},
		async unwrap(context, wrapped) {
			const { keys, ...answer } = await usable(context, 'unwrap');
			return { ...answer, plaintext: unwrapUnder(root, keys, context, wrapped) };
		},
		async rewrap(context, wrapped) {
			const { keys, ...answer } = await usable(context, 'rewrap');
			const plaintext = unwrapUnder(root, keys, context, wrapped);
			try {
				return { ...answer, wrapped: wrapUnder(root, keys, context, plaintext) };
			} finally {
				plaintext.fill(0);
			}
		},
		async wrap(context, plaintext) {
			const { keys, ...answer } = await usable(context, 'wrap');
			return { ...answer, wrapped: wrapUnder(root, keys, context, plaintext) };
		},
	};
}

/** 0x01 || uint32 version of the wrapping key || nonce(12) || ciphertext(32) || tag(16): 65 bytes. */
function wrapUnder(root: RootKeys, keys: FirmKeys, context: KeyContext, dataKey: Uint8Array): Uint8Array {
	const key = openMaterial(root, context.firm, keys, keys.version);
	if (key === null) throw new KeyUnavailableError('REFUSED', 'The wrapping key of this firm cannot be opened.');
	const header = Buffer.alloc(HEADER_LENGTH);
	header.writeUInt8(FORMAT);
	header.writeUInt32BE(keys.version, 1);
	return Buffer.concat([header, sealBytes(key, contextOf(keys, keys.version, context), dataKey)]);
}

/**
 * Returns the data key, 32 bytes, which the caller overwrites after use. Throws the same sentence for every reason, so that the error
 * reveals nothing about other firms and classes.
 */
function unwrapUnder(root: RootKeys, keys: FirmKeys, context: KeyContext, wrapped: Uint8Array): Uint8Array {
	if (wrapped.length === WRAPPED_LENGTH && wrapped[0] === FORMAT) {
		const version = new DataView(wrapped.buffer, wrapped.byteOffset).getUint32(1);
		const key = openMaterial(root, context.firm, keys, version);
		const dataKey = key && openBytes(key, contextOf(keys, version, context), wrapped.subarray(HEADER_LENGTH));
		if (dataKey) return dataKey;
	}
	throw new KeyUnavailableError('REFUSED', 'The data key was not wrapped for this firm and class, or it is damaged.');
}

/** The AAD: key id, version, and the encryption context. */
function contextOf(keys: FirmKeys, version: number, context: KeyContext): Uint8Array {
	const encryptionContext = ['app', 'firmseal', 'firm', context.firm, 'class', context.class];
	return encodeContext(['firmseal/local-keyring/wrap/v1', keys.keyId, String(version), ...encryptionContext]);
}
