import { ObjectStoreError } from '../../documents/index.ts';
import type { Retention } from './retention.ts';

export interface Encryption {
	/** Id, alias or ARN of the KMS key of new objects; null for the bucket's default, which must also be a KMS key. */
	readonly kmsKeyId: string | null;
}

/**
 * Parameters of a new object. Empty without a key, because ServerSideEncryption without a key id would select AWS's managed key instead of
 * the bucket's default.
 */
export const encryptionOf = ({ kmsKeyId }: Encryption) =>
	kmsKeyId === null
		? {}
		: ({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: kmsKeyId, BucketKeyEnabled: true } as const);

interface Answer {
	readonly ServerSideEncryption?: string | undefined;
}

/**
 * Whether the service says that it encrypts the object with a KMS key. Always true for retained objects (anchors): they hold no content,
 * and must stay readable for years even if a key is lost.
 */
export const isEncrypted = ({ retainDays }: Retention, { ServerSideEncryption: by }: Answer): boolean =>
	retainDays !== null || by === 'aws:kms' || by === 'aws:kms:dsse';

export const unencryptedBucketError = () =>
	new ObjectStoreError(
		'REFUSED',
		'The bucket in FIRMSEAL_S3_BUCKET does not encrypt with a KMS key: make SSE-KMS its default encryption, or set FIRMSEAL_S3_KMS_KEY_ID.',
	);
