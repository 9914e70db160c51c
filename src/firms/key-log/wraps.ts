import { allowsWrap, type KeyLog, type KeyWrap, parseWrap, verifyWrapSignature } from '../../custody/index.ts';
import { type CustodyWrapRow, insertCustodyWraps } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { ActingMember, RequestServices } from '../acting-member.ts';

/**
 * Stores wraps of data keys that the key log has, for example for a device that was added.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN for a wrap by a device of another person, AUDIT_UNAVAILABLE
 */
export async function addKeyWraps(
	{ keyLogs, plane }: RequestServices,
	{ firm, user }: ActingMember,
	texts: readonly string[],
): Promise<void> {
	const wraps = texts.map(parseWrap);
	const log = await keyLogs.read(firm);
	if (log === null) throw new FirmsealError('BAD_USER_INPUT', 'The firm has no key log: begin one first.');
	await checkWraps(log, user, wraps);
	const rows = wraps.map((wrap, at) => rowOfWrap(firm, wrap, texts[at] as string));
	await plane.write(firm, (tx) => insertCustodyWraps(tx, rows));
}

/** @throws FirmsealError BAD_USER_INPUT, FORBIDDEN */
export async function checkWraps(log: KeyLog, user: string, wraps: readonly KeyWrap[]): Promise<void> {
	for (const wrap of wraps) {
		const wrapper = log.devices.get(wrap.wrapper);
		if (wrapper?.person !== user)
			throw new FirmsealError(
				'FORBIDDEN',
				'A wrap is by a device of another person: send only what your own devices wrap.',
			);
		const isSigned = await verifyWrapSignature(wrap, log.firm, new Uint8Array(Buffer.from(wrapper.signing, 'base64')));
		if (!isSigned || !allowsWrap(log, wrap) || wrapper.revoked !== null)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'A wrap is not signed by its wrapper, or the key log entitles neither side to the class there: make it again with the present log.',
			);
	}
}

export const rowOfWrap = (firmId: string, wrap: KeyWrap, text: string): CustodyWrapRow => ({
	firmId,
	class: wrap.class,
	version: wrap.version,
	recipient: wrap.recipient,
	wrapper: wrap.wrapper,
	wrap: text,
});
