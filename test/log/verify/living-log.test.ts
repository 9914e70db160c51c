import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openKeyring, openPlaneOf } from '../../../src/compose.ts';
import { createDataKeyStore } from '../../../src/database/index.ts';
import { createCheckpointKeys } from '../../../src/keys/index.ts';
import { published } from '../keeper/published.ts';
import { makeVerifyScene, type VerifyScene } from './verify-scene.ts';

let scene: VerifyScene;

beforeAll(async () => {
	scene = await makeVerifyScene(5);
	await scene.installation.keep();
});
afterAll(() => scene?.close());

it('finds nothing while the log is written, kept and published', async () => {
	let isOver = false;
	const writing = (async () => {
		while (!isOver) {
			for (const firm of scene.firms) await scene.append(firm, 20);
			await delay(5);
		}
	})();
	try {
		for (const end = Date.now() + 8_000; Date.now() < end; ) expect(await scene.found(50)).toEqual([]);
	} finally {
		isOver = true;
		await writing;
	}
	expect((await scene.verify()).leaves).toBeGreaterThan(1_000);
});

async function rotate(): Promise<void> {
	const { config, database } = scene.installation;
	const plane = openPlaneOf(database, 'firmseal_signer', 1);
	try {
		await createCheckpointKeys({
			keyring: await openKeyring(config, 'signer'),
			store: createDataKeyStore(plane),
		}).rotate();
	} finally {
		await plane.close();
	}
}

it('goes with the signer from one key to the next', async () => {
	const { admin } = scene.installation;
	const signers = async () => (await admin`select index from audit_root_leaves where kind = 'SIGNER'`).length;
	for (const count of [2, 3]) {
		await rotate();
		for (const firm of scene.firms) await scene.append(firm, 3);
		for (const end = Date.now() + 15_000; (await signers()) < count && Date.now() < end; ) await delay(100);
		for (const firm of scene.firms.slice(count)) await scene.append(firm, 3);
		await published(scene.installation);
		expect(await signers()).toBe(count);
		expect(await scene.found()).toEqual([]);
	}
	for (const firm of scene.firms) await scene.append(firm, 1);
	await published(scene.installation);
	const { findings, rootVkey } = await scene.verify();
	expect(findings).toEqual([]);
	const [first] = await admin`select leaf from audit_root_leaves where kind = 'SIGNER' order by index limit 1`;
	expect(rootVkey).toBe(JSON.parse(first?.leaf).key);
}, 120_000);
