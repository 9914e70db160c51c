import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createLogger } from '../../../src/api/index.ts';
import { openDatabase } from '../../../src/compose.ts';
import { readConfig } from '../../../src/config.ts';
import { type RunningWorker, startWorker } from '../../../src/worker.ts';
import { claimsOf } from '../../support/claims.ts';
import type { Person, TestApi, TestFirm, TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { firmsealJson, newDirectory } from '../../system/program.ts';
import { keysOf, writeNotes } from '../stage.ts';
import { makeEscrow } from './escrows.ts';
import { type Holders, skipped } from './holders.ts';
import { makeRecoveryScene } from './scene.ts';

describe.skipIf(skipped !== '')(`a rehearsal on a copy of the database${skipped}`, () => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let directory: string;
	let holders: Holders;
	let made: Awaited<ReturnType<typeof makeEscrow>>;
	let keys: number;
	let copy: Record<string, string>;
	let worker: RunningWorker | undefined;
	const name = { source: '', copy: '' };
	const lines: string[] = [];
	const tokens: Person[] = [];
	const emails: string[] = [];
	const root = postgres(embedded.url, { max: 1, onnotice: () => {} });

	beforeAll(async () => {
		({ directory, holders, installation, north, api } = await makeRecoveryScene({
			anna: 'FIRM',
			platform: 'PLATFORM',
		}));
		const first = await installation.work({}, { beside: true, settleSeconds: 0 });
		for (let count = 0; count < 2; count++) {
			const token = await installation.addOperator('APPROVER');
			const [row] = await installation.admin`select email from users where id = ${claimsOf(token).sub}`;
			tokens.push(token);
			emails.push(row?.email);
		}
		await writeNotes(api, north, ['kept']);
		made = await makeEscrow(installation, api, north, { holders, threshold: 2, out: join(directory, 'made') });
		keys = (await keysOf(installation, north.id)).length;
		await first.published();
		await restore();
	});
	afterAll(async () => {
		await worker?.stop();
		if (name.copy) await root`drop database if exists ${root(name.copy)} with (force)`;
		await root.end({ timeout: 5 });
		await installation?.close();
	});

	/** What a restore has: the database, the log's anchors, the issuer's keys; and no keyring. */
	async function restore(): Promise<void> {
		name.source = new URL(installation.env.DATABASE_URL ?? '').pathname.slice(1);
		name.copy = `${name.source}_copy`;
		const data = newDirectory();
		for (const of of ['issuer', 'anchors', 'signer'])
			if (existsSync(join(installation.directory, of)))
				execFileSync('cp', ['-a', join(installation.directory, of), join(data, of)]);
		await root`alter database ${root(name.source)} allow_connections false`;
		await root`select pg_terminate_backend(pid) from pg_stat_activity where datname = ${name.source}`;
		for (let tries = 0; ; tries++) {
			try {
				await root`create database ${root(name.copy)} template ${root(name.source)}`;
				break;
			} catch (error) {
				if (tries > 20) throw error;
				await delay(200);
			}
		}
		await root`alter database ${root(name.source)} allow_connections true`;
		const urls = Object.entries(installation.env).map(([key, value]) => [key, value.replace(name.source, name.copy)]);
		copy = { ...Object.fromEntries(urls), FIRMSEAL_DATA_DIR: data };
	}
	const run = (by: number, ...args: string[]) => firmsealJson({ ...copy, FIRMSEAL_TOKEN: `${tokens[by]}` }, ...args);

	it('begins another key service there, counts every key as one that would come back, and changes nothing', {
		timeout: 240_000,
	}, async () => {
		const admin = postgres(copy.FIRMSEAL_ADMIN_DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
		const stored = () => admin`select * from data_keys where firm_id = ${north.id} order by class, version`;
		const before = await stored();
		// Without it nobody can be asked for anything.
		expect((await run(0, 'keys', 'drill', '--firm', 'north', '--escrow', made.file)).code).toBe(1);
		const [one = '', two = ''] = emails;
		expect(await run(0, 'init', '--after-key-loss', '--approver', one, '--approver', two)).toMatchObject({ code: 0 });
		const config = readConfig(copy);
		const logger = createLogger({ level: 'debug', destination: { write: (line: string) => void lines.push(line) } });
		worker = await startWorker(config, await openDatabase(config), logger, { settleSeconds: 0 });
		const asked = await run(0, 'keys', 'drill', '--firm', 'north', '--escrow', made.file);
		expect(asked).toMatchObject({ code: 0, result: { isKnown: true, jobs: [{ kind: 'DRILL', state: 'WAITING' }] } });
		const job: string = asked.result.jobs[0].id;
		expect(await run(1, 'job', 'approve', '--job', job)).toMatchObject({ code: 0 });
		// Asked by its other name it is not there.
		expect((await run(0, 'keys', 'recover', '--job', job)).error?.code).toBe('NOT_FOUND');
		const { recipient } = (await run(0, 'keys', 'drill', '--job', job)).result;
		const handIn = (holder: string) =>
			run(0, 'keys', 'drill', '--job', job, '--share', holders.encrypt(holder, made.shareOf(holder), recipient));
		expect(await handIn('platform')).toMatchObject({ code: 0, result: { share: { have: 1, need: 2 } } });
		const counts = { FITS: keys, COMMITMENT_DIFFERS: 0, NOT_ESCROWED: 0 };
		expect(await handIn('anna')).toMatchObject({ code: 0, result: { counts } });
		expect(await stored()).toEqual(before);
		await admin.end({ timeout: 5 });
	});

	it('does not sign the log on: its signer’s key is in no escrow', async () => {
		for (const end = Date.now() + 20_000; !lines.join('').includes('the audit log could not be kept'); await delay(200))
			if (Date.now() > end) throw new Error(lines.join(''));
	});

	it('leaves the installation as it was', async () => {
		const { data } = await api.ask(north.member, '{ notes(first: 1) { nodes { body } } }');
		expect(data?.notes.nodes).toEqual([{ body: 'kept' }]);
	});
});
