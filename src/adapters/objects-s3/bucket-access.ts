import type { S3Client } from '@aws-sdk/client-s3';
import { tagOfObject } from '../../documents/index.ts';
import type { Encryption } from './encryption.ts';
import type { Retention } from './retention.ts';

/** Where objects go, and how. */
export interface BucketAccess extends Retention {
	readonly client: S3Client;
	readonly bucket: string;
	readonly encryption: Encryption;
	/** Milliseconds for an answer, and for the next bytes of one. */
	readonly idleTimeout: number;
}

/** What an object has beside its bytes: the tag by which it may be deleted, wherever a copy of it ends up. */
export const objectMetadata = (name: string) => ({ 'firmseal-tag': tagOfObject(name) });
