import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOfAnchor } from '../../../src/adapters/anchors/anchor-name.ts';
import { makeInstallation, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { firmsealJson } from '../../system/program.ts';
import { ended, writeNotes } from '../stage.ts';
import { requestAndApprove, twoApprovers } from './scene.ts';

describe('doctor, on erasure records and the database', () => {
	let installation: TestInstallation;
	const whole: Buffer[] = [];
	const path = (number: number) =>
		join(installation.directory, 'anchors', nameOfAnchor(installation.config.installation, number, 'tombstone'));

	beforeAll(async () => {
		installation = await makeInstallation(embedded);
		const north = await installation.addFirm('north');
		const api = await installation.serve();
		const { ids } = await twoApprovers(installation);
		const worker = await installation.startWorker({}, { propagationSeconds: 0 });
		const notes = await writeNotes(api, north, ['one', 'two', 'three']);
		for (const note of notes) {
			const job = await requestAndApprove(installation, ids)(north.id, `Note.${note}`);
			expect(await ended(installation, job)).toMatchObject({ state: 'DONE' });
		}
		await worker.stop();
		await api.stop();
		// So old that no process can still be about to write its record.
		await installation.admin`update erasures set begun_at = begun_at - interval '1 hour'`;
		for (const number of [0, 1, 2]) whole.push(readFileSync(path(number)));
	}, 120_000);
	afterAll(() => installation?.close());

	const findings = async (...more: string[]) => {
		const { result } = await firmsealJson(installation.env, 'doctor', ...more);
		return (result.findings as { check: string; ok: boolean; fix: string | null }[]).filter(({ check }) =>
			check.includes('erasure record'),
		);
	};
	const only = async (check: string, named: RegExp) => {
		const found = await findings();
		expect(found.map((each) => [each.ok, each.check])).toEqual([[false, check]]);
		expect(found[0]?.fix).toMatch(named);
	};
	const restored = (number: number) => writeFileSync(path(number), whole[number] ?? '', { mode: 0o600 });

	it('finds nothing wrong if they agree', async () => {
		const found = await findings();
		expect(found).toMatchObject([{ ok: true }]);
		expect(found[0]?.check).toMatch(/: 3 compared$/);
	});

	it('reports a record that is missing from the store, and names only that one', async () => {
		rmSync(path(1));
		await only('every erasure record of the database is in the store', /^Erasure records 1 are not in the store/);
		restored(1);
	});

	it('reports records that are missing from the database, after a restore too', async () => {
		const rows = await installation.admin`delete from erasures where number >= 1 returning *`;
		await only(
			'the database knows every erasure record',
			/^Erasure records 1, 2 are in the store but not in the database/,
		);
		expect((await findings('--after-restore')).filter(({ ok }) => !ok).map(({ check }) => check)).toEqual([
			'the database knows every erasure record',
		]);
		for (const row of rows) await installation.admin`insert into erasures ${installation.admin(row as never)}`;
		expect(await findings()).toMatchObject([{ ok: true }]);
	});

	it('distinguishes a record of another erasure, an unreadable record and an unproven one', async () => {
		writeFileSync(path(0), whole[1] ?? '');
		writeFileSync(path(1), 'not an erasure record');
		const forged = JSON.parse(String(whole[2]));
		const mac = `${forged.mac.slice(0, -2)}${forged.mac.endsWith('AA') ? 'BB' : 'AA'}`;
		writeFileSync(path(2), `${JSON.stringify({ ...forged, mac })}\n`);
		const found = await findings();
		expect(found.map(({ check }) => check)).toEqual([
			'the store has the erasure records that the database names',
			'erasure records are proven by this installation',
		]);
		expect(found.map(({ fix }) => fix?.match(/^Erasure records [0-9, ]+/)?.[0].trim())).toEqual([
			'Erasure records 0, 1',
			'Erasure records 2',
		]);
		for (const number of [0, 1, 2]) restored(number);
		expect(await findings()).toMatchObject([{ ok: true }]);
	});
});
