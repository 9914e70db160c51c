import { HeadBucketCommand } from '@aws-sdk/client-s3';
import type { BucketAccess } from './bucket-access.ts';
import { noBucketError, otherRegionError, statusOf } from './errors.ts';

/** @throws ObjectStoreError REFUSED if the bucket doesn't exist or is in another region; errors of the SDK. */
export async function checkBucket({ client, bucket }: Pick<BucketAccess, 'client' | 'bucket'>): Promise<void> {
	const region = await client.config.region();
	try {
		const { BucketRegion } = await client.send(new HeadBucketCommand({ Bucket: bucket }));
		// Some services answer HEAD for a bucket of any region, and only later requests fail.
		if (BucketRegion !== undefined && BucketRegion !== '' && BucketRegion !== region) throw otherRegionError();
	} catch (error) {
		if (statusOf(error) === 404) throw noBucketError();
		const regionOfBucket = headersOf(error)['x-amz-bucket-region'];
		if (regionOfBucket !== undefined && regionOfBucket !== region) throw otherRegionError();
		throw error;
	}
}

function headersOf(error: unknown): Readonly<Record<string, string | undefined>> {
	if (!(error instanceof Error) || !('$response' in error)) return {};
	const { $response: response } = error as { readonly $response?: { readonly headers?: Record<string, string> } };
	return response?.headers ?? {};
}
