import { createHash } from 'node:crypto';
import { DeleteObjectCommand, PutObjectRetentionCommand } from '@aws-sdk/client-s3';
import type { BucketAccess } from './bucket-access.ts';

const DAY = 86_400_000;

/** null: objects may be deleted at any time. */
export interface Retention {
	/** Whole days for which no one can delete an object or change it, with whatever rights. */
	readonly retainDays: number | null;
}

/** What a new object asks for; only a bucket with Object Lock takes it. */
export const retentionOf = ({ retainDays }: Retention) =>
	retainDays === null
		? {}
		: ({ ObjectLockMode: 'COMPLIANCE', ObjectLockRetainUntilDate: new Date(Date.now() + retainDays * DAY) } as const);

/** Services that know no newer checksum want this one of an object that is to be locked. */
export const digestOf = ({ retainDays }: Retention, bytes: Uint8Array) =>
	retainDays === null ? {} : { ContentMD5: createHash('md5').update(bytes).digest('base64') };

/**
 * Asks once more for what the upload has asked for: not every service heeds it of an object in parts, or says so when its bucket can't.
 * What isn't kept is taken back.
 */
export async function keep(access: BucketAccess, name: string, version: string | undefined): Promise<void> {
	const { client, bucket } = access;
	const { ObjectLockMode: Mode, ObjectLockRetainUntilDate: RetainUntilDate } = retentionOf(access);
	if (Mode === undefined) return;
	const of = { Bucket: bucket, Key: name, VersionId: version };
	try {
		await client.send(new PutObjectRetentionCommand({ ...of, Retention: { Mode, RetainUntilDate } }));
	} catch (error) {
		await client.send(new DeleteObjectCommand(of)).catch(() => {});
		throw error;
	}
}

/** The setting that names such a bucket. */
export const settingOf = ({ retainDays }: Retention): string =>
	retainDays === null ? 'FIRMSEAL_S3_BUCKET' : 'FIRMSEAL_ANCHOR_BUCKET';
