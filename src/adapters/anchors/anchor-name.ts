import { createHash } from 'node:crypto';
import { encodeContext } from '../../envelope/index.ts';

/** Each kind is numbered separately. */
export type AnchorKind = 'anchor' | 'tombstone';

/**
 * The name of the object that holds an anchor or an erasure record (kind `tombstone`): `<UUID>/<32 hexadecimal digits>`, the two halves
 * of SHA-256(context("firmseal/<kind>/v1", installation, number)). The object is found without listing the store, and no other object
 * has the same name.
 */
export function nameOfAnchor(installation: string, number: number, kind: AnchorKind = 'anchor'): string {
	const context = encodeContext([`firmseal/${kind}/v1`, installation, String(number)]);
	const digits = createHash('sha256').update(context).digest('hex');
	const uuid = /^(.{8})(.{4})(.{4})(.{4})(.{12})/.exec(digits)?.slice(1).join('-');
	return `${uuid}/${digits.slice(32)}`;
}
