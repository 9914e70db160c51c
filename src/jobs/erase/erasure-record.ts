import { erasureStatement } from '../../access/index.ts';
import type { NewErasure } from '../../database/index.ts';
import { PLATFORM_FIRM_ID, type RightsProofs } from '../../keys/index.ts';

type Of = Pick<NewErasure, 'id' | 'firmId' | 'subject'>;

const statementOf = ({ id, firmId, subject }: Of) => erasureStatement({ erasure: id, firm: firmId, subject });

export const proveErasure = (rights: RightsProofs, of: Of): Promise<Uint8Array> =>
	rights.prove(PLATFORM_FIRM_ID, statementOf(of));

/** True if this installation's program made the erasure. @throws KeyUnavailableError */
export const isErasureProven = (rights: RightsProofs, erasure: NewErasure): Promise<boolean> =>
	rights.verify(PLATFORM_FIRM_ID, statementOf(erasure), erasure.mac);

/** Most bytes of a record. */
const LONGEST = 1_024;

const FORM =
	/^\{"v":1,"erasure":"([0-9a-f-]{36})","firm":"([0-9a-f-]{36})","subject":(?:"([A-Z][A-Za-z]{1,39}\.[0-9a-f-]{36})"|null),"mac":"([A-Za-z0-9_-]{48})"\}\n$/;

/** The record of an erasure outside the database: ids, and their proof (src/envelope/FORMAT.md "Tombstones"). */
export function encodeErasureRecord({ id, firmId, subject, mac }: NewErasure): Uint8Array {
	const line = { v: 1, erasure: id, firm: firmId, subject, mac: Buffer.from(mac).toString('base64url') };
	return Buffer.from(`${JSON.stringify(line)}\n`);
}

/** null if the bytes are not an erasure record. */
export function decodeErasureRecord(bytes: Uint8Array): NewErasure | null {
	if (bytes.length > LONGEST) return null;
	const [, id, firmId, subject = null, mac] = FORM.exec(Buffer.from(bytes).toString('latin1')) ?? [];
	return id && firmId && mac ? { id, firmId, subject, mac: Buffer.from(mac, 'base64url') } : null;
}
