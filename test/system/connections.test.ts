import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/api/index.ts';
import { withOffice } from '../../src/installation.ts';
import { startWorker } from '../../src/worker.ts';
import { read } from '../house/tree.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';

/** Process and number, of the table in docs/deployment.md that says how many connections a pooler must have. */
const told = read('docs/deployment.md')
	.split('\n')
	.filter((line) => /\| \d[^|]*\|$/.test(line))
	.map((line) => [line.split('|')[1]?.trim() ?? '', line.split('|').at(-2)?.trim() ?? ''] as const);

describe('connections at most', () => {
	let installation: TestInstallation;
	beforeAll(async () => {
		installation = await makeInstallation(embedded);
	});
	afterAll(() => installation?.close());
	afterEach(() => vi.restoreAllMocks());

	/** What the pools that are open while it runs may hold together. */
	async function mostOf(run: (count: () => number) => Promise<number>): Promise<number> {
		const pools = vi.spyOn(pg, 'Pool');
		return run(() =>
			pools.mock.instances
				.filter(({ ending }) => !ending)
				.map(({ options }) => options.max)
				.reduce((sum, most) => sum + most, 0),
		);
	}
	const whileRunning = (start: () => Promise<{ stop(): Promise<void> }>) =>
		mostOf(async (count) => {
			const running = await start();
			const most = count();
			await running.stop();
			return most;
		});

	it('are of each process as docs/deployment.md says', async () => {
		const { config, database } = installation;
		const logger = createLogger({ level: 'silent' });
		const worker = await whileRunning(() => startWorker(config, database, logger));
		const command = await mostOf((count) => withOffice(config, database, async () => count()));
		// An API of operators that waits for proof would have a keeper of the log beside it here.
		const alone = { FIRMSEAL_OPERATOR_PROOF: 'off' };
		expect(Object.fromEntries(told)).toMatchObject({
			'firm API': `${await whileRunning(() => installation.serve({ FIRMSEAL_PLANE: 'firm' }))}`,
			'operator API': `${await whileRunning(() => installation.serve({ FIRMSEAL_PLANE: 'operator', ...alone }))}`,
			broker: `${await whileRunning(() => installation.broker())}, and 1 direct`,
			'worker, commands': `${worker} for \`worker\`, ${command} for a command, and 2 direct`,
		});
	});
});
