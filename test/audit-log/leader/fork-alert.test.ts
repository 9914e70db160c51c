import { expect, it } from 'vitest';
import { makeInstallation } from '../../support/installation.ts';
import { embedded } from '../../support/own-servers.ts';
import { headOf, publishAlone } from './publish-alone.ts';

it('a tree that the signer refuses is an alert, even after an outage of the database', async () => {
	const installation = await makeInstallation(embedded);
	const { admin } = installation;
	try {
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
	} finally {
		await installation.close();
	}
});
