import {
	GetBucketEncryptionCommand,
	GetBucketLifecycleConfigurationCommand,
	GetBucketPolicyCommand,
	GetBucketVersioningCommand,
	GetObjectLockConfigurationCommand,
	GetPublicAccessBlockCommand,
	type LifecycleRule,
} from '@aws-sdk/client-s3';
import type { StoreFinding } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { type Setting, setting } from './setting.ts';

/** Days after which doctor wants unfinished uploads and old versions gone: the worker has taken them long before. */
const MAX_DAYS = 30;

/**
 * How the bucket is set up, by what its settings say. Of one whose objects are kept for a time, its encryption isn't asked for, since they
 * hold no content, nor that versions expire, since they must not.
 */
export async function inspect(access: BucketAccess): Promise<readonly StoreFinding[]> {
	if (access.retainDays !== null)
		return [
			await publicAccess(access),
			await versioning(access),
			await objectLock(access),
			await unfinished(access),
			...(await transport(access)),
		];
	return [
		...(await encryption(access)),
		await publicAccess(access),
		await versioning(access),
		await unfinished(access),
		await oldVersions(access),
		...(await transport(access)),
	];
}

async function objectLock({ client, bucket }: BucketAccess): Promise<StoreFinding> {
	const answer = await setting(() => client.send(new GetObjectLockConfigurationCommand({ Bucket: bucket })));
	return finding('the bucket locks its objects', answer, {
		ok: answer.value?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled',
		mend: 'Enable Object Lock: without it, anyone who may delete objects can rewrite the history of the log.',
	});
}

async function encryption({ client, bucket }: BucketAccess): Promise<StoreFinding[]> {
	const answer = await setting(() => client.send(new GetBucketEncryptionCommand({ Bucket: bucket })));
	const rule = answer.value?.ServerSideEncryptionConfiguration?.Rules?.[0];
	const byDefault = rule?.ApplyServerSideEncryptionByDefault;
	return [
		finding('the bucket encrypts by a key of KMS', answer, {
			ok: byDefault?.SSEAlgorithm?.startsWith('aws:kms') === true && Boolean(byDefault.KMSMasterKeyID),
			mend: 'Make SSE-KMS with a key of your own the bucket’s default encryption.',
		}),
		finding('the bucket uses a bucket key', answer, {
			ok: rule?.BucketKeyEnabled === true,
			mend: 'Enable the bucket key: without it each request of each object is a request of KMS.',
		}),
	];
}

async function publicAccess({ client, bucket }: BucketAccess): Promise<StoreFinding> {
	const answer = await setting(() => client.send(new GetPublicAccessBlockCommand({ Bucket: bucket })));
	const block = answer.value?.PublicAccessBlockConfiguration;
	return finding('the bucket blocks all public access', answer, {
		ok: Boolean(
			block?.BlockPublicAcls && block.BlockPublicPolicy && block.IgnorePublicAcls && block.RestrictPublicBuckets,
		),
		mend: 'Block all public access: all four settings.',
	});
}

async function versioning({ client, bucket }: BucketAccess): Promise<StoreFinding> {
	const answer = await setting(() => client.send(new GetBucketVersioningCommand({ Bucket: bucket })));
	return finding('the bucket keeps versions', answer, {
		ok: answer.value?.Status === 'Enabled',
		mend: 'Enable versioning, so that an object that is overwritten or deleted can be restored.',
	});
}

async function unfinished(access: BucketAccess): Promise<StoreFinding> {
	const { answer, rules } = await lifecycle(access);
	return finding('the bucket ends unfinished uploads', answer, {
		ok: rules.some((rule) => isInTime(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation)),
		mend: 'Add a lifecycle rule for the whole bucket that aborts incomplete multipart uploads after 7 days.',
	});
}

async function oldVersions(access: BucketAccess): Promise<StoreFinding> {
	const { answer, rules } = await lifecycle(access);
	return finding('the bucket lets old versions expire', answer, {
		ok: rules.some((rule) => isInTime(rule.NoncurrentVersionExpiration?.NoncurrentDays)),
		mend: 'Add a lifecycle rule for the whole bucket that expires noncurrent versions after 30 days.',
	});
}

const isInTime = (days: number | undefined) => days !== undefined && days <= MAX_DAYS;

async function lifecycle({ client, bucket }: BucketAccess) {
	const answer = await setting(() => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })));
	return { answer, rules: (answer.value?.Rules ?? []).filter(isOfWholeBucket) };
}

function isOfWholeBucket(rule: LifecycleRule): boolean {
	const { Prefix: prefix, ...further } = rule.Filter ?? {};
	// Rules of before there were filters have it beside them.
	const { Prefix: older } = rule as { readonly Prefix?: string };
	const isNarrower = Object.values(further).some((value) => value !== undefined);
	return rule.Status === 'Enabled' && !prefix && !older && !isNarrower;
}

/** Nothing is said of a policy that can't be read: not everyone who uses a bucket may read its policy. */
async function transport({ client, bucket }: BucketAccess): Promise<StoreFinding[]> {
	const answer = await setting(() => client.send(new GetBucketPolicyCommand({ Bucket: bucket })));
	if (answer.isDenied) return [];
	return [
		finding('the bucket’s policy refuses unencrypted connections', answer, {
			ok: deniesPlainHttp(answer.value?.Policy ?? ''),
			mend: 'Add a statement to the bucket’s policy that denies everything to everyone where aws:SecureTransport is false.',
		}),
	];
}

interface Statement {
	readonly Effect?: string;
	readonly Principal?: unknown;
	readonly Condition?: { readonly Bool?: Readonly<Record<string, unknown>> };
}

function deniesPlainHttp(policy: string): boolean {
	try {
		const { Statement } = JSON.parse(policy) as { readonly Statement?: Statement | readonly Statement[] };
		return [Statement ?? []]
			.flat()
			.some(
				({ Effect, Principal, Condition }) =>
					Effect === 'Deny' &&
					['*', '{"AWS":"*"}'].includes(typeof Principal === 'string' ? Principal : JSON.stringify(Principal)) &&
					String(Condition?.Bool?.['aws:SecureTransport']) === 'false',
			);
	} catch {
		return false;
	}
}

const finding = (
	check: string,
	{ isDenied }: Setting<unknown>,
	{ ok, mend }: { readonly ok: boolean; readonly mend: string },
): StoreFinding => {
	if (isDenied) return { check, ok: false, mend: 'It cannot be read: give the role the rights that doctor needs.' };
	return { check, ok, mend: ok ? null : mend };
};
