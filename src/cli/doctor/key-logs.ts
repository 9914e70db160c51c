import { nodeSha256 } from '../../audit-log/leader/index.ts';
import { verifyKeyLogs } from '../../audit-log/verify/index.ts';
import { type DatabaseCheck, databaseCheck } from '../../database/index.ts';
import { type Installation, openPlaneOf } from '../../wiring/index.ts';
import { plural } from '../command.ts';

/** Whether each firm's key log is complete, and signed as it is. No check without a key log. */
export async function inspectKeyLogs({ database }: Pick<Installation, 'database'>): Promise<DatabaseCheck[]> {
	const plane = openPlaneOf(database, 'firmseal_log', 1);
	try {
		const { keyLogs, findings } = await verifyKeyLogs({ plane, sha256: nodeSha256 });
		if (keyLogs === 0 && findings.length === 0) return [];
		const firms = new Set(findings.map(({ tree }) => tree)).size;
		const says = [...new Set(findings.map(({ kind, says }) => `${kind}: ${says}`))].join('\n      ');
		return [
			databaseCheck(
				'every firm’s key log is complete, in the audit log, and signed as it is',
				findings.length === 0
					? null
					: `${plural(firms, 'key log is', 'key logs are')} not: run \`firmseal audit verify\`, which names the firms.\n      ${says}`,
			),
		];
	} catch {
		// Other checks report a login that can't take this role, and a wrong table or privilege.
		return [];
	} finally {
		await plane.close();
	}
}
