import type { S3Client } from '@aws-sdk/client-s3';
import { tagOfObject } from '../../documents/index.ts';
import type { Encryption } from './encryption.ts';
import type { Retention } from './retention.ts';

export interface BucketAccess extends Encryption, Retention {
	readonly client: S3Client;
	readonly bucket: string;
	/** Milliseconds for an answer, and for its next bytes. */
	readonly idleTimeout: number;
}

/** An object carries its tag as metadata, so that every copy of it can be found and deleted. */
export const objectMetadata = (name: string) => ({ 'firmseal-tag': tagOfObject(name) });
