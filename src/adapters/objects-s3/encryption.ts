import { ObjectStoreError } from '../../documents/index.ts';
import type { Retention } from './retention.ts';

export interface Encryption {
	/** Id, alias or ARN of the KMS key; null: the bucket's own default, which must be one of KMS too. */
	readonly kmsKeyId: string | null;
}

/**
 * What a new object asks for. Without a key nothing is asked for: a header that names no key would mean the cloud's own key of S3
 * instead of the bucket's.
 */
export const encryptionOf = ({ kmsKeyId }: Encryption) =>
	kmsKeyId === null
		? {}
		: ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true } as const);

interface Answer {
	readonly ServerSideEncryption?: string | undefined;
}

/**
 * Whether a service's answer says that what it takes is encrypted by a key of KMS. Of anchors that isn't asked: they hold no content, and
 * must be readable for years, whatever becomes of a key.
 */
export const isEncrypted = ({ retainDays }: Retention, { ServerSideEncryption: by }: Answer): boolean =>
	retainDays !== null || by === 'aws:kms' || by === 'aws:kms:dsse';

export const unencryptedBucketError = () =>
	new ObjectStoreError(
		'REFUSED',
		'The bucket in FIRMSEAL_S3_BUCKET does not encrypt by a key of KMS: make that its default, or set FIRMSEAL_S3_KMS_KEY_ID.',
	);
