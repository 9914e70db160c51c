import {
	CreateKeyCommand,
	DescribeKeyCommand,
	DisableKeyCommand,
	EnableKeyCommand,
	type KMSClient,
	ListGrantsCommand,
	ListResourceTagsCommand,
} from '@aws-sdk/client-kms';
import { expect, vi } from 'vitest';
import { wrappingKeyChangeRequest } from '../../src/jobs/index.ts';
import { startDocumentedKms } from '../adapters/keyring-aws/documented-kms.ts';
import { ask, ended, readNotes, writeNotes } from '../jobs/stage.ts';
import { makeInstallation, type TestApi, type TestFirm, type TestInstallation } from '../support/installation.ts';
import { type KmsProxy, startKmsProxy } from '../support/kms-proxy.ts';
import { MOTO_REGION, newMotoAccount } from '../support/moto.ts';
import { embedded } from '../support/own-servers.ts';
import type { Person } from '../support/person.ts';
import { asAdministrator } from './administrator.ts';

/** A key service, and its administrator. */
interface Service {
	readonly url: string;
	readonly account: string;
	readonly roles: Readonly<Record<string, string>>;
	/** The proxy that passes calls on to the service. */
	readonly front: KmsProxy;
	stop(): Promise<void>;
}

/** The emulator, with KMS's protocol and ciphertexts, and our model of the documentation, with states, aliases, rights and keys. */
async function startService(of: 'moto' | 'model', moto: string | null): Promise<Service> {
	const kms =
		of === 'model'
			? await startDocumentedKms()
			: { url: moto ?? '', ...newMotoAccount(), stop: () => Promise.resolve() };
	const front = await startKmsProxy(kms.url);
	return {
		url: kms.url,
		account: kms.account,
		roles: kms.roles,
		front,
		async stop() {
			await front.stop();
			await kms.stop();
		},
	};
}

