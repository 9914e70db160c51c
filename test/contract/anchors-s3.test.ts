import { openObjectAnchorStore } from '../../src/adapters/anchors/index.ts';
import { openS3Objects } from '../../src/adapters/objects-s3/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { makeBucket, onEachService } from '../support/buckets.ts';
import { anchorStoreContract } from './anchor-store-contract.ts';

onEachService('S3', (service) => {
	anchorStoreContract(`S3 of ${service.name}`, async () => {
		const { options } = await makeBucket(service, { isLocked: true });
		const objects = guardStore(openS3Objects({ ...options, kmsKeyId: null, retainDays: 1 }));
		return (installation) => openObjectAnchorStore({ objects, installation });
	});
});
