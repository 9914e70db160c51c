import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, databaseCheck } from '../../database/index.ts';
import { compareErasureRecords, type ErasureRecordReport } from '../../jobs/index.ts';
import { type Installation, openErasureRecords } from '../../wiring/index.ts';
import { shortenList, toCommandError } from '../command.ts';
import { UNSTOPPED } from '../io.ts';

const CHECK = 'each erasure record is in its store, and the database knows all of them';

/** Whether the erasure records and the database agree. `most` limits the check to the newest records; null checks all. */
export async function inspectErasureRecords(
	config: Config,
	{ worker, rights }: Pick<Installation, 'worker' | 'rights'>,
	most: number | null,
): Promise<DatabaseCheck[]> {
	try {
		const erasureRecords = await openErasureRecords(config, { createDirectory: false });
		const found = await compareErasureRecords({ plane: worker, rights, erasureRecords, signal: UNSTOPPED, most });
		const wrong = findingsOf(found);
		return wrong.length > 0 ? wrong : [databaseCheck(`${CHECK}: ${found.compared} compared`, null)];
	} catch (error) {
		return [databaseCheck(CHECK, toCommandError(error).message)];
	}
}

function findingsOf({ unknown, missing, other, unproven }: ErasureRecordReport): DatabaseCheck[] {
	const findings = [
		[
			'the database knows every erasure record',
			unknown,
			'are in the store but not in the database, which was restored from a backup older than those erasures: content stays closed. Restore the log first, then start a worker, which repeats those erasures.',
		],
		[
			'every erasure record of the database is in the store',
			missing,
			'are not in the store: a restore of a backup older than those erasures would bring back what they erased. Restore the records from a copy of the anchors.',
		],
		[
			'the store has the erasure records that the database names',
			other,
			'belong to other erasures in the store, or can’t be read: someone has written to the store or to the table. Find out who, and restore the store’s objects from their versions.',
		],
		[
			'erasure records are proven by this installation',
			unproven,
			'have no proof of this installation: what they name stays closed, but is not erased because of them. Restore the platform’s newest RIGHTS keys, or ask for those erasures again.',
		],
	] as const;
	return findings
		.filter(([, numbers]) => numbers.length > 0)
		.map(([check, numbers, sentence]) => {
			const named = shortenList(numbers.map(String));
			return databaseCheck(check, `Erasure records ${named} ${sentence}`);
		});
}
