import canonicalize from 'canonicalize';
import { encodeContext } from '../../envelope/index.ts';
import type { KeyLogEntry, SecondSignature, SubLogEntry } from './entry.ts';

type Unsigned<E> = E extends unknown ? Omit<E, 'signature'> : never;

/** What the device of an entry signs. FORMAT.md, section 4. */
export const entryMessage = (unsigned: Unsigned<KeyLogEntry | SubLogEntry>): Uint8Array =>
	encodeContext(['firmseal/key-log/v1', canonicalJson(unsigned)]);

/** What the device of an agreement signs. FORMAT.md, section 6. */
export function agreementMessage(
	log: { readonly firm: string; readonly genesis: string },
	{ kind, body }: Pick<KeyLogEntry, 'kind' | 'body'>,
	{ device, seq, head }: Omit<SecondSignature, 'signature'>,
): Uint8Array {
	const parts = ['firmseal/key-log-agreement/v1', log.firm, log.genesis, kind, canonicalJson(body)];
	return encodeContext([...parts, device, String(seq), head]);
}

/** Of a value that JSON can express, RFC 8785. */
export const canonicalJson = (value: unknown): string => canonicalize(value) as string;
