import { existsSync } from 'node:fs';
import { join } from 'node:path';
import {
	CreateKeyCommand,
	DisableKeyCommand,
	DisableKeyRotationCommand,
	EnableKeyCommand,
	EnableKeyRotationCommand,
	type KMSClient,
	ListKeysCommand,
	UpdateAliasCommand,
} from '@aws-sdk/client-kms';
import { afterAll, beforeAll, describe, expect, inject, it, vi } from 'vitest';
import { endAll, firmseal, firmsealJson, MAIN, newDirectory, startApi, words } from '../system/program.ts';
import { asAdministrator } from './administrator.ts';
import { type CloudInstallation, newCloudInstallation } from './cloud-installation.ts';

const { moto } = inject('clouds');
// Each test starts the program several times.
vi.setConfig({ testTimeout: 120_000 });

describe.skipIf(!moto)(`commands on keys in AWS KMS${moto ? '' : ' (skipped: moto_server is not installed)'}`, () => {
	let cloud: CloudInstallation;
	/** The administrator of the account. */
	let kms: KMSClient;

	const wrappingKeyOf = async (id: string) =>
		(await firmsealJson(cloud.env, 'keys', 'list')).result.wrappingKeys.find(
			(key: { firm: string }) => key.firm === id,
		);
	const create = (slug: string, ...more: string[]) =>
		firmsealJson(cloud.env, ...words`firm create --slug ${slug} --name ${slug} --owner owner@${slug}.example`, ...more);
	const doctor = async (env = cloud.env) => {
		const { code, result } = await firmsealJson(env, 'doctor');
		const wrong = result.findings.filter(({ ok }: { ok: boolean | null }) => ok === false);
		return { code, wrong: wrong.map(({ check, fix }: { check: string; fix: string }) => `${check}: ${fix}`) };
	};

	beforeAll(async () => {
		cloud = await newCloudInstallation();
		kms = asAdministrator(moto ?? '', cloud.account);
		// Two at once, as if two machines were set up.
		const both = await Promise.all([firmsealJson(cloud.env, 'init'), firmsealJson(cloud.env, 'init')]);
		expect(both.map(({ code, error }) => ({ code, error }))).toEqual([{ code: 0 }, { code: 0 }]);
		const people = ['one', 'two'].flatMap((name) => ['--approver', `${name}@platform.example`]);
		expect(await firmsealJson(cloud.env, 'init', ...people)).toMatchObject({ code: 0, ok: true });
	});

	afterAll(async () => {
		await cloud.stop();
		await endAll();
	});

	it('init creates the platform’s key in the service, and no local keyring', async () => {
		expect(existsSync(join(cloud.env.FIRMSEAL_DATA_DIR ?? '', 'keyring'))).toBe(false);
		expect(existsSync(join(cloud.env.FIRMSEAL_DATA_DIR ?? '', 'root.key'))).toBe(false);
		const again = await firmsealJson(cloud.env, 'init');
		expect(again).toMatchObject({ code: 0, result: { isNew: false } });
		const platform = await wrappingKeyOf('00000000-0000-0000-0000-000000000000');
		expect(platform).toMatchObject({ state: 'ENABLED', isOwn: false });
		expect(platform.version).toBeGreaterThan(1);
		expect(platform.keyId).toMatch(RegExp(`^arn:aws:kms:${cloud.env.AWS_REGION}:${cloud.account}:key/`));
	});

	it('firm create creates a key, or accepts the one that the firm brings', async () => {
		const made = await create('acme');
		expect(made).toMatchObject({ code: 0, ok: true });
		expect(await wrappingKeyOf(made.result.id)).toMatchObject({ version: 1, state: 'ENABLED', isOwn: false });

		const { KeyMetadata: { Arn = '' } = {} } = await kms.send(new CreateKeyCommand({ KeyUsage: 'ENCRYPT_DECRYPT' }));
		const tried = await create('baker', '--key', Arn, '--dry-run');
		expect(tried).toMatchObject({ code: 0, result: { dryRun: true, slug: 'baker' } });
		const brought = await create('baker', '--key', Arn);
		expect(brought).toMatchObject({ code: 0, ok: true });
		expect(await wrappingKeyOf(brought.result.id)).toMatchObject({ keyId: Arn, state: 'ENABLED', isOwn: true });
		const { stdout } = await firmseal(cloud.env, 'keys', 'list', '--firm', 'baker');
		expect(stdout).toMatch(RegExp(`^baker +its own key +1 +ENABLED +- +${Arn}$`, 'm'));
		expect(await create('caxton', '--key', Arn)).toMatchObject({
			code: 1,
			error: { code: 'BAD_USER_INPUT', message: expect.stringContaining('another firm') },
		});
		expect(await doctor()).toEqual({ code: 0, wrong: [] });
	});

	it('firm create refuses an unsuitable key, and creates no firm', async () => {
		const other = `arn:aws:kms:${cloud.env.AWS_REGION}:999988887777:key/8f4a1d0e-0000-4000-8000-000000000001`;
		const { KeyMetadata: { Arn: asymmetric = '' } = {} } = await kms.send(
			new CreateKeyCommand({ KeyUsage: 'ENCRYPT_DECRYPT', KeySpec: 'RSA_2048' }),
		);
		for (const [key, about] of [
			[other, /another AWS account/],
			[asymmetric, /not a symmetric key/],
			['nonsense', /by its ARN/],
		] as const) {
			const { code, error } = await create('dover', '--key', key);
			expect({ code, error }).toEqual({
				code: 1,
				error: { code: 'BAD_USER_INPUT', message: expect.stringMatching(about) },
			});
		}
		const { result } = await firmsealJson(cloud.env, 'firm', 'list');
		expect(result.firms.map(({ slug }: { slug: string }) => slug)).not.toContain('dover');
	});

	it('firm create for an owner of another firm leaves no unused key', async () => {
		const countKeys = async () => (await kms.send(new ListKeysCommand({}))).Keys?.length;
		const { result } = await create('heron');
		const before = await countKeys();
		const { code, error } = await create('egret', '--owner-subject', result.ownerId);
		expect({ code, error: error.code }).toEqual({ code: 1, error: 'CONFLICT' });
		expect(await countKeys()).toBe(before);
	});

	it('doctor reports a disabled key, one without rotation, and an alias of another key', async () => {
		const { result } = await create('fenn');
		const { keyId } = await wrappingKeyOf(result.id);
		const id = keyId.split('/')[1];
		await kms.send(new DisableKeyCommand({ KeyId: id }));
		await kms.send(new DisableKeyRotationCommand({ KeyId: id }));
		expect((await doctor()).wrong).toEqual([
			'the wrapping key of fenn works: The key is DISABLED: restore or enable it.',
			expect.stringMatching(/rotates every wrapping key .*: Turn on the yearly rotation of the keys of fenn\.$/),
		]);
		await kms.send(new EnableKeyCommand({ KeyId: id }));
		await kms.send(new EnableKeyRotationCommand({ KeyId: id }));
		const { KeyMetadata } = await kms.send(new CreateKeyCommand({ KeyUsage: 'ENCRYPT_DECRYPT' }));
		const name = `alias/firmseal/${result.id}`;
		await kms.send(new UpdateAliasCommand({ AliasName: name, TargetKeyId: KeyMetadata?.KeyId }));
		expect((await doctor()).wrong).toEqual([
			expect.stringMatching(
				/^every data key was wrapped under .*: Those of fenn were not: if a job is changing the key, let it end. Otherwise restore the firm's former key/,
			),
		]);
		await kms.send(new UpdateAliasCommand({ AliasName: name, TargetKeyId: id }));
		expect((await doctor()).code).toBe(0);
	});

	it('doctor opens each data key with the service after a restore, and reports a firm that has withdrawn its key', async () => {
		const examine = async () => {
			const { result } = await firmsealJson(cloud.env, 'doctor', '--after-restore');
			return (result.findings as { check: string; ok: boolean; fix: string | null }[]).filter(({ check }) =>
				check.startsWith('the keyring opens each data key'),
			);
		};
		expect(await examine()).toEqual([{ check: expect.stringMatching(/data key: [1-9]\d* \(/), ok: true, fix: null }]);
		const { result } = await firmsealJson(cloud.env, 'firm', 'list');
		const { id } = result.firms.find(({ slug }: { slug: string }) => slug === 'baker');
		const KeyId = (await wrappingKeyOf(id)).keyId.split('/')[1];
		await kms.send(new DisableKeyCommand({ KeyId }));
		expect(await examine()).toEqual([
			{
				check: 'the keyring opens each data key of baker',
				ok: false,
				fix: expect.stringMatching(RegExp(`wrapping key of firm ${id} is DISABLED\\. It is the firm’s own key`)),
			},
		]);
		await kms.send(new EnableKeyCommand({ KeyId }));
	});

	it('report in one sentence why keys are unreachable, in every command', async () => {
		const none = {
			...cloud.env,
			AWS_ACCESS_KEY_ID: '',
			AWS_SECRET_ACCESS_KEY: '',
			AWS_EC2_METADATA_DISABLED: 'true',
			HOME: newDirectory(),
		};
		const unreachable = { ...cloud.env, AWS_ENDPOINT_URL_KMS: 'http://127.0.0.1:1' };
		for (const [env, sentence] of [
			[none, /^firmseal: This process has no AWS credentials: [^\n]+\n$/],
			[unreachable, /^firmseal: The key service cannot be reached: [^\n]+\n$/],
		] as const) {
			const made = await firmseal(env, ...words`firm create --slug gale --name Gale --owner o@gale.example`);
			expect({ code: made.code, stderr: made.stderr }).toEqual({ code: 1, stderr: expect.stringMatching(sentence) });
		}
		const { code, stderr } = await firmseal(none, 'init');
		expect({ code, stderr }).toEqual({ code: 1, stderr: expect.stringContaining('no AWS credentials') });
	});

	it('refuse another account or region for this installation', async () => {
		const elsewhere = { ...cloud.env, AWS_REGION: 'eu-west-3' };
		const sentence = /AWS KMS, in the account and region of this process, is of another installation.*set AWS_REGION/;
		for (const command of ['init', 'serve'] as const)
			expect(await firmseal(elsewhere, command)).toMatchObject({ code: 1, stderr: expect.stringMatching(sentence) });
		const { wrong } = await doctor(elsewhere);
		expect(wrong[0]).toMatch(/^the keyring opens and belongs to this installation: AWS KMS/);
	});

	it('do not start a broker in production that cannot grant, and a plane without its key service serves metadata and says so', async () => {
		const withoutDatabases = Object.entries(cloud.env).filter(([name]) => !name.endsWith('DATABASE_URL'));
		const production = {
			...Object.fromEntries(withoutDatabases),
			FIRMSEAL_ENV: 'production',
			FIRMSEAL_PLANE: 'firm',
			FIRMSEAL_PORT: '0',
			FIRMSEAL_OBJECTS: 's3',
			FIRMSEAL_S3_BUCKET: 'files-of-firms',
			FIRMSEAL_ANCHOR_BUCKET: 'anchors-of-the-log',
			FIRMSEAL_INSTALLATION: 'seal.example',
			FIRMSEAL_JWT_ISSUER: 'https://id.example',
			FIRMSEAL_JWT_AUDIENCE: 'firmseal',
			FIRMSEAL_JWKS_URL: 'https://id.example/keys',
			FIRMSEAL_JWT_CLIENTS: 'workspace',
			NODE_OPTIONS: '--disable-sigusr1',
			// Set by the test runner.
			NODE_COMPILE_CACHE: '',
		};
		const { DATABASE_URL = '', FIRMSEAL_BROKER_DATABASE_URL = '' } = cloud.env;
		const { code, stderr } = await firmseal(
			{ ...production, FIRMSEAL_BROKER_DATABASE_URL, FIRMSEAL_KMS_ROLE_OPERATOR: '' },
			'broker',
		);
		expect({ code, stderr }).toEqual({
			code: 1,
			stderr: expect.stringMatching(
				/^firmseal: The broker gives grants to the role in FIRMSEAL_KMS_ROLE_OPERATOR[^\n]+set both\.$/m,
			),
		});
		const plane = { ...production, DATABASE_URL, AWS_ENDPOINT_URL_STS: 'http://127.0.0.1:1' };
		const { output, url, kill, ended } = await startApi(plane, [MAIN, 'serve']);
		const ready = await fetch(`${url}/health/ready`);
		expect([ready.status, await ready.json()]).toMatchObject([200, { ok: true, checks: { 'keyring firm': false } }]);
		kill('SIGTERM');
		expect(await ended).toMatchObject({ code: 0 });
		const said = `${output.stdout}${output.stderr}`;
		expect(said).toContain('content stays closed until the key service answers. The key service cannot be reached: ');
		expect(said).not.toContain('Production refuses');
	});

	it('require a region', async () => {
		const { AWS_REGION: _, ...env } = cloud.env;
		const { code, stderr } = await firmseal(env, 'keys', 'list');
		expect({ code, stderr }).toEqual({
			code: 1,
			stderr: 'firmseal: AWS_REGION must be set: FIRMSEAL_KEYRING is aws-kms.\n',
		});
	});
});
