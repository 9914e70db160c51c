import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Logger } from '../../../src/api/index.ts';
import { startLogLeader } from '../../../src/processes/start-log-leader.ts';
import { openLog, openPlaneOf } from '../../../src/wiring/index.ts';
import { embedded } from '../../support/own-servers.ts';
import { steppedClock } from '../../support/stepped-clock.ts';
import { makeAnchoring } from '../rebuild/rebuilding.ts';

it('a store that stays unavailable is reported once, and again once it is available', async () => {
	const log = await makeAnchoring(embedded);
	const { config, database, directory } = log.installation;
	const store = join(directory, 'anchors');
	const plane = openPlaneOf(database, 'firmseal_worker', 1);
	const audit = openLog(plane);
	const clock = steppedClock();
	try {
		await log.append(log.firms[0], 1);
		await log.anchor();
		const modes = (mode: number) => {
			for (const name of readdirSync(store)) chmodSync(join(store, name), mode);
		};
		modes(0o755);
		await log.append(log.firms[0], 1);
		const lines: string[] = [];
		const write: Logger['error'] = ({ err }, text) =>
			void lines.push(err instanceof Error ? `${text}: ${err.message}` : text);
		const logger = { debug: write, info: write, warn: write, error: write, fatal: write };
		const leader = await startLogLeader({ config, clock, database, logger, audit });
		const told = (text: string) => lines.filter((line) => line.includes(text)).length;
		await clock.advance(1_000);
		expect(
			told('could not anchor the audit log: retrying: The audit log can’t be compared with its anchors now.'),
		).toBe(1);
		await clock.advance(10_000);
		expect([told('could not anchor the audit log'), told('works again')]).toEqual([1, 0]);
		modes(0o700);
		await clock.advance(10_000);
		expect(told('works again')).toBe(1);
		await leader.stop();
		expect(await log.admin`select number::int from audit_anchors order by number desc limit 1`).toEqual([
			{ number: 1 },
		]);
	} finally {
		await audit.close();
		await plane.close();
		await log.close();
	}
});
