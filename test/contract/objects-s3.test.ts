import { describe } from 'vitest';
import { openS3Objects } from '../../src/adapters/objects-s3/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { bucketServices, makeBucket } from '../support/buckets.ts';
import type { Gaps } from './gaps.ts';
import { objectStoreContract } from './object-store-contract.ts';

const GAPS: Readonly<Record<string, Gaps>> = {
	moto: {},
	Ceph: {},
};

const services = bucketServices();

for (const service of services)
	objectStoreContract(
		`S3 of ${service.name}`,
		async () => {
			const { options, countUnder, beginUpload } = await makeBucket(service);
			return {
				store: guardStore(openS3Objects(options)),
				boundary: 8 * 2 ** 20,
				leftOf: countUnder,
				leaveUnfinished: beginUpload,
			};
		},
		GAPS[service.name],
	);

for (const name of ['moto', 'Ceph'])
	if (!services.some((service) => service.name === name))
		describe.skip(`object store contract: S3 of ${name} (skipped: it is not installed)`, () => {});
