import { GetObjectCommand, ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import postgres, { type Sql } from 'postgres';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { readOperationFiles } from '../../src/api/operations/operation-files.ts';
import { type Ask, askAt } from '../support/ask.ts';
import { makeBucket, onEachServiceWithKms, type TestBucket } from '../support/buckets.ts';
import { contentOf, type FileClient, filesAt, makeDocument, someBytes } from '../support/files.ts';
import {
	approveJobByCommand,
	type Env,
	endAll,
	firmsealJson,
	launch,
	MAIN,
	type Running,
	until,
	words,
} from '../system/program.ts';
import { type CloudInstallation, newCloudInstallation } from './cloud-installation.ts';
import { startIdentityProvider } from './identity-provider.ts';

const MARKER = 'privileged-and-confidential';

/** The registered operations, the only ones that the operator's plane answers. */
const operation = (name: string) => readOperationFiles().find((file) => file.name === `${name}.graphql`)?.text ?? '';

/** Gives each process only its own settings, as in docs/how-to/deploy.md. */
onEachServiceWithKms('production on AWS KMS and S3', (service) => {
	let cloud: CloudInstallation;
	let bucket: TestBucket;
	let provider: Awaited<ReturnType<typeof startIdentityProvider>>;
	let admin: Sql;
	const running: Record<string, Running> = {};
	const at: Record<'firm' | 'operator', { ask: Ask; files: FileClient }> = {} as never;
	const minted: string[] = [];
	let common: Env;

	const OWN: Readonly<Record<string, Env>> = {
		firm: { FIRMSEAL_PLANE: 'firm' },
		operator: { FIRMSEAL_PLANE: 'operator' },
		broker: {},
		worker: {},
	};
	const URL_OF: Readonly<Record<string, string>> = {
		firm: 'DATABASE_URL',
		operator: 'FIRMSEAL_OPERATOR_DATABASE_URL',
		broker: 'FIRMSEAL_BROKER_DATABASE_URL',
		worker: 'FIRMSEAL_WORKER_DATABASE_URL',
	};
	const envOf = (name: string): Env => ({
		...common,
		...OWN[name],
		[URL_OF[name] ?? '']: cloud.env[URL_OF[name] ?? ''] ?? '',
	});

	async function token(who: 'owner' | 'stranger' | 'approver' | 'second' | 'operator'): Promise<string> {
		const made = await provider.token(who);
		minted.push(made);
		return made;
	}

	async function start(name: string, command: string, said: RegExp): Promise<string> {
		const program = launch(envOf(name), process.execPath, [MAIN, command]);
		running[name] = program;
		const text = () => program.output.stdout + program.output.stderr;
		await until(() => said.test(text()) || /^Production|^Check failed/m.test(text()));
		const [, url = ''] = said.exec(text()) ?? [];
		if (!said.test(text())) throw new Error(text());
		return url;
	}

	beforeAll(async () => {
		cloud = await newCloudInstallation();
		bucket = await makeBucket(service);
		provider = await startIdentityProvider();
		const { accessKeyId, secretAccessKey } = service.credentials;
		const withoutUrls = Object.fromEntries(
			Object.entries(cloud.env).filter(([name]) => !name.endsWith('DATABASE_URL')),
		);
		common = {
			...withoutUrls,
			...provider.env,
			FIRMSEAL_ENV: 'production',
			FIRMSEAL_OBJECTS: 's3',
			FIRMSEAL_S3_BUCKET: bucket.options.bucket,
			FIRMSEAL_S3_KMS_KEY_ID: service.kmsKeyId,
			FIRMSEAL_ANCHOR_BUCKET: (await makeBucket(service, { isLocked: true })).options.bucket,
			FIRMSEAL_INSTALLATION: 'seal.example',
			AWS_ENDPOINT_URL_S3: service.endpoint,
			AWS_ACCESS_KEY_ID: accessKeyId,
			AWS_SECRET_ACCESS_KEY: secretAccessKey,
			AWS_REGION: service.region,
			NODE_OPTIONS: '--disable-sigusr1',
			// Set by the test runner.
			NODE_COMPILE_CACHE: '',
		};
		const all = {
			...common,
			...Object.fromEntries(Object.entries(cloud.env).filter(([name]) => name.endsWith('DATABASE_URL'))),
		};
		const init = await firmsealJson(
			all,
			...words`init --approver one@platform.example,approver --approver two@platform.example,second`,
		);
		expect(init).toEqual(expect.objectContaining({ ok: true }));
		const asWorker = { ...envOf('worker') };
		for (const [slug, subject] of [
			['north', 'owner'],
			['harbour', 'stranger'],
		] as const)
			expect(
				await firmsealJson(
					asWorker,
					...words`firm create --slug ${slug} --name ${slug} --owner owner@${slug}.example --owner-subject ${subject}`,
				),
			).toEqual(expect.objectContaining({ ok: true }));
		const asked = await firmsealJson(
			{ ...asWorker, FIRMSEAL_TOKEN: await token('second') },
			...words`operator add --email op@platform.example --role OPERATOR --subject operator`,
		);
		expect(asked).toEqual(expect.objectContaining({ ok: true }));
		const agreeing = { ...asWorker, FIRMSEAL_TOKEN: await token('approver') };
		const agreed = await approveJobByCommand((...of) => firmsealJson(agreeing, ...of), asked.result.job.id);
		expect(agreed).toEqual(expect.objectContaining({ ok: true }));
		for (const plane of ['firm', 'operator'] as const) {
			const url = await start(plane, 'serve', /Firmseal answers on (\S+)\/graphql/);
			at[plane] = { ask: askAt(url), files: filesAt(url) };
			expect((await fetch(`${url}/health/ready`)).status).toBe(200);
			for (const method of ['GET', 'POST'])
				for (const path of ['', '/token', '/assets/people.js'])
					expect((await fetch(`${url}/graphiql${path}`, { method })).status).toBe(404);
		}
		await start('broker', 'broker', /broker started/);
		await start('worker', 'worker', /"worker started/);
		admin = postgres(cloud.env.FIRMSEAL_ADMIN_DATABASE_URL ?? '', { max: 1, onnotice: () => {} });
		await until(async () => (await admin`select from operators where 'OPERATOR' = any (roles)`).length === 1);
	}, 180_000);

	afterAll(async () => {
		await admin?.end({ timeout: 5 });
		await endAll();
		await provider?.stop();
		await cloud?.stop();
	});

	/** All versions of a document's file in the bucket. */
	async function versionsOf(key: string) {
		const of = { Bucket: bucket.options.bucket, Prefix: key };
		return (await bucket.client.send(new ListObjectVersionsCommand(of))).Versions ?? [];
	}

	/** Uploads a document of the firm, and reads its file back. */
	async function newDocument(bytes: Buffer) {
		const { ask, files } = at.firm;
		const owner = await token('owner');
		const id = await makeDocument(ask, owner, { description: MARKER });
		expect((await files.put(owner, id, bytes)).status).toBe(201);
		const { data } = await ask(owner, `{ document(id: "${id}") { id firmId revision sha256 bucket objectKey } }`);
		return data.document;
	}

	it('serves a firm’s content and files, and seals both before they leave the process', async () => {
		const { ask, files } = at.firm;
		const owner = await token('owner');
		const made = await ask(
			owner,
			`mutation { createNote(input: { title: "${MARKER}", body: "b" }) { note { id title } } }`,
		);
		expect(made.data.createNote.note.title).toBe(MARKER);
		const bytes = Buffer.concat([Buffer.from(MARKER.repeat(2_000)), someBytes(20_000_000)]);
		const { id, bucket: Bucket, objectKey: Key } = await newDocument(bytes);
		expect((await files.get(owner, contentOf(id))).bytes.equals(bytes)).toBe(true);
		expect((await files.get(owner, contentOf(id), { range: 'bytes=-100' })).bytes.equals(bytes.subarray(-100))).toBe(
			true,
		);
		expect((await files.get(await token('stranger'), contentOf(id))).status).toBe(404);
		expect(Bucket).toBe(bucket.options.bucket);
		const object = await bucket.client.send(new GetObjectCommand({ Bucket, Key }));
		expect(object.ServerSideEncryption).toBe('aws:kms');
		expect(Buffer.from((await object.Body?.transformToByteArray()) ?? []).includes(MARKER)).toBe(false);
	});

	it('logs each unwrap with the key service’s own id of the call', async () => {
		const rows =
			await admin`select leaf from audit_entries where leaf::jsonb ->> 'action' in ('key.unwrap', 'key.generate')`;
		expect(rows.length).toBeGreaterThan(3);
		for (const { leaf } of rows) expect(JSON.parse(leaf).keys[0].requestId).toMatch(/^[0-9A-Za-z-]{10,64}$/);
	});

	it('refuses an operator every read without a lease, and every operation that is not registered', async () => {
		const { ask, files } = at.operator;
		const operator = await token('operator');
		const free = await ask(operator, '{ firms { nodes { id } } }');
		expect(free.errors[0]?.extensions.code).toBe('FORBIDDEN');
		const { id } = await newDocument(Buffer.from(MARKER));
		expect((await files.get(operator, contentOf(id))).json.code).toBe('LEASE_REQUIRED');
		expect((await at.firm.ask(operator, '{ viewer { id } }')).errors[0]?.extensions.code).toBe('FORBIDDEN');
	});

	it('lets a file be read under a lease, with grants of the key service, until the owner revokes it', async () => {
		const { ask, files } = at.operator;
		const { id, firmId } = await newDocument(Buffer.from(MARKER));
		const [operator, approver, owner] = [await token('operator'), await token('approver'), await token('owner')];
		const input = {
			firmId,
			purpose: 'CUSTOMER_SUPPORT',
			reason: 'The client cannot open the deed since Monday.',
			ticket: 'SUP-1',
			classes: ['DOCUMENT'],
			coordinates: ['Document.content'],
			minutes: 5,
		};
		const asked = await ask(operator, operation('request-break-glass'), { input });
		const { id: leaseId, requestHash } = asked.data.requestBreakGlass.lease;
		const agreed = await at.firm.ask(
			owner,
			'mutation ($leaseId: ID!, $requestHash: String!) { approveBreakGlass(leaseId: $leaseId, requestHash: $requestHash) { lease { state } } }',
			{ leaseId, requestHash },
		);
		expect(agreed.errors).toEqual([]);
		expect((await ask(approver, operation('approve-break-glass'), { leaseId, requestHash })).errors).toEqual([]);
		expect((await ask(operator, operation('activate-break-glass'), { leaseId })).errors).toEqual([]);
		const stateOf = async () => (await admin`select state from leases where id = ${leaseId}`)[0]?.state;
		await until(async () => (await stateOf()) === 'ACTIVE');
		// The broker has stored the token of the grant.
		expect(await admin`select class from lease_grant_tokens where lease_id = ${leaseId}`).toHaveLength(1);
		const under = { 'x-firmseal-lease': leaseId };
		const got = await files.get(operator, contentOf(id), under);
		expect([got.status, got.bytes.subarray(0, MARKER.length).toString()]).toEqual([200, MARKER]);
		const revoked = await at.firm.ask(
			owner,
			`mutation { revokeBreakGlass(leaseId: "${leaseId}") { lease { state } } }`,
		);
		expect(revoked.data.revokeBreakGlass.lease.state).toBe('REVOKED');
		expect((await files.get(operator, contentOf(id), under)).json.code).toBe('LEASE_NOT_ACTIVE');
		await until(async () => (await admin`select cleared_at from leases where id = ${leaseId}`)[0]?.cleared_at !== null);
	});

	it('removes every version of a deleted object from the bucket', async () => {
		const { id, revision, objectKey } = await newDocument(Buffer.from(MARKER));
		expect(await versionsOf(objectKey)).not.toEqual([]);
		const gone = await at.firm.ask(
			await token('owner'),
			`mutation { deleteDocument(input: { id: "${id}", expectedRevision: ${revision} }) { id } }`,
		);
		expect(gone.errors).toEqual([]);
		await until(
			async () =>
				(await versionsOf(objectKey)).length === 0 &&
				(await admin`select 1 from stored_objects where document_id = ${id}`).length === 0,
		);
		expect(await admin`select 1 from audit_entries where leaf::jsonb ->> 'action' = 'object.delete'`).toHaveLength(1);
	});

	it('logs no content, token or credential in any process', async () => {
		await newDocument(Buffer.from(MARKER));
		for (const { output } of Object.values(running))
			for (const secret of [MARKER, ...minted, service.credentials.secretAccessKey])
				expect((output.stdout + output.stderr).includes(secret)).toBe(false);
	});
});
