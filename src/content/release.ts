import { readCustodyHeader } from '../custody/index.ts';
import { unopenableError } from '../envelope/index.ts';
import { FirmsealError } from '../errors.ts';
import { deriveFirmTag } from '../keys/index.ts';
import type { ContentField, ContentRow } from './content-field.ts';
import type { ContentSession } from './content-session.ts';

const MARKER = 0xf5;
const DEVICE_SUITE = 0x02;

/** Whether the bytes say that a device of a firm has sealed them: suite 0x02. */
export const isSealedByDevice = (sealed: Uint8Array): boolean => sealed[0] === MARKER && sealed[1] === DEVICE_SUITE;

/** A value of a row, and the row's stamp. Undefined if the request's statement did not read the column. */
export interface StampedValue {
	readonly sealed: Uint8Array | null | undefined;
	readonly stamp: string | null | undefined;
}

export function releaseValue(
	session: ContentSession,
	field: ContentField,
	row: ContentRow,
	{ sealed, stamp }: StampedValue,
): Uint8Array | null | undefined {
	if (!session.mayRelease(field, row)) return undefined;
	if (sealed === undefined || stamp === undefined)
		throw new FirmsealError('INTERNAL', `${field.coordinate} was requested, but its column was not read.`);
	const isMoving = session.denialOf(field, row) === null;
	const isOfDevice = sealed === null ? stamp !== null : isSealedByDevice(sealed);
	// While the class moves, the platform still opens what it has sealed.
	if (!isOfDevice && isMoving) return undefined;
	if (stamp === null || !isOfDevice || (sealed !== null && !isOfFirm(sealed, row.firm))) {
		session.trackError(field, row, unopenableError());
		return undefined;
	}
	if (!session.spendBytes((sealed?.length ?? 0) + stamp.length)) return undefined;
	if (sealed !== null) session.trackReleased(field, row);
	return sealed;
}

function isOfFirm(sealed: Uint8Array, firm: string): boolean {
	try {
		return Buffer.compare(readCustodyHeader(sealed).firmTag, deriveFirmTag(firm)) === 0;
	} catch {
		return false;
	}
}
