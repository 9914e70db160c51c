import { S3Client } from '@aws-sdk/client-s3';
import { openS3Objects } from '../../src/adapters/objects-s3/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { objectStoreContract } from '../contract/object-store-contract.ts';
import { seenFromOutside } from '../support/buckets.ts';

const {
	AWS_REGION: region = '',
	AWS_ENDPOINT_URL: endpoint = null,
	FIRMSEAL_S3_BUCKET: bucket = '',
	FIRMSEAL_S3_KMS_KEY_ID: kmsKeyId = null,
} = process.env;

objectStoreContract('S3 (live)', async () => {
	const client = new S3Client({ region, ...(endpoint && { endpoint, forcePathStyle: true }) });
	const { countUnder, beginUpload } = seenFromOutside(client, bucket);
	return {
		store: guardStore(openS3Objects({ region, endpoint, credentials: null, bucket, kmsKeyId })),
		boundary: 8 * 2 ** 20,
		leftOf: countUnder,
		leaveUnfinished: beginUpload,
	};
});
