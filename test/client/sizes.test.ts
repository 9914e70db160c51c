import { expect, it } from 'vitest';
import { measureSizes } from './sizes.ts';

it('page and worker load at most 45 kB at their start; what few people need on most days is loaded at its first use', async () => {
	const { page, worker } = await measureSizes();
	expect(page.start + worker.start).toBeLessThanOrEqual(45_000);
	expect(Object.keys({ ...page.later, ...worker.later }).sort()).toEqual([
		'hpke-suite.ts',
		'joining.ts',
		'passphrase.ts',
		'rare-operations.ts',
		'resealing.ts',
		'seal-request.ts',
		'shamir-secret-sharing',
		'vault-sentences.ts',
	]);
});
