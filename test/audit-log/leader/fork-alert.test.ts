import { afterEach, beforeEach, expect, it } from 'vitest';
import { makeInstallation, type TestInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { appendEntries, withoutTriggers } from '../key-log-rows.ts';
import { headOf, publishAlone } from './publish-alone.ts';

let installation: TestInstallation;
beforeEach(async () => {
	installation = await makeInstallation(embedded);
});
afterEach(() => installation?.close());

it('a key log that the signer refuses is an alert, and the audit log goes on', async () => {
	const { admin } = installation;
	const firm = (await installation.addFirm('south')).id;
	await appendEntries(admin, firm, 2);
	const worker = await installation.startWorker();
	await worker.publishLog();
	await worker.advance();
	const alerts = () => admin`select rule, count from alerts where subject = ${`keys:${firm}`}`;
	expect(await alerts()).toEqual([]);
	await withoutTriggers(admin, (sql) => sql`delete from key_log_entries where firm_id = ${firm} and seq = 1`);
	for (let times = 0; times < 2; times++) await worker.advance(61_000);
	expect(await alerts()).toEqual([{ rule: 'LOG_FORK', count: 1 }]);
	expect(worker.lines.filter((line) => line.includes('could not sign the key log'))).toHaveLength(1);
	await worker.publishLog();
});

it('a tree that the signer refuses is an alert, even after an outage of the database', async () => {
	const { admin } = installation;
	await installation.addFirm('north');
	await publishAlone(installation, headOf(installation));
	for (const table of ['audit_root_leaves', 'audit_root_checkpoints'])
		await admin.unsafe(`alter table ${table} disable trigger user; delete from ${table}`);
	// The first failure is a different one.
	await admin`revoke select on audit_root_leaves from firmseal_log`;
	const worker = await installation.startWorker();
	const failures = () => worker.lines.filter((line) => line.includes('could not publish the audit log')).length;
	await worker.advance();
	expect(failures()).toBe(1);
	await admin`grant select on audit_root_leaves to firmseal_log`;
	const told = () => admin`select count from alerts where rule = 'LOG_FORK' and subject = 'firmseal'`;
	await worker.advance();
	expect([failures(), ...(await told())]).toEqual([2, { count: 1 }]);
});
