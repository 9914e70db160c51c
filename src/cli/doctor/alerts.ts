import type { Config } from '../../config/index.ts';
import { type DatabaseCheck, databaseCheck, isAlertWatchLate } from '../../database/index.ts';
import { type Installation, openPlaneOf } from '../../wiring/index.ts';

/** Whether a worker checks the log for alerts. A worker that does not check can't raise an alert about that. */
export async function inspectAlerts(
	{ alerts }: Pick<Config, 'alerts'>,
	{ database }: Pick<Installation, 'database'>,
): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(database, 'firmseal_log', 1);
	try {
		const isLate = await plane.read(null, (tx) => isAlertWatchLate(tx, alerts.LATE_SECONDS));
		const check = `no entry of the log waits for more than ${alerts.LATE_SECONDS} s to be checked for alerts`;
		const fix = `Entries of the log have waited for more than ${alerts.LATE_SECONDS} s to be checked, so alerts may be missing: run \`firmseal worker\` and read its log.`;
		return [databaseCheck(check, isLate ? fix : null)];
	} catch {
		// Other checks report a login that can't take this role, and a wrong table or privilege.
		return [];
	} finally {
		await plane.close();
	}
}
