import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import type { CustodyVectors } from './vector-shape.ts';
import { checkVectors } from './vectors.ts';

const { vectors } = JSON.parse(readFileSync(new URL('../vectors/custody-v1.json', import.meta.url), 'utf8')) as {
	vectors: CustodyVectors;
};

it('Node makes what an independent program made from the text of the format, and refuses what that refuses', async () => {
	const passed = await checkVectors(vectors);
	const { devices, envelopes, refusedEnvelopes, refusedKeys } = vectors;
	const some = [...devices, ...envelopes, ...refusedEnvelopes, ...refusedKeys.exchange, ...refusedKeys.signing];
	expect(passed.length).toBeGreaterThan(some.length);
	expect(new Set(passed).size).toBe(passed.length);
});
