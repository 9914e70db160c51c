import { randomUUID } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TestFirm, TestInstallation } from '../support/installation.ts';
import { embedded } from '../support/own-servers.ts';
import { makePopulated } from '../support/populated.ts';
import { firmsealJson } from '../system/program.ts';

describe('firmseal doctor on the object store', () => {
	let installation: TestInstallation;
	let north: TestFirm;

	beforeAll(async () => {
		({ installation, north } = await makePopulated(embedded));
	});
	afterAll(() => installation?.close());

	const findings = async (env: Readonly<Record<string, string>> = {}) => {
		const { result } = await firmsealJson({ ...installation.env, ...env }, 'doctor');
		return (result.findings as { check: string; ok: boolean | null; fix: string | null }[]).filter(({ check }) =>
			/object(?!s or space)|anchors/.test(check),
		);
	};

	const at = (name: string) => join(installation.config.dataDir, name);

	it('creates no directory, and reports a missing one as unknown', async () => {
		expect((await findings()).map(({ check, ok, fix }) => [check, ok, fix])).toEqual([
			['the object store can be used', null, `${at('objects')} does not exist yet: an API creates it when it starts.`],
			[
				'the log’s anchors can be reached',
				null,
				`${at('anchors')} does not exist: a worker creates it when it starts. If it existed before, restore it from a backup.`,
			],
			['no object without a file waits for a worker for more than ten minutes', true, null],
		]);
		expect((await firmsealJson(installation.env, 'doctor', '--after-restore')).code).toBe(0);
		expect(['objects', 'anchors'].filter((name) => existsSync(at(name)))).toEqual([]);
	});

	it('finds nothing wrong with directories that only their owner can access', async () => {
		for (const name of ['objects', 'anchors']) mkdirSync(at(name), { mode: 0o700 });
		expect((await findings()).map(({ check, ok }) => [check, ok])).toEqual([
			['the object store can be used', true],
			['only its owner can access the directory of objects', true],
			['the disk of the objects has at least 1 GiB free', true],
			['the log’s anchors can be reached', true],
			['anchors: only its owner can access the directory of objects', true],
			['anchors: the disk of the objects has at least 1 GiB free', true],
			['no object without a file waits for a worker for more than ten minutes', true],
		]);
	});

	it('reports a directory that other users can access, and one that is a link', async () => {
		const directory = at('objects');
		chmodSync(directory, 0o755);
		expect((await findings())[0]).toMatchObject({ ok: false, fix: expect.stringMatching(/open to other users/) });
		rmSync(directory, { recursive: true });
		symlinkSync('/tmp', directory);
		expect((await findings())[0]).toMatchObject({ ok: false, fix: expect.stringMatching(/is not a directory/) });
		rmSync(directory);
	});

	it('reports an anchor directory that other users can access', async () => {
		const directory = at('anchors');
		chmodSync(directory, 0o755);
		const found = (await findings()).find(({ check }) => check === 'the log’s anchors can be reached');
		expect(found).toMatchObject({ ok: false, fix: expect.stringMatching(/anchors is open to other users/) });
		rmSync(directory, { recursive: true });
	});

	it('reports uploads that no worker has cleaned up, and stored objects that were lost with their directory', async () => {
		await installation.admin`insert into stored_objects (tag, firm_id, document_id, version_id, touched_at)
			values (${randomUUID()}, ${north.id}, ${uuidv7()}, ${uuidv7()}, now() - interval '1 hour')`;
		await installation.admin`insert into stored_objects (tag, firm_id, document_id, version_id, state, size, sha256)
			values (${randomUUID()}, ${north.id}, ${uuidv7()}, ${uuidv7()}, 'STORED', 1, ${Buffer.alloc(32)})`;
		const found = await findings();
		expect(found.at(-1)).toMatchObject({
			ok: false,
			fix: expect.stringMatching(/^1 object waits longer: run `firmseal worker`/),
		});
		expect(found[0]).toMatchObject({
			ok: false,
			fix: `${at('objects')} is missing, and with it the objects of 1 file: restore it from a backup.`,
		});
	});

	it('reports a bucket that does not answer', async () => {
		const env = {
			FIRMSEAL_OBJECTS: 's3',
			FIRMSEAL_S3_BUCKET: 'firmseal-objects',
			AWS_REGION: 'eu-central-1',
			AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
			AWS_ACCESS_KEY_ID: 'tests',
			AWS_SECRET_ACCESS_KEY: 'only-for-tests',
		};
		expect((await findings(env))[0]).toMatchObject({ ok: false, fix: expect.stringMatching(/does not answer/) });
	});
});
