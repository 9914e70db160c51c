import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from '@aws-sdk/client-s3';
import { isObjectName, type ListedObject } from '../../documents/index.ts';
import type { BucketAccess } from './bucket-access.ts';

/** All objects as they are now, in the order of their names, as the service lists them; a thousand by each request. */
export async function* listObjects({ client, bucket }: BucketAccess): AsyncIterable<ListedObject> {
	let ContinuationToken: string | undefined;
	do {
		const page: ListObjectsV2CommandOutput = await client.send(
			new ListObjectsV2Command({ Bucket: bucket, ContinuationToken }),
		);
		for (const { Key, Size } of page.Contents ?? []) if (isObjectName(Key)) yield { name: Key, size: Size ?? 0 };
		ContinuationToken = page.IsTruncated ? page.NextContinuationToken : undefined;
	} while (ContinuationToken !== undefined);
}
