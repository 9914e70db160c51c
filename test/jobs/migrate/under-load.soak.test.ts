import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readMail } from '../../../examples/demo/mail.ts';
import { makeInstallation, type TestFirm, type TestInstallation } from '../../support/installation.ts';
import { makeNotes } from '../../support/notes.ts';
import { embedded } from '../../support/own-servers.ts';
import type { RunningApi } from '../../system/program.ts';
import { killingWorkers } from '../killed.ts';
import { type Expected, load } from '../load.ts';
import { expectAll } from '../mails.ts';
import { ended } from '../stage.ts';
import { type LegacyScene, makeLegacyScene } from './scene.ts';

const KILLS = 20;
const CLIENTS = 8;
/** E-mails that one request writes. */
const PER_REQUEST = 20;

let scene: LegacyScene;
let installation: TestInstallation;
let north: TestFirm;
let api: RunningApi;
const notes = new Map<string, Expected>();

beforeAll(async () => {
	scene = await makeLegacyScene({ firms: ['north'], make: () => makeInstallation(embedded) });
	({ installation } = scene);
	[north] = scene.firms as [TestFirm];
	await scene.letReadFiles();
	api = await scene.serve();
	const mails = await readMail();
	const inputs = mails.map(({ subject: title, body }) => ({ id: uuidv7(), title, body }));
	const left = [...inputs];
	const write = async () => {
		while (left.length > 0) await makeNotes(api.ask, north.member, left.splice(0, PER_REQUEST));
	};
	await Promise.all(Array.from({ length: CLIENTS }, write));
	for (const { id, title, body } of inputs) notes.set(id, { title, body, revision: 1 });
}, 240_000);
afterAll(() => scene?.close());

/** Writes the table's rows to its files. */
const flush = async () => {
	await installation.admin`checkpoint`;
};

async function contract() {
	const id = await scene.contract();
	const flushing = setInterval(() => void flush().catch(() => {}), 1_000);
	try {
		return await ended(installation, id);
	} finally {
		clearInterval(flushing);
	}
}

it(`moves real e-mails from plaintext while ${CLIENTS} clients read and write and two workers are killed, ${KILLS} times, then rolls back and moves them again: nothing fails, nothing is lost, nothing is left`, async () => {
	const before = notes.size;
	expect(before).toBeGreaterThan(5_000);
	const [plain] =
		await installation.admin`select count(body_plain)::int as clear, count(body)::int as sealed from notes`;
	expect(plain).toMatchObject({ clear: before, sealed: 0 });
	const there = ['expand', 'backfill', 'verify', 'cutover'] as const;
	const way = [...there, 'rollback' as const, ...there];
	let steps = 0;
	const most = () => Math.ceil((KILLS * steps) / way.length);
	const workers = killingWorkers(installation, 2, { source: scene.program.worker, most });
	const clients = load(api, north, notes, CLIENTS);
	const rounds: string[] = [];
	try {
		for (const step of way) {
			steps += 1;
			const ends = await scene.ends(step);
			rounds.push(
				...ends.map(({ state, done, failed, trouble }) => `${step} ${state} ${done} ${failed} ${trouble ?? ''}`),
			);
		}
		while (workers.killed() < KILLS) {
			const [end] = await scene.ends('verify');
			rounds.push(`verify ${end?.state} ${end?.done} ${end?.failed} ${end?.trouble ?? ''}`);
		}
		await flush();
		const end = await contract();
		rounds.push(`contract ${end.state} ${end.done} ${end.failed} ${end.trouble ?? ''}`);
		const asked = clients.counts.requests;
		await expect.poll(() => clients.counts.requests).toBeGreaterThan(asked + CLIENTS);
	} finally {
		await clients.stop();
		await workers.stop();
	}
	expect(rounds.filter((round) => !/^\w+ DONE \d+ 0 $/.test(round))).toEqual([]);
	expect(workers.killed()).toBeGreaterThanOrEqual(KILLS);
	expect(clients.counts.wrong.slice(0, 5)).toEqual([]);
	const [count] = await installation.admin`
		select count(*)::int as rows, count(body_plain)::int as clear, count(body)::int as sealed from notes`;
	expect(count).toEqual({ rows: notes.size, clear: 0, sealed: notes.size });
	const { result } = await scene.migrate('status');
	expect(result).toMatchObject({ writesRefused: 0 });
	const { report } = result.columns[0];
	// Values that a process wrote before it heard of the phase were counted and sealed.
	expect(report.writesWithoutCiphertext).toEqual({ whileExpanding: expect.any(Number), sinceVerified: 0 });
	expect(report.files).toMatchObject({ proof: 'read', samples: 50, foundAfter: 0 });
	expect(report.files.foundBefore).toBeGreaterThan(10);
	// Every note has the content that was written last.
	await expectAll(api, north, notes);
	process.stdout.write(
		`migration under load: ${before} e-mails, ${notes.size - before} new notes, ${clients.counts.requests} requests, 0 failed or wrong; ` +
			`${workers.killed()} workers killed; there, back and there again; ${report.cleared} values cleared, ` +
			`${report.files.foundBefore} of ${report.files.samples} samples found in the files before and ${report.files.foundAfter} after\n`,
	);
}, 400_000);
