import { afterAll, beforeAll, expect, it } from 'vitest';
import { createDataKeyStore } from '../../../src/database/index.ts';
import { createCheckpointKeys } from '../../../src/keys/index.ts';
import { openKeyring, openPlaneOf } from '../../../src/wiring/index.ts';
import type { TestWorker } from '../../support/installation.ts';
import { makeVerifyScene, type VerifyScene } from './verify-scene.ts';

let scene: VerifyScene;
let worker: TestWorker;

beforeAll(async () => {
	scene = await makeVerifyScene(5);
	worker = await scene.installation.startWorker();
});
afterAll(() => scene?.close());

it('finds nothing while the log is written and published', async () => {
	const writeAndKeep = async () => {
		for (const firm of scene.firms) await scene.append(firm, 20);
		await worker.advance();
	};
	for (let round = 0; round < 12; round++) {
		const [found] = await Promise.all([scene.found(50), writeAndKeep()]);
		expect(found).toEqual([]);
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

it('follows the signer from one key to the next', async () => {
	const { admin } = scene.installation;
	const signers = async () => (await admin`select index from audit_root_leaves where kind = 'SIGNER'`).length;
	for (const count of [2, 3]) {
		await rotate();
		for (const firm of scene.firms) await scene.append(firm, 3);
		// Until the signer looks for a newer key.
		await worker.advance(6_000);
		await worker.advance();
		for (const firm of scene.firms.slice(count)) await scene.append(firm, 3);
		await worker.publishLog();
		expect(await signers()).toBe(count);
		expect(await scene.found()).toEqual([]);
	}
	for (const firm of scene.firms) await scene.append(firm, 1);
	await worker.publishLog();
	const { findings, rootVkey } = await scene.verify();
	expect(findings).toEqual([]);
	const [first] = await admin`select leaf from audit_root_leaves where kind = 'SIGNER' order by index limit 1`;
	expect(rootVkey).toBe(JSON.parse(first?.leaf).key);
}, 120_000);
