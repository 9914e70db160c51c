import type { ObjectStore } from '../../documents/index.ts';
import { checkBucket } from './check-bucket.ts';
import { deleteTag, sweepUploads } from './clear.ts';
import { type ClientOptions, createClient, PATIENCE } from './client.ts';
import { ofService } from './errors.ts';
import { inspect } from './inspect.ts';
import type { Place } from './place.ts';
import { measure, read } from './read.ts';
import { upload } from './upload.ts';

export interface S3ObjectsOptions extends ClientOptions {
	readonly bucket: string;
	/** Id, alias or ARN of the KMS key of new objects; null: the bucket's own default. */
	readonly kmsKeyId: string | null;
}

/** Objects in a bucket of S3 (README.md). To be guarded: names, ranges and the bounds of a write are checked there. */
export function openS3Objects({ bucket, kmsKeyId, patience = PATIENCE, ...of }: S3ObjectsOptions): ObjectStore {
	const place: Place = { client: createClient({ ...of, patience }), bucket, encryption: { kmsKeyId }, patience };
	return {
		bucket,
		write: (name, body, options) => orAsTold(() => upload(place, name, body, options)),
		measure: (name) => orAsTold(() => measure(place, name)),
		async *read(name, range, signal) {
			try {
				yield* read(place, name, range, signal);
			} catch (error) {
				throw ofService(error);
			}
		},
		delete: (tag) => orAsTold(() => deleteTag(place, tag)),
		sweep: (before) => orAsTold(() => sweepUploads(place, before)),
		inspect: () => orAsTold(() => inspect(place)),
		check: () => orAsTold(() => checkBucket(place)),
	};
}

async function orAsTold<Answer>(work: () => Promise<Answer>): Promise<Answer> {
	try {
		return await work();
	} catch (error) {
		throw ofService(error);
	}
}
