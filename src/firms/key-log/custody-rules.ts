import { custodyOf, type KeyLogEntry } from '../../custody/index.ts';
import { countByStamp, hasOpenLeaseOn, hasStoredFiles } from '../../database/index.ts';
import { FirmsealError } from '../../errors.ts';
import type { Appended } from './append-rules.ts';

const conflict = (message: string): FirmsealError => new FirmsealError('CONFLICT', message);

/**
 * The service's rules for a move of a class between custodies (src/custody/FORMAT.md, section 5). The database checks them again as the
 * transaction ends. @throws FirmsealError CONFLICT
 */
export async function checkCustody({
	tx,
	entry,
	before,
	keyLogs,
}: Appended<KeyLogEntry<'custody.set'>>): Promise<void> {
	const { firm } = entry;
	const { class: className, custody } = entry.body;
	if (await hasOpenLeaseOn(tx, firm, className))
		throw conflict('A lease on this class is open: revoke or deny it first.');
	const from = before === null ? 'PLATFORM' : custodyOf(before, className);
	const leaves = from === 'PLATFORM' || custody === 'BACK';
	if (leaves && className === 'DOCUMENT' && (await hasStoredFiles(tx, firm)))
		throw conflict(
			'The firm has stored files: moving files between custodies comes with a later version of Firmseal. Other classes can move now.',
		);
	const tables = keyLogs.tablesOf(className);
	if (custody === 'FIRM') {
		const left = await countByStamp(tx, firm, tables, false);
		if (left > 0)
			throw conflict(
				`The platform still has the keys of ${left} records of this class: move the class to MOVING, and let a device of the firm seal them.`,
			);
	}
	if (custody === 'PLATFORM') {
		const left = await countByStamp(tx, firm, tables, true);
		if (left > 0)
			throw conflict(
				`Devices of the firm still seal ${left} records of this class: move the class to BACK, and let a device return them.`,
			);
	}
}
