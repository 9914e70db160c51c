import { createHash } from 'node:crypto';
import { encodeContext } from '../../envelope/index.ts';

/** Each kind has numbers of its own. */
export type AnchorKind = 'anchor' | 'tombstone';

/**
 * The object of an anchor, or of a tombstone, which has `tombstone` where an anchor has `anchor`: `<UUID>/<32 hexadecimal digits>`, the first and the second half of
 * SHA-256(context("firmseal/anchor/v1", installation, number)). So it is found without a list, and nothing else has its name.
 */
export function nameOfAnchor(installation: string, number: number, kind: AnchorKind = 'anchor'): string {
	const context = encodeContext([`firmseal/${kind}/v1`, installation, String(number)]);
	const digits = createHash('sha256').update(context).digest('hex');
	const uuid = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digits)?.slice(1).join('-');
	return `${uuid}/${digits.slice(32)}`;
}
