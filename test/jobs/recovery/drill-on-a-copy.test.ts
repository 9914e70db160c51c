import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import postgres from 'postgres';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { claimsOf } from '../../support/claims.ts';
import {
	makeInstallation,
	type Person,
	type TestApi,
	type TestFirm,
	type TestInstallation,
	type TestWorker,
} from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { approveJobByCommand, firmsealJson, newDirectory } from '../../system/program.ts';
import { keysOf, writeNotes } from '../stage.ts';
import { makeEscrow } from './escrows.ts';
import { type Holders, skipped } from './holders.ts';
import { makeRecoveryScene } from './scene.ts';

describe.skipIf(skipped !== '')(`a drill on a copy of the database${skipped}`, () => {
	let installation: TestInstallation;
	let api: TestApi;
	let north: TestFirm;
	let directory: string;
	let holders: Holders;
	let made: Awaited<ReturnType<typeof makeEscrow>>;
	let keys: number;
	let copy: TestInstallation;
	let worker: TestWorker;
	const tokens: Person[] = [];
	const emails: string[] = [];

	beforeAll(async () => {
		({ directory, holders, installation, north, api } = await makeRecoveryScene({
			anna: 'FIRM',
			platform: 'PLATFORM',
		}));
		const first = await installation.startWorker({}, { propagationSeconds: 0 });
		for (let count = 0; count < 2; count++) {
			const token = await installation.addOperator('APPROVER');
			const [row] = await installation.admin`select email from users where id = ${claimsOf(token).sub}`;
			tokens.push(token);
			emails.push(row?.email);
		}
		await writeNotes(api, north, ['kept']);
		made = await makeEscrow(installation, api, north, { holders, threshold: 2, out: join(directory, 'made') });
		keys = (await keysOf(installation, north.id)).length;
		await first.publishLog();
		copy = await restored();
	});
	afterAll(async () => {
		await copy?.close();
		await installation?.close();
	});

	/** A restore has the database, the log's anchors and the issuer's keys, but no keyring. */
	async function restored(): Promise<TestInstallation> {
		const { name: database } = installation;
		const data = newDirectory();
		for (const of of ['issuer', 'anchors', 'signer'])
			if (existsSync(join(installation.directory, of)))
				execFileSync('cp', ['-a', join(installation.directory, of), join(data, of)]);
		const root = postgres(embedded.url, { max: 1, onnotice: () => {} });
		await root`alter database ${root(database)} allow_connections false`;
		await root`select pg_terminate_backend(pid, 60000) from pg_stat_activity where datname = ${database}`;
		const made = await makeInstallation(embedded, { original: { database, directory: data } });
		await root`alter database ${root(database)} allow_connections true`;
		await root.end({ timeout: 5 });
		return made;
	}
	const run = (by: number, ...args: string[]) =>
		firmsealJson({ ...copy.env, FIRMSEAL_TOKEN: `${tokens[by]}` }, ...args);

	it('reinitializes another key service, counts every key as recoverable, and changes nothing', {
		timeout: 240_000,
	}, async () => {
		const stored = () => copy.admin`select * from data_keys where firm_id = ${north.id} order by class, version`;
		const before = await stored();
		// No one can request anything without a key service.
		expect((await run(0, 'keys', 'drill', '--firm', 'north', '--escrow', made.file)).code).toBe(1);
		const [one = '', two = ''] = emails;
		expect(await run(0, 'init', '--after-key-loss', '--approver', one, '--approver', two)).toMatchObject({ code: 0 });
		worker = await copy.startWorker({}, { propagationSeconds: 0 });
		const asked = await run(0, 'keys', 'drill', '--firm', 'north', '--escrow', made.file);
		expect(asked).toMatchObject({ code: 0, result: { isKnown: true, jobs: [{ kind: 'DRILL', state: 'WAITING' }] } });
		const job: string = asked.result.jobs[0].id;
		expect(await approveJobByCommand((...of) => run(1, ...of), job)).toMatchObject({ code: 0 });
		// A drill is not a recovery, so `keys recover` does not find it.
		expect((await run(0, 'keys', 'recover', '--job', job)).error?.code).toBe('NOT_FOUND');
		const { recipient } = (await run(0, 'keys', 'drill', '--job', job)).result;
		const handIn = (holder: string) =>
			run(0, 'keys', 'drill', '--job', job, '--share', holders.encrypt(holder, made.shareOf(holder), recipient));
		expect(await handIn('platform')).toMatchObject({ code: 0, result: { share: { have: 1, need: 2 } } });
		const counts = { FITS: keys, COMMITMENT_DIFFERS: 0, NOT_ESCROWED: 0 };
		expect(await handIn('anna')).toMatchObject({ code: 0, result: { counts } });
		expect(await stored()).toEqual(before);
	});

	it('signs no checkpoint, because the signer’s key is in no escrow', async () => {
		await worker.advance();
		expect(worker.lines.join('')).toContain('could not publish the audit log');
	});

	it('leaves the installation unchanged', async () => {
		const { data } = await api.ask(north.member, '{ notes(first: 1) { nodes { body } } }');
		expect(data?.notes.nodes).toEqual([{ body: 'kept' }]);
	});
});
