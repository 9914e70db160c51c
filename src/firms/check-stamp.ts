import {
	custodyOf,
	generationOf,
	isEntitled,
	type KeyLog,
	readCustodyHeader,
	type Stamp,
	verifyStampSignature,
	writableVersion,
} from '../custody/index.ts';
import { FirmsealError } from '../errors.ts';
import type { DeviceSealed } from './sealed-input.ts';

/** The record whose generation a row's values have (src/custody/FORMAT.md, section 5): of a message, its thread. */
export interface GenerationRecord {
	readonly table: string;
	readonly row: string;
}

const conflict = (message: string): FirmsealError => new FirmsealError('CONFLICT', message);

/**
 * Checks what a device has sealed against the firm's key log: the device is one of the user's, active and entitled to the class where it
 * signed and now, its signature verifies, and the values are sealed under the newest version.
 * @throws FirmsealError BAD_USER_INPUT, FORBIDDEN; CONFLICT if the log has moved on
 */
export async function checkStampByLog(
	log: KeyLog | null,
	user: string,
	{ stamp, envelopes }: DeviceSealed,
): Promise<void> {
	if (log === null || custodyOf(log, stamp.class) === 'PLATFORM')
		throw conflict('The key log of the firm does not have this class in its own custody: read the log again.');
	await checkAuthor(log, user, stamp);
	const writable = writableVersion(log, stamp.class);
	for (const envelope of Object.values(envelopes)) {
		if (envelope === null) continue;
		const { version, generation } = readCustodyHeader(envelope);
		if (version !== writable)
			throw conflict(
				'A value is not sealed under the newest version of the data key, or that version is stale: read the key log again, and seal under the version that it allows.',
			);
		if (generation !== stamp.generation)
			throw new FirmsealError(
				'BAD_USER_INPUT',
				'A value is sealed for another generation of the record than its stamp names: seal all values for the same.',
			);
	}
}

async function checkAuthor(log: KeyLog, user: string, stamp: Stamp): Promise<void> {
	if (stamp.log !== null)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			"The stamp names a portal client's log: stamps of portal clients come with a later version.",
		);
	const at = log.chain.seqOf(stamp.head);
	if (at === undefined) throw conflict('The stamp names a head that the key log does not have: read the log again.');
	const device = log.devices.get(stamp.device);
	if (device?.person !== user || device.kind !== 'DEVICE' || device.revoked !== null)
		throw new FirmsealError(
			'FORBIDDEN',
			'The stamp is not signed by an active device of yours: sign with a device that the key log has for you.',
		);
	if (!isEntitled(log, device.id, stamp.class, stamp.head) || !isEntitled(log, device.id, stamp.class))
		throw new FirmsealError('FORBIDDEN', 'Your devices may not read this class: ask an owner of your firm.');
	if (!(await verifyStampSignature(stamp, Buffer.from(device.signing, 'base64'))))
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The signature of the stamp does not verify: sign the stamp that is sent.',
		);
}

/** @throws FirmsealError CONFLICT if the record has another generation by now; BAD_USER_INPUT if it never had the stamp's */
export function checkGeneration(log: KeyLog, stamp: Stamp, { table, row }: GenerationRecord): void {
	const at = log.chain.seqOf(stamp.head);
	if (at === undefined || generationOf(log, table, row, at) !== stamp.generation)
		throw new FirmsealError(
			'BAD_USER_INPUT',
			'The stamp names another generation than the record has in the key log: take it from the log.',
		);
	if (generationOf(log, table, row) !== stamp.generation)
		throw conflict(
			'A share or lease of this record has ended since the values were sealed: read the key log again, and seal them for the new generation.',
		);
}
