import type { ObjectStore } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';
import { checkBucket } from './check-bucket.ts';
import { type ClientOptions, createClient, IDLE_TIMEOUT } from './client.ts';
import { countTag, deleteTag, sweepUploads } from './delete-objects.ts';
import { toObjectStoreError } from './errors.ts';
import { inspect } from './inspect.ts';
import { listObjects } from './list-objects.ts';
import { measure, read } from './read.ts';
import { retained } from './retained.ts';
import { settingOf } from './retention.ts';
import { upload } from './upload.ts';

export interface S3ObjectsOptions extends ClientOptions {
	readonly bucket: string;
	/** Id, alias or ARN of the KMS key of new objects; null: the bucket's own default. */
	readonly kmsKeyId: string | null;
	/**
	 * Whole days for which nobody can delete or change an object, the account's root included; only a bucket with Object Lock takes one so.
	 * Not given: no such time, and deleting is left to whoever has the right.
	 */
	readonly retainDays?: number;
}

/** Objects in a bucket of S3 (README.md). To be guarded: names, ranges and the bounds of a write are checked there. */
export function openS3Objects({
	bucket,
	kmsKeyId,
	retainDays,
	idleTimeout = IDLE_TIMEOUT,
	...of
}: S3ObjectsOptions): ObjectStore {
	const place: BucketAccess = {
		client: createClient({ ...of, idleTimeout: idleTimeout }),
		bucket,
		encryption: { kmsKeyId },
		idleTimeout: idleTimeout,
		retainDays: retainDays ?? null,
	};
	const told = (error: unknown) => toObjectStoreError(error, settingOf(place));
	const orAsTold = <Answer>(work: () => Promise<Answer>): Promise<Answer> =>
		work().catch((error: unknown) => {
			throw told(error);
		});
	return {
		bucket,
		write: (name, body, options) => orAsTold(() => upload(place, name, body, options)),
		measure: (name) => orAsTold(() => measure(place, name)),
		async *read(name, range, signal) {
			try {
				yield* read(place, name, range, signal);
			} catch (error) {
				throw told(error);
			}
		},
		delete: (tag) => orAsTold(() => deleteTag(place, tag)),
		async *list() {
			try {
				yield* listObjects(place);
			} catch (error) {
				throw told(error);
			}
		},
		count: (tag) => orAsTold(() => countTag(place, tag)),
		retained: (tags) => orAsTold(() => retained(place, tags)),
		sweep: (before) => orAsTold(() => sweepUploads(place, before)),
		inspect: () => orAsTold(() => inspect(place)),
		check: () => orAsTold(() => checkBucket(place)),
	};
}
