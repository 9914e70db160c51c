import { randomBytes } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { contentOf, type FileClient, filesAt, makeDocument } from '../support/files.ts';
import type { TestApi, TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { ask, ended, keysOf } from './stage.ts';

describe('files under an older key', () => {
	let installation: TestInstallation;
	let api: TestApi;
	let files: FileClient;
	let north: TestFirm;
	const documents: { readonly id: string; readonly bytes: readonly Buffer[] }[] = [];
	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
		api = await installation.serve();
		files = filesAt(api.url);
		await installation.startWorker({}, { propagationSeconds: 1 });
		for (const sizes of [[0], [1], [16_383, 16_384], [16_385], [300_000, 16_384 * 33]]) {
			const id = await makeDocument(api.ask, north.member);
			const bytes = sizes.map((size) => randomBytes(size));
			for (const each of bytes) expect((await files.put(north.member, id, each)).status).toBe(201);
			documents.push({ id, bytes });
		}
	});
	afterAll(() => installation?.close());

	const job = async (kind: 'ROTATE' | 'REENCRYPT', version: number) =>
		ended(installation, (await ask(installation, { firm: north.id, kind, class: 'DOCUMENT', version })).job.id);
	/** The data key version in the header of each stored object, by tag. */
	const onDisk = () =>
		Object.fromEntries(
			readdirSync(join(installation.directory, 'objects'), { recursive: true, withFileTypes: true })
				.filter((entry) => entry.isFile() && /^[0-9a-f]{32}$/.test(entry.name))
				.map(({ parentPath, name }) => [
					parentPath.split('/').at(-1),
					readFileSync(join(parentPath, name)).readUInt32BE(8),
				]),
		);
	const stored = () =>
		installation.admin`select tag, key_version, state from stored_objects where state = 'STORED' order by tag`;
	const readAll = async () => {
		for (const { id, bytes } of documents)
			for (const [index, each] of bytes.entries()) {
				const { status, bytes: read } = await files.get(north.member, contentOf(id, index + 1));
				expect([status, read.equals(each)]).toEqual([200, true]);
			}
	};

	it('are rewritten under the newest key with the same content, and the old objects are deleted', async () => {
		expect((await stored()).map(({ key_version }) => Number(key_version))).toEqual(Array(7).fill(1));
		expect((await job('ROTATE', 2)).state).toBe('DONE');
		await readAll();
		const before = new Set((await stored()).map(({ tag }) => tag));
		const done = await job('REENCRYPT', 2);
		// Seven files, and the location of each, in its version and five times in its document.
		expect(done).toMatchObject({ state: 'DONE', failed: '0' });
		const after = await stored();
		expect(after).toHaveLength(7);
		expect(after.some(({ tag }) => before.has(tag))).toBe(false);
		const versions = onDisk();
		for (const { tag, key_version } of after) expect([versions[tag], Number(key_version)]).toEqual([2, 2]);
		await readAll();
		expect(
			(await keysOf(installation, north.id)).filter(({ class: of }) => of === 'DOCUMENT').map(({ state }) => state),
		).toEqual(['DISABLED', 'ACTIVE']);
		// Concurrent readers had a minute.
		await installation.admin`update stored_objects set touched_at = now() - interval '2 minutes' where state = 'DELETING'`;
		await installation.workUntil(() => Object.keys(onDisk()).length === 7);
		await readAll();
	});

	it('that do not open are counted and stay, and the old key stays too', async () => {
		const [damaged] = await stored();
		const directory = join(installation.directory, 'objects');
		const path = readdirSync(directory, { recursive: true })
			.map(String)
			.find((name) => name.includes(`${damaged?.tag}/`) && /[0-9a-f]{32}$/.test(name));
		const whole = readFileSync(join(directory, path ?? ''));
		const broken = Buffer.from(whole);
		broken.writeUInt8((broken.at(-1) ?? 0) ^ 1, broken.length - 1);
		writeFileSync(join(directory, path ?? ''), broken);
		expect((await job('ROTATE', 3)).state).toBe('DONE');
		expect(await job('REENCRYPT', 3)).toMatchObject({ state: 'FAILED', trouble: 'CIPHERTEXT_INVALID', failed: '1' });
		const states = (await keysOf(installation, north.id))
			.filter(({ class: of }) => of === 'DOCUMENT')
			.map(({ state }) => state);
		expect(states).toEqual(['DISABLED', 'RETIRED', 'ACTIVE']);
		const entries = await installation.admin`select leaf::json as leaf from audit_entries
			where leaf::json ->> 'action' = 'content.fail' and leaf::json ->> 'plane' = 'worker'`;
		expect(entries[0]?.leaf).toMatchObject({ coordinates: ['DocumentVersion.content'], reason: 'CIPHERTEXT_INVALID' });
		// After a repair, a repeated request completes.
		writeFileSync(join(directory, path ?? ''), whole);
		expect(await job('REENCRYPT', 3)).toMatchObject({ state: 'DONE' });
		await readAll();
	});

	it('are not started under a closed version', async () => {
		const id = await makeDocument(api.ask, north.member);
		// A process that does not know of the closed version and still has the older key in memory.
		await installation.admin`update key_floors set version = 99 where firm_id = ${north.id} and class = 'DOCUMENT'`;
		const { status, json } = await files.put(north.member, id, randomBytes(10));
		expect([status, json.code]).toEqual([503, 'KEY_UNAVAILABLE']);
		await installation.admin`update key_floors set version = 3 where firm_id = ${north.id} and class = 'DOCUMENT'`;
		expect((await files.put(north.member, id, randomBytes(10))).status).toBe(201);
	});
});
