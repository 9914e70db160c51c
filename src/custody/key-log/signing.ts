import { encodeContext } from '../../envelope/index.ts';
import { fromBase64 } from '../bytes.ts';
import { exactJson } from '../exact-json.ts';
import { verifyBytes } from '../signature.ts';
import type { KeyLogEntry, SecondSignature, SubLogEntry } from './entry.ts';

export { exactJson };

type Unsigned<E> = E extends unknown ? Omit<E, 'signature'> : never;

/** What stands for the hash of an entry before entry 0. */
export const NO_HASH = '0'.repeat(64);

/** What the device of an entry signs. FORMAT.md, section 4. */
export const entryMessage = (unsigned: Unsigned<KeyLogEntry | SubLogEntry>): Uint8Array =>
	encodeContext(['firmseal/key-log/v1', exactJson(unsigned)]);

/** What the device of an agreement signs. FORMAT.md, section 6. */
export function agreementMessage(
	log: { readonly firm: string; readonly genesis: string },
	{ kind, body }: Pick<KeyLogEntry, 'kind' | 'body'>,
	{ device, seq, head }: Omit<SecondSignature, 'signature'>,
): Uint8Array {
	const parts = ['firmseal/key-log-agreement/v1', log.firm, log.genesis, kind, exactJson(body)];
	return encodeContext([...parts, device, String(seq), head]);
}

/** Whether a signature verifies. Both texts are base64 that shape.ts has checked. */
export const isSignedBy = (signing: string, message: Uint8Array, signature: string): Promise<boolean> =>
	verifyBytes(fromBase64(signing) as Uint8Array, message, fromBase64(signature) as Uint8Array);
