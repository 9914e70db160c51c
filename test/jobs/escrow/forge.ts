import { createHash } from 'node:crypto';
import { generateX25519Identity, identityToRecipient } from 'age-encryption';
import canonicalize from 'canonicalize';
import { split } from 'shamir-secret-sharing';
import type { EscrowedKey, NamedHolder } from '../../../src/jobs/escrow/index.ts';
import { encrypt, FIRM, KEYS } from './escrows.ts';

export const ESCROW_ID = '0190a0b0-c000-7000-8000-00000000e5c0';
type Members = Readonly<Record<string, unknown>>;

/** What a forger who knows the format changes. Everything else follows FORMAT.md, including checksums and digests. */
export interface Forgery {
	readonly holders?: readonly NamedHolder[];
	readonly threshold?: number;
	readonly keys?: readonly EscrowedKey[];
	readonly header?: Members;
	readonly closing?: Members;
	/** All lines of the escrow, before they are joined. */
	readonly lines?: (lines: readonly string[]) => readonly string[];
	readonly text?: (text: string) => string | Uint8Array;
	/** The escrow file, after it was encrypted and before the shares name its digest. */
	readonly file?: (file: Uint8Array, identity: string) => Uint8Array | Promise<Uint8Array>;
	readonly share?: (members: Members, index: number) => Members;
	readonly part?: (share: Uint8Array, index: number) => Uint8Array;
}

const HOLDERS: readonly NamedHolder[] = [
	{ name: 'holder-1', side: 'FIRM' },
	{ name: 'holder-2', side: 'PLATFORM' },
	{ name: 'holder-3', side: 'FIRM' },
];
const base64 = (bytes: Uint8Array) => Buffer.from(bytes).toString('base64');
const sha256 = (data: Uint8Array | string) => createHash('sha256').update(data).digest('hex');
const canonical = (members: unknown) => canonicalize(members) as string;
const utf8 = (text: string | Uint8Array) => (typeof text === 'string' ? new TextEncoder().encode(text) : text);

export const keyLine = ({ key, commitment, ...of }: EscrowedKey) =>
	canonical({ ...of, key: base64(key), commitment: base64(commitment) });

/** A share's plaintext, with a correct checksum. */
export const shareText = (members: Members) =>
	utf8(`${canonical({ ...members, checksum: sha256(canonical(members)) })}\n`);

/** An escrow and the plaintexts of its shares, made by the tests' own writer. */
export async function forge(forgery: Forgery = {}) {
	const { holders = HOLDERS, threshold = 2, keys = KEYS } = forgery;
	const identity = await generateX25519Identity();
	const header = {
		v: 1,
		format: 'firmseal-escrow',
		escrow: ESCROW_ID,
		installation: 'seal.example',
		firm: FIRM,
		at: '2026-11-26T20:15:00.000Z',
		keys: keys.length,
		threshold,
		holders,
		...forgery.header,
	};
	const lines = [
		canonical(header),
		...keys.map(keyLine),
		canonical({ end: ESCROW_ID, keys: keys.length, ...forgery.closing }),
	];
	const text = `${(forgery.lines?.(lines) ?? lines).join('\n')}\n`;
	const plaintext = utf8(forgery.text?.(text) ?? text);
	const file = await encrypt(await identityToRecipient(identity), plaintext);
	const escrow = (await forgery.file?.(file, identity)) ?? file;
	const parts = await split(utf8(identity), holders.length, threshold);
	const members = parts.map((part, index) => ({
		v: 1,
		format: 'firmseal-escrow-share',
		escrow: ESCROW_ID,
		firm: FIRM,
		digest: sha256(escrow),
		threshold,
		index: index + 1,
		holder: holders[index]?.name,
		side: holders[index]?.side,
		share: base64(forgery.part?.(part, index) ?? part),
	}));
	const shares = members.map((of, index) => shareText(forgery.share?.(of, index) ?? of));
	return { escrow, shares, identity, parts, plaintext };
}
