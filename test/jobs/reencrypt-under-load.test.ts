import { afterAll, beforeAll, expect, it } from 'vitest';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { scale } from '../support/scale.ts';
import { killingWorkers } from './killed.ts';
import { type Expected, load } from './load.ts';
import { expectAll, writeMails } from './mails.ts';
import { ask, ended, keysOf, versionsOf } from './stage.ts';

const KILLS = scale(20, 3);
/** An upper limit, so that a slow machine completes each job. */
const KILLS_IN_A_ROUND = 8;
const CLIENTS = 8;

let installation: TestInstallation;
let api: TestApi;
let north: TestFirm;
let notes: Map<string, Expected>;

beforeAll(async () => {
	({ installation, north } = await makePopulated(embedded));
	api = await installation.serve();
	notes = await writeMails(installation, north);
});
afterAll(() => installation?.close());

it(`re-encrypts real e-mails while ${CLIENTS} clients read and write and two workers are killed, ${KILLS} times: nothing fails, nothing is lost, nothing is left`, async () => {
	const before = notes.size;
	let version = 2;
	const workers = killingWorkers(installation, 2, { most: () => KILLS_IN_A_ROUND * (version - 1) });
	const clients = load(api, north, notes, CLIENTS);
	const rounds: Record<string, unknown>[] = [];
	try {
		for (; version === 2 || workers.killed() < KILLS; version++) {
			const of = { firm: north.id, class: 'NOTE', version } as const;
			for (const kind of ['ROTATE', 'REENCRYPT'] as const) {
				const { job } = await ask(installation, { ...of, kind });
				const { state, done, failed, trouble, round } = await ended(installation, job.id);
				rounds.push({ kind, version, state, done, failed, trouble, round });
			}
		}
		const asked = clients.counts.requests;
		await expect.poll(() => clients.counts.requests).toBeGreaterThan(asked + CLIENTS);
		await workers.spare();
	} finally {
		await clients.stop();
		await workers.stop();
	}
	expect(rounds.filter(({ state, failed }) => state !== 'DONE' || failed !== '0')).toEqual([]);
	expect(workers.killed()).toBeGreaterThanOrEqual(KILLS);
	expect(clients.counts.wrong.slice(0, 5)).toEqual([]);
	// Every value is under one version, by a count that is independent of jobs.
	const latest = Math.max(...rounds.map(({ version }) => version as number));
	expect(await versionsOf(installation, north.id)).toEqual({ [latest]: 2 * notes.size });
	const keys = (await keysOf(installation, north.id)).filter(({ class: of }) => of === 'NOTE');
	expect(keys.map(({ state }) => state)).toEqual([...Array(latest - 1).fill('DISABLED'), 'ACTIVE']);
	// Every note has the content that was written last, read by a server with empty caches.
	await expectAll(await installation.serve(), north, notes);
	process.stdout.write(
		`re-encryption under load: ${before} e-mails, ${notes.size - before} new notes, ${clients.counts.requests} requests, 0 failed or wrong; ` +
			`${workers.killed()} workers killed; ${rounds.length / 2} rotations, each to a count of 0 under older versions\n`,
	);
}, 900_000);
