import { expect, it } from 'vitest';
import { promisesPage } from '../../tools/promises/page.ts';
import { read } from './tree.ts';

it('docs/reference/promises.md names a fast test for each promise, as `npm run generate` writes it', () => {
	expect(read('docs/reference/promises.md')).toBe(promisesPage());
});
