import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { systemEntry } from '../../../src/audit/index.ts';
import { openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import { makeInstallation, type TestInstallation, untilPublished } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { scale } from '../../support/scale.ts';
import { bare, until } from '../../system/program.ts';

const SOURCE = fileURLToPath(new URL('publishing-process.ts', import.meta.url));
/** In fast, each step once. */
const KILLS = scale(200, 40);
/** Number of steps from a leader's start to the end of about its third round. */
const STEPS = 40;

let installation: TestInstallation;
let program: string;
const firms = Array.from({ length: 3 }, () => uuidv7());

beforeAll(async () => {
	installation = await makeInstallation(embedded);
	// Bundled into one file, because loading many would take most of such a short run.
	program = join(installation.directory, 'publishing-process.mjs');
	await build({
		entryPoints: [SOURCE],
		outfile: program,
		bundle: true,
		platform: 'node',
		format: 'esm',
		external: ['pg-native'],
		banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);" },
	});
});
afterAll(() => installation?.close());

async function keepUntil(step: number): Promise<string> {
	const { database, directory } = installation;
	const child = fork(program, [database.worker, directory, String(step)], {
		env: bare(),
		execArgv: [],
		stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
	});
	const [code, signal] = (await once(child, 'exit')) as [number | null, string | null];
	return signal ?? String(code);
}

it(`killed ${KILLS} times, at each step of its work, while others write: every entry is one leaf, and nothing missing is signed`, async () => {
	const plane = openPlaneOf(installation.database, 'firmseal_worker', 1);
	const log = openLog(plane);
	let isOver = false;
	let written = 0;
	const writing = (async () => {
		while (!isOver) {
			const drafts = firms.map((firm) => systemEntry('worker', { action: 'firm.suspend', firm }));
			await log.append([...drafts, systemEntry('worker', { action: 'process.start' })]);
			written += drafts.length + 1;
			await new Promise((resolve) => setTimeout(resolve, 5));
		}
	})();
	try {
		for (let kill = 0; kill < KILLS; kill++)
			expect([kill, await keepUntil(1 + (kill % STEPS))]).toEqual([kill, 'SIGKILL']);
	} finally {
		isOver = true;
		await writing;
		await log.close();
		await plane.close();
	}
	await installation.keepLog();
	const { admin } = installation;
	const [{ count: entries } = { count: 0 }] = await admin`select count(*)::int as count from audit_entries`;
	expect(entries).toBeGreaterThan(written);
	await untilPublished(admin, () => admin`select pg_sleep(0.05)`);
	// The leader's own last entries may not be leaves yet.
	const missing = () =>
		admin`select id from audit_entries e where not exists (select from audit_leaves where entry_id = e.id)`;
	await until(async () => (await missing()).length === 0);
	const [leaves] =
		await admin`select count(*)::int as leaves, count(distinct entry_id)::int as entries from audit_leaves`;
	expect(leaves?.entries).toBe(leaves?.leaves);
	const trees = await admin`
			select tree, count(*)::int as leaves, max(index)::int + 1 as size from audit_leaves group by tree`;
	for (const { leaves: own, size } of trees) expect(own).toBe(size);
	expect(await admin`select * from audit_gaps`).toEqual([]);
}, 600_000);
