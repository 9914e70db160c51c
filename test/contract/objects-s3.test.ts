import { it } from 'vitest';
import { openS3Objects } from '../../src/adapters/objects-s3/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { makeBucket, onEachService } from '../support/buckets.ts';
import type { Gaps } from './gaps.ts';
import { expectOneWinner, objectStoreContract } from './object-store-contract.ts';

const GAPS: Readonly<Record<string, Gaps>> = {
	moto: {
		'lets one of two writers of one small object win': 'moto looks for the object long before it writes it',
		'lets one of two writers of one large object win': 'moto looks for the object long before it writes it',
		'sweeps nothing that began after the time': 'moto says of every upload that it began in 2010',
	},
	Ceph: {
		'lets one of two writers of one small object win': 'Ceph heeds no condition in a bucket that keeps versions',
		'lets one of two writers of one large object win': 'Ceph heeds no condition when an upload is completed',
	},
};

onEachService('S3', (service) => {
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

	if (service.name === 'Ceph')
		it('lets one of two writers of one small object win in a bucket without versions', async () => {
			const { options } = await makeBucket(service, { isVersioned: false });
			const store = guardStore(openS3Objects(options));
			for (const length of [0, 1_000, 8 * 2 ** 20 - 1]) await expectOneWinner(store, length);
		});
});
