import { chmodSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { embedded } from '../../support/own-servers.ts';
import { makeAnchoring } from '../rebuild/rebuilding.ts';

it('a store that stays away is told once, and that it is back when it is', async () => {
	const log = await makeAnchoring(embedded);
	const store = join(log.installation.directory, 'anchors');
	try {
		await log.append(log.firms[0], 1);
		await log.anchor();
		const modes = (mode: number) => {
			for (const name of readdirSync(store)) chmodSync(join(store, name), mode);
		};
		modes(0o755);
		await log.append(log.firms[0], 1);
		const worker = await log.installation.work();
		const told = (text: string) => worker.lines.filter((line) => line.includes(text)).length;
		await worker.turn();
		expect(told('could not be anchored')).toBe(1);
		// The next try.
		await worker.turn(10_000);
		expect([told('could not be anchored'), told('is anchored again')]).toEqual([1, 0]);
		modes(0o700);
		await worker.turn(10_000);
		expect(told('is anchored again')).toBe(1);
		expect(await log.admin`select number::int from audit_anchors order by number desc limit 1`).toEqual([
			{ number: 1 },
		]);
	} finally {
		await log.close();
	}
});
