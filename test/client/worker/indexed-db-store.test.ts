import { expect, it } from 'vitest';
import { IndexedDbStore } from '../../../src/client/worker/indexed-db-store.ts';

it('without IndexedDB, or with one that does not open, the person reads that this browser keeps nothing', async () => {
	const opening = {
		open() {
			throw new Error('not allowed here');
		},
	};
	for (const factory of [undefined, opening]) {
		await expect(IndexedDbStore.open(factory, 'firmseal')).rejects.toMatchObject({
			code: 'INTERNAL',
			reason: 'store-none',
			message:
				'This browser keeps nothing for this page, as in a private window, so it can hold no device. Use an ordinary window.',
		});
	}
});
