// Verifies the log of a database, and says what it took. Started by verification.ts.
import { once } from 'node:events';
import { nodeSha256 } from '../../src/audit-log/leader/index.ts';
import { verifyDatabase } from '../../src/audit-log/verify/index.ts';
import { openPlane } from '../../src/database/index.ts';

export interface Verified {
	readonly leaves: number;
	readonly findings: number;
	readonly milliseconds: number;
	/** Of memory, at most, beyond what the process had before. */
	readonly bytes: number;
}

/** Milliseconds between two looks at the memory: what loading the program took for a moment is no measure. */
const LOOKING = 20;

const [url] = (await once(process, 'message')) as [string];
const plane = openPlane({ url, role: 'firmseal_log', connections: 1 });
const before = process.memoryUsage.rss();
let most = before;
const looking = setInterval(() => {
	most = Math.max(most, process.memoryUsage.rss());
}, LOOKING);
const started = performance.now();
const { leaves, findings } = await verifyDatabase({ plane, sha256: nodeSha256, rootVkey: null });
const milliseconds = performance.now() - started;
clearInterval(looking);
await plane.close();
const verified: Verified = { leaves, findings: findings.length, milliseconds, bytes: most - before };
process.send?.(verified, () => process.exit());
