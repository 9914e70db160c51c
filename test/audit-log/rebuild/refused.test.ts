import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nameOfAnchor } from '../../../src/adapters/anchors/anchor-name.ts';
import { rotateCheckpointKey } from '../../../src/cli/audit/rotate-checkpoint-key.ts';
import { rebuildFromAnchors } from '../../../src/cli/recovery/rebuild-log.ts';
import { readConfig } from '../../../src/config/config.ts';
import { leaveOpen } from '../../support/open-transaction.ts';
import { embedded } from '../../support/own-servers.ts';
import { until } from '../../system/program.ts';
import { type Anchoring, everything, makeAnchoring } from './rebuilding.ts';

let log: Anchoring;
beforeEach(async () => {
	log = await makeAnchoring(embedded);
	await log.append(log.firms[0], 3);
	await log.anchor();
});
afterEach(() => log?.close());

const edit = () =>
	log.harm(
		(sql) => sql`update audit_entries set leaf = replace(leaf, '"ALLOWED"', '"DENIED"')
			where id = (select entry_id from audit_leaves where tree = ${log.firms[0]} and index = 1)`,
	);

describe('the log is not rebuilt, and stays unchanged', () => {
	it('while a process publishes it', async () => {
		await edit();
		const worker = await log.installation.startWorker();
		await worker.publishLog();
		await expect(log.rebuild()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('firmseal worker'),
		});
		await worker.stop();
		expect((await log.rebuild()).state).toBe('REBUILT');
	});

	it('by anyone who is not an administrator', async () => {
		await edit();
		const before = await everything(log.admin);
		const config = readConfig({ ...log.installation.env, FIRMSEAL_ADMIN_DATABASE_URL: '' });
		const attempt = rebuildFromAnchors(config, { dryRun: false, vkey: null, onProgress() {} });
		await expect(attempt).rejects.toThrow('FIRMSEAL_ADMIN_DATABASE_URL');
		expect(await everything(log.admin)).toEqual(before);
	});

	it('from anchors with a changed one among them, or that begin with another key', async () => {
		await log.append(log.firms[1], 2);
		await log.anchor();
		await edit();
		const before = await everything(log.admin);
		const own = await log.firstKey();
		const others = own.replace(/^localhost/, 'elsewhere');
		await expect(log.rebuild({ vkey: others })).rejects.toThrow('does not belong to localhost/firmseal');
		const { config, directory } = log.installation;
		const path = join(directory, 'anchors', nameOfAnchor(config.installation, 0));
		writeFileSync(path, readFileSync(path, 'utf8').replace('"ALLOWED"', '"DENIED"'));
		await expect(log.rebuild()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('Anchor 0'),
		});
		expect(await everything(log.admin)).toEqual(before);
		// Anchors that are gone and anchors that were never written get different messages.
		rmSync(join(directory, 'anchors'), { recursive: true });
		await expect(log.rebuild()).rejects.toThrow(
			`The database records anchor 1, but ${join(directory, 'anchors')} has no anchors: bring the anchors back from their copy.`,
		);
		await log.harm((sql) => sql`delete from audit_anchors`);
		await expect(log.rebuild()).rejects.toThrow('Nothing is anchored yet');
	});

	it('if its connection is lost before the commit, and is rebuilt the next time', async () => {
		await edit();
		const before = await everything(log.admin);
		const { admin } = log;
		// This row is changed last before the commit.
		const letGo = await leaveOpen(admin, (sql) => sql`select from audit_state for update`);
		const attempt = log.rebuild().then(
			() => 'done',
			() => 'failed',
		);
		const waiting = () => admin`select pid from pg_stat_activity
			where datname = current_database() and wait_event_type = 'Lock' and query like '%audit_state%'`;
		await until(async () => (await waiting()).length > 0);
		for (const { pid } of await waiting()) await admin`select pg_terminate_backend(${pid}::int)`;
		expect(await attempt).toBe('failed');
		await letGo();
		expect(await everything(admin)).toEqual(before);
		expect((await log.rebuild()).state).toBe('REBUILT');
		expect((await log.rebuild()).state).toBe('SOUND');
	});
});

describe('another key', () => {
	const rotate = (dryRun = false) => rotateCheckpointKey(log.installation.config, { dryRun });

	it('is created once the previous one is anchored, takes over every tree, and is not replaced too soon', async () => {
		const first = await log.firstKey();
		expect(await rotate(true)).toBeNull();
		const key = await rotate();
		expect(key).toMatchObject({ version: 2, vkey: expect.not.stringContaining(first) });
		await expect(rotate()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('not in use yet'),
		});
		await log.publish();
		await expect(rotate()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringContaining('not anchored yet'),
		});
		await log.anchor();
		const { chain } = await log.chain(first);
		expect([chain.rootVkey, chain.incarnation]).toEqual([key?.vkey, 1]);
		const behind = await log.admin`select tree from audit_trees t where (
			select max(index) from audit_root_leaves r where r.tree = t.tree
		) < (select max(index) from audit_root_leaves where kind = 'SIGNER')`;
		expect([...behind]).toEqual([]);
		expect(await rotate()).toMatchObject({ version: 3 });
		await log.anchor();
		expect((await log.chain(first)).chain.length).toBe(3);
	});
});
