import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, isAlertWatchLate } from '../../database/index.ts';
import type { Installation } from '../../wiring/index.ts';
import { openPlaneOf } from '../../wiring/index.ts';

/** What doctor says of alerts: who doesn't look can't open one that says so. */
export async function inspectAlerts(
	{ alerts }: Pick<Config, 'alerts'>,
	{ database }: Pick<Installation, 'database'>,
): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(database, 'firmseal_log', 1);
	try {
		const isLate = await plane.read(null, (tx) => isAlertWatchLate(tx, alerts.LATE_SECONDS));
		const mend = `For more than ${alerts.LATE_SECONDS} s not all entries of the log were looked at for alerts, so that what they tell of is not known: run \`firmseal worker\` and read its log.`;
		return [{ check: 'a worker looks at the log for alerts', ok: !isLate, mend: isLate ? mend : null }];
	} catch {
		// A login that can't be the role that looks is a finding of its own, and so is a table or privilege that isn't as it must be.
		return [];
	} finally {
		await plane.close();
	}
}
