import { randomUUID } from 'node:crypto';
import { chmodSync, rmSync, symlinkSync } from 'node:fs';
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
		return (result.findings as { check: string; ok: boolean; mend: string | null }[]).filter(({ check }) =>
			/object(?!s or space)|nobody’s file|anchors/.test(check),
		);
	};

	it('finds nothing wrong with a sound directory', async () => {
		expect((await findings()).map(({ check, ok }) => [check, ok])).toEqual([
			['the object store can be used', true],
			['the directory of objects is for its owner only', true],
			['the disk of the objects has 1 GiB of room', true],
			['the log’s anchors can be reached', true],
			['anchors: the directory of objects is for its owner only', true],
			['anchors: the disk of the objects has 1 GiB of room', true],
			['a worker deletes what is nobody’s file any more within ten minutes', true],
		]);
	});

	it('finds a directory that others can reach, and one that is a link', async () => {
		const directory = join(installation.config.dataDir, 'objects');
		chmodSync(directory, 0o755);
		expect((await findings())[0]).toMatchObject({ ok: false, mend: expect.stringMatching(/open to other users/) });
		rmSync(directory, { recursive: true });
		symlinkSync('/tmp', directory);
		expect((await findings())[0]).toMatchObject({ ok: false, mend: expect.stringMatching(/is no directory/) });
		rmSync(directory);
	});

	it('finds a directory of anchors that others can reach', async () => {
		const directory = join(installation.config.dataDir, 'anchors');
		chmodSync(directory, 0o755);
		const found = (await findings()).find(({ check }) => check === 'the log’s anchors can be reached');
		expect(found).toMatchObject({ ok: false, mend: expect.stringMatching(/anchors is open to other users/) });
		rmSync(directory, { recursive: true });
	});

	it('finds objects that no worker looks after', async () => {
		await installation.admin`insert into stored_objects (tag, firm_id, document_id, version_id, touched_at)
			values (${randomUUID()}, ${north.id}, ${uuidv7()}, ${uuidv7()}, now() - interval '1 hour')`;
		expect((await findings()).at(-1)).toMatchObject({
			ok: false,
			mend: expect.stringMatching(/^1 wait longer: run `firmseal worker`/),
		});
	});

	it('finds a bucket that does not answer', async () => {
		const env = {
			FIRMSEAL_OBJECTS: 's3',
			FIRMSEAL_S3_BUCKET: 'firmseal-objects',
			AWS_REGION: 'eu-central-1',
			AWS_ENDPOINT_URL_S3: 'http://127.0.0.1:1',
			AWS_ACCESS_KEY_ID: 'tests',
			AWS_SECRET_ACCESS_KEY: 'only-for-tests',
		};
		expect((await findings(env))[0]).toMatchObject({ ok: false, mend: expect.stringMatching(/does not answer/) });
	});
});
