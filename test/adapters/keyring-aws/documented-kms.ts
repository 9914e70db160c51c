import { createCipheriv, createDecipheriv, randomBytes, randomUUID } from 'node:crypto';
import type { KeyringPrincipal } from '../../../src/keys/index.ts';
import { assumed, type FakeKms, type Reply, startFakeKms } from '../../support/fake-kms.ts';

interface Grant {
	readonly GrantId: string;
	readonly Name: string;
	readonly GranteePrincipal: string;
	readonly Operations: readonly string[];
	readonly Constraints: { readonly EncryptionContextEquals: Context };
	readonly CreationDate: number;
	readonly tokens: string[];
	/** Time in milliseconds from which all of KMS knows the grant. */
	readonly knownAt: number;
}

interface Key {
	readonly id: string;
	state: 'Enabled' | 'Disabled' | 'PendingDeletion';
	deletion?: number;
	readonly material: Buffer[];
	readonly tags: Map<string, string>;
	readonly grants: Map<string, Grant>;
}

type Context = Readonly<Record<string, string>>;
// biome-ignore lint/suspicious/noExplicitAny: the body of any operation
type Body = any;

export interface DocumentedKms extends FakeKms {
	readonly account: string;
	readonly roles: Readonly<Record<KeyringPrincipal, string>>;
}

const PLATFORM = '00000000-0000-0000-0000-000000000000';
const REGION = 'eu-central-1';

/** Throws a KMS error by its name. */
class Refused extends Error {}

/**
 * A model of what KMS's documentation describes and the emulator lacks: key states, grants with constraints and tokens, KeyId, and the rights of
 * roles (as deploy/ gives them). It shows that the adapter agrees with our reading of the documentation, not that KMS does. `lag`:
 * milliseconds until a new grant is known everywhere.
 */