/** The emulator doesn't disable a key that is named by its ARN. */
const idOf = (arn: string) => arn.replace(/^.*:key\//, '');

/** An installation whose firms bring keys. */
export interface BringStage {
	readonly installation: TestInstallation;
	readonly north: TestFirm;
	readonly harbour: TestFirm;
	readonly front: KmsProxy;
	/** The administrator of the key service. */
	readonly kms: KMSClient;
	readonly apis: readonly [TestApi, TestApi];
	/** Creates a key as a firm does. Returns its ARN. */
	newKey(spec?: 'SYMMETRIC_DEFAULT' | 'RSA_2048'): Promise<string>;
	disable(arn: string): Promise<unknown>;
	enable(arn: string): Promise<unknown>;
	/** State of a key, by its ARN or alias; null if there is none. */
	stateOf(key: string): Promise<string | null>;
	tagsOf(arn: string): Promise<Readonly<Record<string, string>>>;
	/** ARN of the key that an alias names; null if there is none. */
	namedBy(alias: string): Promise<string | null>;
	/** Ids of the grants on a key. */
	grantsOn(arn: string): Promise<readonly string[]>;
	/** ARNs of the keys that wrap the firm's data keys. */
	under(firm: TestFirm): Promise<readonly string[]>;
	/** Approves a job as an owner. Returns the error code, or the state of the job. */
	approve(token: Person, job: string, hash?: string): Promise<string>;
	hashOf(token: Person, job: string): Promise<string>;
	end(job: string): ReturnType<typeof ended>;
	/** Requests a change as a command does, and approves it as the owner. Returns the id of the job. */
	change(firm: TestFirm, own: string | null): Promise<string>;
	/** Whether everything that was written can be opened; for north unless another firm is given. */
	readsAll(api: TestApi, firm?: TestFirm): Promise<boolean>;
	/** Adds a firm that brings its key from the beginning. */
	addOwnFirm(slug: string, arn: string): Promise<TestFirm>;
	close(): Promise<void>;
}

export async function makeBringStage(of: 'moto' | 'model', moto: string | null): Promise<BringStage> {
	const service = await startService(of, moto);
	vi.stubEnv('AWS_ACCESS_KEY_ID', 'anybody');
	vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'anything');
	const installation = await makeInstallation(embedded, {
		settings: {
			FIRMSEAL_KEYRING: 'aws-kms',
			AWS_REGION: MOTO_REGION,
			AWS_ENDPOINT_URL: service.url,
			AWS_ENDPOINT_URL_KMS: service.front.url,
			AWS_ACCESS_KEY_ID: 'anybody',
			AWS_SECRET_ACCESS_KEY: 'anything',
			...Object.fromEntries(
				Object.entries(service.roles).map(([name, arn]) => [`FIRMSEAL_KMS_ROLE_${name.toUpperCase()}`, arn]),
			),
		},
	});
	const kms: KMSClient = asAdministrator(service.url, service.account);
	const [north, harbour] = [await installation.addFirm('north'), await installation.addFirm('harbour')];
	const apis = [await installation.serve(), await installation.serve()] as const;
	const notesOf = new Map([[north.id, await writeNotes(apis[0], north, ['one', 'two'])]]);
	const describe = (name: string) =>
		kms.send(new DescribeKeyCommand({ KeyId: name })).then(
			({ KeyMetadata }) => KeyMetadata ?? null,
			() => null,
		);
	const hashOf: BringStage['hashOf'] = async (token, job) => {
		const { data } = await apis[0].ask(token, '{ firmJobs { id requestHash } }');
		return data?.firmJobs?.find(({ id }: { id: string }) => id === job)?.requestHash ?? '0'.repeat(64);
	};
	const approve: BringStage['approve'] = async (token, job, hash) => {
		const input = { jobId: job, requestHash: hash ?? (await hashOf(token, job)) };
		const { data, errors } = await apis[0].ask(
			token,
			'mutation ($input: ApproveJobInput!) { approveJob(input: $input) { job { state } } }',
			{ input },
		);
		return errors[0]?.extensions.code ?? data.approveJob.job.state;
	};
	return {
		installation,
		north,
		harbour,
		front: service.front,
		kms,
		apis,
		async newKey(spec = 'SYMMETRIC_DEFAULT') {
			const usage = spec === 'RSA_2048' ? 'SIGN_VERIFY' : 'ENCRYPT_DECRYPT';
			const made = await kms.send(new CreateKeyCommand({ KeySpec: spec, KeyUsage: usage }));
			return made.KeyMetadata?.Arn ?? '';
		},
		disable: (arn) => kms.send(new DisableKeyCommand({ KeyId: idOf(arn) })),
		enable: (arn) => kms.send(new EnableKeyCommand({ KeyId: idOf(arn) })),
		stateOf: async (key) => (await describe(key))?.KeyState ?? null,
		async tagsOf(arn) {
			const { Tags = [] } = await kms.send(new ListResourceTagsCommand({ KeyId: arn }));
			return Object.fromEntries(Tags.map(({ TagKey = '', TagValue = '' }) => [TagKey, TagValue]));
		},
		async grantsOn(arn) {
			const { Grants = [] } = await kms.send(new ListGrantsCommand({ KeyId: arn }));
			return Grants.map(({ GrantId = '' }) => GrantId);
		},
		namedBy: async (alias) => (await describe(alias))?.Arn ?? null,
		async under(firm) {
			const rows = await installation.admin`
				select distinct key_id from data_keys where firm_id = ${firm.id} and state <> 'DESTROYED' order by 1`;
			return rows.map(({ key_id }) => key_id);
		},
		approve,
		hashOf,
		end: (job) => ended(installation, job),
		async change(firm, own) {
			const { job } = await ask(installation, wrappingKeyChangeRequest(firm.id, own));
			expect(await approve(firm.owner, job.id)).toBe('QUEUED');
			return job.id;
		},
		async addOwnFirm(slug, arn) {
			const firm = await installation.addFirm(slug, arn);
			notesOf.set(firm.id, await writeNotes(apis[0], firm, ['one', 'two']));
			return firm;
		},
		async readsAll(api, firm = north) {
			const { notes: read, errors } = await readNotes(api, firm, notesOf.get(firm.id) ?? []);
			return errors.length === 0 && read.map((note) => note?.body).join() === 'one,two';
		},
		async close() {
			await installation.close();
			await service.stop();
		},
	};
}
