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

/** `firmseal doctor` wants unfinished uploads and old versions deleted within so many days. */
const MAX_DAYS = 30;

/**
 * Checks the bucket's settings. A bucket that retains its objects needs no encryption, since they hold no content, and its versions must not
 * expire.
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
	return finding('the bucket has Object Lock', answer, {
		ok: answer.value?.ObjectLockConfiguration?.ObjectLockEnabled === 'Enabled',
		fix: 'Enable Object Lock: without it, anyone who may delete objects can rewrite the history of the log.',
	});
}

async function encryption({ client, bucket }: BucketAccess): Promise<StoreFinding[]> {
	const answer = await setting(() => client.send(new GetBucketEncryptionCommand({ Bucket: bucket })));
	const rule = answer.value?.ServerSideEncryptionConfiguration?.Rules?.[0];
	const byDefault = rule?.ApplyServerSideEncryptionByDefault;
	return [
		finding('the bucket encrypts with a KMS key', answer, {
			ok: byDefault?.SSEAlgorithm?.startsWith('aws:kms') === true && Boolean(byDefault.KMSMasterKeyID),
			fix: 'Set the bucket’s default encryption to SSE-KMS with your own key.',
		}),
		finding('the bucket uses a bucket key', answer, {
			ok: rule?.BucketKeyEnabled === true,
			fix: 'Enable the bucket key: without it, every request for an object makes a request to KMS.',
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
		fix: 'Block all public access: enable all four settings.',
	});
}

async function versioning({ client, bucket }: BucketAccess): Promise<StoreFinding> {
	const answer = await setting(() => client.send(new GetBucketVersioningCommand({ Bucket: bucket })));
	return finding('the bucket keeps versions', answer, {
		ok: answer.value?.Status === 'Enabled',
		fix: 'Enable versioning, so that overwritten and deleted objects can be restored.',
	});
}

async function unfinished(access: BucketAccess): Promise<StoreFinding> {
	const { answer, rules } = await lifecycle(access);
	return finding('the bucket aborts unfinished uploads', answer, {
		ok: rules.some((rule) => isInTime(rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation)),
		fix: 'Add a lifecycle rule for the whole bucket that aborts incomplete multipart uploads after 7 days.',
	});
}

async function oldVersions(access: BucketAccess): Promise<StoreFinding> {
	const { answer, rules } = await lifecycle(access);
	return finding('old versions expire in the bucket', answer, {
		ok: rules.some((rule) => isInTime(rule.NoncurrentVersionExpiration?.NoncurrentDays)),
		fix: 'Add a lifecycle rule for the whole bucket that expires noncurrent versions after 30 days.',
	});
}

const isInTime = (days: number | undefined) => days !== undefined && days <= MAX_DAYS;

async function lifecycle({ client, bucket }: BucketAccess) {
	const answer = await setting(() => client.send(new GetBucketLifecycleConfigurationCommand({ Bucket: bucket })));
	return { answer, rules: (answer.value?.Rules ?? []).filter(isOfWholeBucket) };
}

function isOfWholeBucket(rule: LifecycleRule): boolean {
	const { Prefix: prefix, ...further } = rule.Filter ?? {};
	// Older rules have the prefix outside the filter.
	const { Prefix: older } = rule as { readonly Prefix?: string };
	const isNarrower = Object.values(further).some((value) => value !== undefined);
	return rule.Status === 'Enabled' && !prefix && !older && !isNarrower;
}

/** Returns no finding if the policy can't be read, because not every role that uses a bucket may read its policy. */
async function transport({ client, bucket }: BucketAccess): Promise<StoreFinding[]> {
	const answer = await setting(() => client.send(new GetBucketPolicyCommand({ Bucket: bucket })));
	if (answer.isDenied) return [];
	return [
		finding('the bucket’s policy refuses unencrypted connections', answer, {
			ok: deniesPlainHttp(answer.value?.Policy ?? ''),
			fix: 'Add a statement to the bucket’s policy that denies everything to everyone where aws:SecureTransport is false.',
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
	{ ok, fix }: { readonly ok: boolean; readonly fix: string },
): StoreFinding => {
	if (isDenied)
		return { check, ok: false, fix: 'This setting cannot be read: give the role the rights that doctor needs.' };
	return { check, ok, fix: ok ? null : fix };
};