export async function startDocumentedKms({ lag = 0 } = {}): Promise<DocumentedKms> {
	const kms = await startFakeKms();
	const account = '111122223333';
	const role = (name: string) => `arn:aws:iam::${account}:role/firmseal-${name}`;
	const keys = new Map<string, Key>();
	const aliases = new Map<string, string>();
	const arnOf = ({ id }: Key) => `arn:aws:kms:${REGION}:${account}:key/${id}`;

	function find(name: string): Key {
		const key = keys.get(aliases.get(name) ?? name.replace(/^.*:key\//, ''));
		if (!key) throw new Refused('NotFoundException');
		return key;
	}

	function usable(key: Key): Key {
		if (key.state === 'Disabled') throw new Refused('DisabledException');
		if (key.state !== 'Enabled') throw new Refused('KMSInvalidStateException');
		return key;
	}

	function assertNotPendingDeletion(key: Key): Key {
		if (key.state === 'PendingDeletion') throw new Refused('KMSInvalidStateException');
		return key;
	}

	const isGranted = (key: Key, context: Context, tokens: readonly string[]): boolean =>
		[...key.grants.values()].some(
			(grant) =>
				grant.GranteePrincipal === role('operator') &&
				grant.Operations.includes('Decrypt') &&
				same(grant.Constraints.EncryptionContextEquals, context) &&
				(grant.knownAt <= Date.now() || grant.tokens.some((token) => tokens.includes(token))),
		);

	/** The rights of the roles in deploy/. */
	function assertMay(
		caller: string,
		act: 'Decrypt' | 'Generate' | 'ReEncrypt' | 'Encrypt',
		key: Key,
		context: Context,
		tokens: string[],
	) {
		const isPlatform = context.firm === PLATFORM;
		const isCheckpoint = context.class === 'CHECKPOINT';
		const may = {
			FIRM: (act === 'Decrypt' || act === 'Generate') && !isPlatform && !isCheckpoint,
			OPERATOR: act === 'Decrypt' && ((isPlatform && context.class === 'RIGHTS') || isGranted(key, context, tokens)),
			BROKER: act === 'Decrypt' && context.class === 'RIGHTS',
			WORKER: act === 'ReEncrypt' || !isCheckpoint,
			SIGNER: act !== 'ReEncrypt' && isPlatform && isCheckpoint,
		}[caller.replace('ASIAFIRMSEAL', '')];
		if (!may) throw new Refused('AccessDeniedException');
	}

	const seal = (key: Key, context: Context, plaintext: Buffer): string => {
		const version = key.material.length - 1;
		const cipher = createCipheriv('aes-256-gcm', key.material[version] as Buffer, Buffer.alloc(12, version));
		cipher.setAAD(Buffer.from(textOf(context)));
		const body = Buffer.concat([cipher.update(Buffer.concat([randomBytes(16), plaintext])), cipher.final()]);
		return Buffer.concat([Buffer.from(key.id), Buffer.of(version), body, cipher.getAuthTag()]).toString('base64');
	};

	function open(key: Key, context: Context, blob: string): Buffer {
		const bytes = Buffer.from(blob, 'base64');
		const under = keys.get(bytes.subarray(0, 36).toString());
		if (bytes.length < 69 || !under) throw new Refused('InvalidCiphertextException');
		if (under !== key) throw new Refused('IncorrectKeyException');
		const version = bytes[36] as number;
		try {
			const decipher = createDecipheriv('aes-256-gcm', key.material[version] as Buffer, Buffer.alloc(12, version));
			decipher.setAAD(Buffer.from(textOf(context))).setAuthTag(bytes.subarray(-16));
			return Buffer.concat([decipher.update(bytes.subarray(37, -16)), decipher.final()]).subarray(16);
		} catch {
			throw new Refused('InvalidCiphertextException');
		}
	}

	const describe = (key: Key) => ({
		KeyMetadata: {
			KeyId: key.id,
			Arn: arnOf(key),
			AWSAccountId: account,
			CreationDate: 1_700_000_000,
			KeyState: key.state,
			KeyManager: 'CUSTOMER',
			KeySpec: 'SYMMETRIC_DEFAULT',
			KeyUsage: 'ENCRYPT_DECRYPT',
			...(key.deletion && { DeletionDate: key.deletion }),
		},
	});

	const operations: Record<string, (body: Body, caller: string) => unknown> = {
		CreateKey({ Tags = [] }) {
			const tags = new Map<string, string>(Tags.map(({ TagKey, TagValue }: Body) => [TagKey, TagValue]));
			const key: Key = { id: randomUUID(), state: 'Enabled', material: [randomBytes(32)], tags, grants: new Map() };
			keys.set(key.id, key);
			return describe(key);
		},
		CreateAlias({ AliasName, TargetKeyId }) {
			if (aliases.has(AliasName)) throw new Refused('AlreadyExistsException');
			aliases.set(AliasName, find(TargetKeyId).id);
		},
		UpdateAlias({ AliasName, TargetKeyId }) {
			if (!aliases.has(AliasName)) throw new Refused('NotFoundException');
			const key = find(TargetKeyId);
			if (key.state === 'PendingDeletion') throw new Refused('KMSInvalidStateException');
			aliases.set(AliasName, key.id);
		},
		DeleteAlias({ AliasName }) {
			if (!aliases.delete(AliasName)) throw new Refused('NotFoundException');
		},
		TagResource({ KeyId, Tags }) {
			const { tags } = assertNotPendingDeletion(find(KeyId));
			for (const { TagKey, TagValue } of Tags) tags.set(TagKey, TagValue);
		},
		UntagResource({ KeyId, TagKeys }) {
			const { tags } = assertNotPendingDeletion(find(KeyId));
			for (const name of TagKeys) tags.delete(name);
		},
		DescribeKey: ({ KeyId }) => describe(find(KeyId)),
		EnableKeyRotation: ({ KeyId }) => void usable(find(KeyId)),
		ListResourceTags: ({ KeyId }) => ({
			Tags: [...find(KeyId).tags].map(([TagKey, TagValue]) => ({ TagKey, TagValue })),
		}),
		ListKeyRotations: ({ KeyId }) => ({
			Rotations: find(KeyId)
				.material.slice(1)
				.map(() => ({ KeyId })),
		}),
		GetKeyRotationStatus: ({ KeyId }) => ({ KeyRotationEnabled: find(KeyId).state !== 'PendingDeletion' }),
		RotateKeyOnDemand: ({ KeyId }) => void usable(find(KeyId)).material.push(randomBytes(32)),
		DisableKey: ({ KeyId }) => void move(KeyId, ['Enabled', 'Disabled'], 'Disabled'),
		EnableKey: ({ KeyId }) => void move(KeyId, ['Enabled', 'Disabled'], 'Enabled'),
		ScheduleKeyDeletion({ KeyId, PendingWindowInDays }) {
			const key = move(KeyId, ['Enabled', 'Disabled'], 'PendingDeletion');
			key.deletion = Math.floor(Date.now() / 1000) + PendingWindowInDays * 86_400;
			return { KeyId, DeletionDate: key.deletion };
		},
		CancelKeyDeletion: ({ KeyId }) => void delete move(KeyId, ['PendingDeletion'], 'Disabled').deletion,
		GenerateDataKey({ KeyId, EncryptionContext }, caller) {
			const key = usable(find(KeyId));
			assertMay(caller, 'Generate', key, EncryptionContext, []);
			const plaintext = randomBytes(32);
			const CiphertextBlob = seal(key, EncryptionContext, plaintext);
			return { KeyId: arnOf(key), Plaintext: plaintext.toString('base64'), CiphertextBlob };
		},
		Decrypt({ KeyId, EncryptionContext, CiphertextBlob, GrantTokens = [] }, caller) {
			const key = find(KeyId);
			assertMay(caller, 'Decrypt', key, EncryptionContext, GrantTokens);
			const plaintext = open(usable(key), EncryptionContext, CiphertextBlob);
			return { KeyId: arnOf(key), Plaintext: plaintext.toString('base64') };
		},
		Encrypt({ KeyId, EncryptionContext, Plaintext }, caller) {
			const key = usable(find(KeyId));
			assertMay(caller, 'Encrypt', key, EncryptionContext, []);
			return { KeyId: arnOf(key), CiphertextBlob: seal(key, EncryptionContext, Buffer.from(Plaintext, 'base64')) };
		},
		ReEncrypt(body, caller) {
			const [source, destination] = [usable(find(body.SourceKeyId)), usable(find(body.DestinationKeyId))];
			assertMay(caller, 'ReEncrypt', source, body.SourceEncryptionContext, []);
			const plaintext = open(source, body.SourceEncryptionContext, body.CiphertextBlob);
			const CiphertextBlob = seal(destination, body.DestinationEncryptionContext, plaintext);
			return { KeyId: arnOf(destination), SourceKeyId: arnOf(source), CiphertextBlob };
		},
		CreateGrant({ KeyId, Name, GranteePrincipal, RetiringPrincipal: _, Operations, Constraints }) {
			const { grants } = usable(find(KeyId));
			const token = randomUUID();
			const terms = (grant: Body) => textOf([grant.Name, grant.GranteePrincipal, grant.Operations, grant.Constraints]);
			const wanted = { Name, GranteePrincipal, Operations, Constraints };
			const twin = [...grants.values()].find((grant) => terms(grant) === terms(wanted));
			const grant = twin ?? {
				...wanted,
				GrantId: randomBytes(32).toString('hex'),
				CreationDate: Math.floor(Date.now() / 1000),
				tokens: [] as string[],
				knownAt: Date.now() + lag,
			};
			grant.tokens.push(token);
			grants.set(grant.GrantId, grant);
			return { GrantId: grant.GrantId, GrantToken: token };
		},
		ListGrants: ({ KeyId }) => ({
			Grants: [...find(KeyId).grants.values()]
				.filter(({ knownAt }) => knownAt <= Date.now())
				.map(({ tokens: _, knownAt: __, ...grant }) => grant),
		}),
		RevokeGrant({ KeyId, GrantId }) {
			if (!find(KeyId).grants.delete(GrantId)) throw new Refused('NotFoundException');
		},
	};

	function move(name: string, from: readonly Key['state'][], to: Key['state']): Key {
		const key = find(name);
		if (!from.includes(key.state)) throw new Refused('KMSInvalidStateException');
		key.state = to;
		return key;
	}

	for (const [name, act] of Object.entries(operations))
		kms.script(name, (body, caller): Reply => {
			try {
				return { json: act(body, caller) ?? null };
			} catch (error) {
				if (error instanceof Refused) return { error: error.message };
				throw error;
			}
		});
	kms.script('AssumeRole', ({ RoleArn, RoleSessionName }) =>
		assumed(RoleArn, `ASIA${RoleSessionName.replace('-', '').toUpperCase()}`),
	);
	return {
		...kms,
		account,
		roles: {
			firm: role('firm'),
			operator: role('operator'),
			broker: role('broker'),
			worker: role('worker'),
			signer: role('signer'),
		},
	};
}

const textOf = (value: unknown): string =>
	JSON.stringify(value, (_, part) =>
		part && typeof part === 'object' && !Array.isArray(part)
			? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
			: part,
	);

const same = (a: Context, b: Context) => textOf(a) === textOf(b);
