import { afterEach, describe, expect, it } from 'vitest';
import { rebuildFromAnchors } from '../../../src/cli/recovery/rebuild-log.ts';
import { readConfig } from '../../../src/config/config.ts';
import { servers } from '../../support/both-servers.ts';
import { PASSWORD } from '../../support/installation.ts';
import { headOf } from '../leader/publish-alone.ts';
import { type Anchoring, makeAnchoring } from './rebuilding.ts';

const ADMIN = 'log_administrator';

describe.each(servers)('the log is rebuilt on $name', (server) => {
	let log: Anchoring;
	afterEach(() => log?.close());

	async function makeHarmed(): Promise<void> {
		log = await makeAnchoring(server);
		await log.append(log.firms[0], 3);
		await log.anchor();
		// Signed and not anchored: the signer's own head covers more than the restored log.
		await log.append(log.firms[1], 2);
		await log.publish();
		await log.harm((sql) => sql`truncate audit_entries, audit_leaves, audit_root_leaves, audit_root_checkpoints`);
	}

	async function goesOn(): Promise<void> {
		await log.append(log.firms[0], 1);
		expect(await log.anchor()).toMatchObject({ number: 1, adopted: false });
	}

	it('and counts as rebuilt if its process was killed after the commit', async () => {
		await makeHarmed();
		const head = headOf(log.installation);
		const lost = await head.read();
		expect(lost).toMatch(/^localhost\/firmseal\n/);
		expect((await log.rebuild()).state).toBe('REBUILT');
		// As if the head hadn't been moved aside yet.
		await head.write(lost as string);
		await expect(log.publish()).rejects.toThrow('not published');
		expect(await log.rebuild({ dryRun: true })).toMatchObject({ state: 'SOUND', incarnation: 2 });
		expect(await head.read()).toBe(lost);
		expect(await log.rebuild()).toMatchObject({ state: 'SOUND', incarnation: 2 });
		expect(await head.read()).toBeNull();
		await goesOn();
	}, 120_000);

	it('by an administrator who is not a superuser', async () => {
		await makeHarmed();
		const { admin, installation } = log;
		const [{ name } = { name: '' }] = await admin`select current_database() as name`;
		await admin.unsafe(`create role ${ADMIN} login password '${PASSWORD}'; grant firmseal_owner to ${ADMIN};
			grant temporary on database ${name} to ${ADMIN}`);
		try {
			const as = { username: ADMIN, password: PASSWORD };
			const url = Object.assign(new URL(installation.env.FIRMSEAL_ADMIN_DATABASE_URL ?? ''), as).href;
			const config = readConfig({ ...installation.env, FIRMSEAL_ADMIN_DATABASE_URL: url });
			const { state } = await rebuildFromAnchors(config, { dryRun: false, vkey: null, onProgress() {} });
			expect(state).toBe('REBUILT');
			await goesOn();
		} finally {
			await admin.unsafe(`drop owned by ${ADMIN}; drop role ${ADMIN}`);
		}
	});
});
