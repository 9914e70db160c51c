import { expect, it } from 'vitest';
import { measureSizes } from './sizes.ts';

it('page and worker load at most 40 kB at their start; what few people need on most days is loaded at its first use', async () => {
	const { page, worker } = await measureSizes();
	expect(page.start + worker.start).toBeLessThanOrEqual(40_000);
	expect(Object.keys(page.later)).toEqual(['later']);
	expect(Object.keys(worker.later).sort()).toEqual([
		'esm',
		'hpke-suite',
		'passphrase',
		'rare-operations',
		'vault-sentences',
		'worker-sentences',
	]);
});
