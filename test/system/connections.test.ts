import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { createLogger } from '../../src/api/index.ts';
import { CONNECTIONS_PER_PROCESS, shareConnections } from '../../src/database/connection-limits.ts';
import { startWorker } from '../../src/processes/worker.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { read } from '../house/tree.ts';
import { makeInstallation, type TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';

/** Pairs of process and number from the table in docs/how-to/deploy.md that lists how many connections a pooler must allow. */
const documented = read('docs/how-to/deploy.md')
	.split('\n')
	.filter((line) => /\| \d[^|]*\|$/.test(line))
	.map((line) => [line.split('|')[1]?.trim() ?? '', line.split('|').at(-2)?.trim() ?? ''] as const);

describe('the maximum number of connections', () => {
	let installation: TestInstallation;
	beforeAll(async () => {
		installation = await makeInstallation(embedded);
	});
	afterAll(() => installation?.close());
	afterEach(() => vi.restoreAllMocks());

	/** The sum of the maximum sizes of all pools that are open while `run` runs. */
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

	it('of each process is the number in docs/how-to/deploy.md', async () => {
		const { config, database } = installation;
		const logger = createLogger({ level: 'silent' });
		const worker = await whileRunning(() => startWorker(config, database, logger));
		const command = await mostOf((count) => withAdminContext(config, database, async () => count()));
		// With proof on, an operator API in this installation would also start a leader of the log, whose connections would be counted.
		const alone = { FIRMSEAL_OPERATOR_PROOF: 'off' };
		const firm = await whileRunning(() => installation.serve({ FIRMSEAL_PLANE: 'firm' }));
		const operator = await whileRunning(() => installation.serve({ FIRMSEAL_PLANE: 'operator', ...alone }));
		const broker = await whileRunning(() => installation.startBroker());
		expect(Object.fromEntries(documented)).toMatchObject({
			'firm API': `${firm}`,
			'operator API': `${operator}`,
			broker: `${broker}, and 1 direct`,
			'worker, commands': `${worker} for \`worker\`, ${command} for a command, and 2 direct`,
		});
		expect(CONNECTIONS_PER_PROCESS).toEqual({
			firmseal_firm: firm,
			firmseal_operator: operator,
			firmseal_broker: broker + 1,
			// The connections of `worker`, and most of the connections of a command that runs beside it.
			firmseal_worker: worker + 2 + 4,
		});
	});

	it.each([
		// 97 is PostgreSQL's default, and just enough. 50 is too few, and is shared in proportion to what each login needs.
		[97, [26, 28, 14, 27]],
		[297, [146, 68, 24, 57]],
		[997, [566, 208, 59, 162]],
		[50, [13, 14, 7, 13]],
	])('of %i is shared among the logins, which together never have all connections', (available, expected) => {
		const mains = Object.keys(CONNECTIONS_PER_PROCESS) as (keyof typeof CONNECTIONS_PER_PROCESS)[];
		const logins = mains.map((main) => ({ name: main, limit: -1, mains: [main] }));
		const shares = [...shareConnections({ available, logins }).values()];
		expect(shares).toEqual(expected);
		expect(shares.reduce((sum, each) => sum + each, 0)).toBeLessThan(available);
	});
});
