import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { uuidToBase64url } from '../../src/audit/index.ts';
import { SUPERUSER } from '../../src/database/index.ts';
import { cancelRequestedJob } from '../../src/jobs/index.ts';
import { openKeyring } from '../../src/wiring/index.ts';
import { withAdminContext } from '../../src/wiring/installation.ts';
import { untilBlocked } from '../support/blocked.ts';
import type { TestApi, TestFirm, TestInstallation, TestWorker } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { firmsealJson } from '../system/program.ts';
import { ask, ended, keysOf, readNotes, versionsOf, writeNotes } from './stage.ts';

const CANARY = 'canary-of-damaged-notes';

describe('values that do not open, and interrupted work', () => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let worker: TestWorker;
	let notes: string[];
	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		api = await installation.serve();
		worker = await installation.startWorker({}, { propagationSeconds: 0 });
		notes = await writeNotes(
			api,
			north,
			['whole', 'swapped', 'swapped too', 'cut', 'flipped', 'never'].map((each) => `${each} ${CANARY}`),
		);
	});
	afterAll(() => installation?.close());

	const start = async (kind: 'ROTATE' | 'REENCRYPT', version: number, rate: number | null = null) =>
		(await ask(installation, { firm: north.id, kind, class: 'NOTE', version, rate })).job.id;
	const end = async (...of: Parameters<typeof start>) => ended(installation, await start(...of));
	const states = async () =>
		(await keysOf(installation, north.id)).filter(({ class: of }) => of === 'NOTE').map(({ state }) => state);
	const bodies = async () =>
		(await readNotes(api, north, notes)).notes.map((note) => note?.body?.replace(` ${CANARY}`, ''));
	const stored = async () => JSON.stringify(await installation.admin`select id, title, body from notes order by id`);
	const WHOLE = ['whole', 'swapped', 'swapped too', 'cut', 'flipped', 'never'];

	it('are counted, named in the log and left unchanged, and the older version remains', async () => {
		const kept = await installation.admin`select id, title, body from notes`;
		const [, swapped, other, cut, flipped, never] = notes as [string, string, string, string, string, string];
		const { admin } = installation;
		await admin`update notes n set body = o.body from notes o where n.id = ${swapped} and o.id = ${other} or n.id = ${other} and o.id = ${swapped}`;
		await admin`update notes set body = substring(body from 1 for octet_length(body) - 1) where id = ${cut}`;
		await admin`update notes set body = set_byte(body, 30, get_byte(body, 30) # 1) where id = ${flipped}`;
		await admin`update notes set body = set_byte(body, 5, 0) where id = ${never}`;
		const before = await admin`select id, body from notes where id <> ${notes[0] ?? ''} order by id`;
		expect(await end('ROTATE', 2)).toMatchObject({ state: 'DONE' });
		const job = await start('REENCRYPT', 2);
		expect(await ended(installation, job)).toMatchObject({
			state: 'FAILED',
			trouble: 'CIPHERTEXT_INVALID',
			done: '7',
			failed: '5',
		});
		expect(await states()).toEqual(['RETIRED', 'ACTIVE']);
		expect([...(await admin`select id, body from notes where id <> ${notes[0] ?? ''} order by id`)]).toEqual([
			...before,
		]);
		const entries =
			await admin`select leaf::json as leaf from audit_entries where leaf::json ->> 'action' = 'content.fail'`;
		expect(entries[0]?.leaf).toMatchObject({
			coordinates: ['Note.body'],
			reason: 'CIPHERTEXT_INVALID',
			plane: 'worker',
		});
		expect([...(entries[0]?.leaf.records ?? [])].sort()).toEqual(
			[swapped, other, cut, flipped, never].map(uuidToBase64url).sort(),
		);
		// Restores the values. The minimum version doesn't prevent it, because a restored database has no minimum either.
		await admin.begin(async (tx) => {
			await tx`alter table notes disable trigger above_floor_on_update`;
			for (const { id, body } of kept.filter((row) => row.id !== notes[0]))
				await tx`update notes set body = ${body} where id = ${id}`;
			await tx`alter table notes enable always trigger above_floor_on_update`;
		});
		expect(await bodies()).toEqual(WHOLE);
		expect(await end('REENCRYPT', 2)).toMatchObject({ state: 'DONE', failed: '0' });
		expect([await states(), await versionsOf(installation, north.id), await bodies()]).toEqual([
			['DISABLED', 'ACTIVE'],
			{ 2: 12 },
			WHOLE,
		]);
	});

	it('that are under a closed version stop the job, and nothing changes', async () => {
		expect(await end('ROTATE', 3)).toMatchObject({ state: 'DONE' });
		await installation.admin`update data_keys set state = 'DISABLED' where firm_id = ${north.id} and class = 'NOTE' and version = 2`;
		const before = await stored();
		expect(await end('REENCRYPT', 3)).toMatchObject({ state: 'FAILED', trouble: 'KEY_UNAVAILABLE' });
		expect(await stored()).toBe(before);
		await installation.admin`update data_keys set state = 'RETIRED' where firm_id = ${north.id} and class = 'NOTE' and version = 2`;
	});

	it('fail the job while the key service refuses, and the same command continues it later', async () => {
		const keyring = await openKeyring(installation.config, 'worker');
		await keyring.disableKey(north.id);
		const before = await stored();
		expect(await end('REENCRYPT', 3)).toMatchObject({ state: 'FAILED', trouble: 'KEY_UNAVAILABLE' });
		expect([await stored(), await states()]).toEqual([before, ['DISABLED', 'RETIRED', 'ACTIVE']]);
		await keyring.enableKey(north.id);
		const { code, result } = await firmsealJson(
			installation.env,
			'keys',
			'reencrypt',
			'--firm',
			'north',
			'--class',
			'NOTE',
		);
		expect([code, result.jobs[0]]).toMatchObject([0, { state: 'DONE', done: 12, failed: 0 }]);
		expect(await states()).toEqual(['DISABLED', 'DISABLED', 'ACTIVE']);
	});

	it('stay unchanged if the job is cancelled, and are re-encrypted if it is requested again, even several times at once', async () => {
		expect(await end('ROTATE', 4)).toMatchObject({ state: 'DONE' });
		const { admin, config, database } = installation;
		// Another session holds a row, so the page can't end.
		const [over, held] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const holding = admin.begin(async (tx) => {
			await tx`select from notes where id = ${notes[0] ?? ''} for update`;
			held.resolve();
			await over.promise;
		});
		await held.promise;
		const id = await start('REENCRYPT', 4);
		const working = worker.advance();
		await untilBlocked(admin, SUPERUSER);
		await withAdminContext(config, database, (admin) => cancelRequestedJob(admin, id));
		over.resolve();
		await Promise.all([holding, working]);
		expect(await ended(installation, id)).toMatchObject({ state: 'CANCELLED' });
		expect(await states()).toEqual(['DISABLED', 'DISABLED', 'RETIRED', 'ACTIVE']);
		expect(await bodies()).toEqual(WHOLE);
		const request = { firm: north.id, kind: 'REENCRYPT', class: 'NOTE', version: 4 } as const;
		const asked = await Promise.all([
			ask(installation, request),
			ask(installation, request),
			ask(installation, request),
		]);
		expect(asked.filter(({ isNew }) => isNew)).toHaveLength(new Set(asked.map(({ job }) => job.id)).size);
		for (const { job } of asked) expect((await ended(installation, job.id)).state).toBe('DONE');
		expect([await states(), await versionsOf(installation, north.id), await bodies()]).toEqual([
			['DISABLED', 'DISABLED', 'DISABLED', 'ACTIVE'],
			{ 4: 12 },
			WHOLE,
		]);
	});

	it('reveal no content and no keys in log lines, audit entries, notices or jobs', async () => {
		await worker.publishLog();
		const { admin } = installation;
		const everything = [
			...worker.lines,
			...api.lines,
			JSON.stringify(await admin`select leaf from audit_entries`),
			JSON.stringify(await admin`select * from notices`),
			JSON.stringify(await admin`select * from jobs`),
		].join('\n');
		expect(everything).not.toContain(CANARY);
		const wrapped =
			await admin`select encode(wrapped, 'base64') as base64, encode(wrapped, 'hex') as hex from data_keys where length(wrapped) > 0`;
		for (const { base64, hex } of wrapped)
			for (const form of [base64.slice(0, 40), hex.slice(0, 60)]) expect(everything.includes(form)).toBe(false);
		expect(worker.lines.some((line) => line.includes('a job has ended'))).toBe(true);
	});
});
