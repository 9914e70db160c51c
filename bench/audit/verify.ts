// Verifies the log of a database. Runs in the process that measure-audit.ts starts.
import { nodeSha256 } from '../../src/audit-log/leader/index.ts';
import { verifyDatabase } from '../../src/audit-log/verify/index.ts';
import { openPlane } from '../../src/database/index.ts';
import { measureMemory } from '../harness/memory.ts';

export async function verify(url: string) {
	const plane = openPlane({ url, role: 'firmseal_log', connections: 1 });
	const { result, bytes } = await measureMemory(async () => {
		const started = performance.now();
		const { leaves, findings } = await verifyDatabase({ plane, sha256: nodeSha256, rootVkey: null });
		return { leaves, findings: findings.length, seconds: (performance.now() - started) / 1000 };
	});
	await plane.close();
	return { ...result, bytes };
}
