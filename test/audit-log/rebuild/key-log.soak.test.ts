import { afterEach, expect, it } from 'vitest';
import { embedded } from '../../support/own-servers.ts';
import { type KeyLogScene, keyLogSceneOf } from '../key-log-scene.ts';
import { type Anchoring, makeAnchoring } from './rebuilding.ts';

let log: Anchoring;
let scene: KeyLogScene;
afterEach(async () => {
	await scene?.close();
});

it('a key log that is older than the rebuilt audit log is signed only once a device has appended what it lacks', async () => {
	log = await makeAnchoring(embedded);
	scene = keyLogSceneOf(log.installation);
	const { admin } = log;
	const [firm, other] = log.firms;
	for (const of of [firm, other]) await scene.record(of, await scene.append(of, 3));
	await log.anchor();
	// The database of before the last entry, and the audit log of its anchors.
	const [lost] = await admin`select firm_id, seq, leaf from key_log_entries where firm_id = ${firm} and seq = 2`;
	await scene.tamper(async (sql) => {
		await sql`delete from key_log_entries where firm_id = ${firm} and seq = 2`;
		await sql`delete from key_log_checkpoints`;
	});
	await log.harm((sql) => sql`truncate audit_entries, audit_leaves, audit_root_leaves, audit_root_checkpoints`);
	expect((await log.rebuild()).state).toBe('REBUILT');
	expect(await scene.found()).toContainEqual(['KEY_LOG_CUT', firm, null]);
	const leader = await scene.lead();
	expect(leader.failures).toEqual([]);
	expect(leader.refusals.map(String)).toEqual([
		expect.stringMatching(`${firm}/keys: it lacks entries that the restored audit log names`),
	]);
	expect([await scene.checkpoint(firm), await scene.checkpoint(other)]).toEqual([
		null,
		expect.objectContaining({ size: 3 }),
	]);
	await admin`insert into key_log_entries ${admin(lost as { leaf: string })}`;
	await leader.clock.advance(61_000);
	expect(await scene.checkpoint(firm)).toMatchObject({ size: 3 });
	await leader.stop();
	expect(await scene.found()).toEqual([]);
});
