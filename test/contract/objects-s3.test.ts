import { it } from 'vitest';
import { openS3Objects } from '../../src/adapters/objects-s3/index.ts';
import { guardStore } from '../../src/documents/index.ts';
import { makeBucket, onEachService } from '../support/buckets.ts';
import type { Gaps } from './gaps.ts';
import { expectOneWinner, objectStoreContract } from './object-store-contract.ts';

const GAPS: Readonly<Record<string, Gaps>> = {
	moto: {
		'lets one of two concurrent writers of one small object win': 'moto checks for the object long before it writes it',
		'lets one of two concurrent writers of one large object win': 'moto checks for the object long before it writes it',
		'sweeps nothing that started after the given time': 'moto reports for every upload that it started in 2010',
	},
	Ceph: {
		'lets one of two concurrent writers of one small object win': 'Ceph ignores conditions in a bucket with versions',
		'lets one of two concurrent writers of one large object win': 'Ceph ignores the condition of a completed upload',
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
		it('lets one of two concurrent writers of a small object win in a bucket without versions', async () => {
			const { options } = await makeBucket(service, { isVersioned: false });
			const store = guardStore(openS3Objects(options));
			for (const length of [0, 1_000, 8 * 2 ** 20 - 1]) await expectOneWinner(store, length);
		});
});
