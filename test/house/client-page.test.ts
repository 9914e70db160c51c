import { describe, expect, it } from 'vitest';
import { files, flat, read } from './tree.ts';

const PAGE = 'docs/how-to/use-apollo-client.md';

const sources = files()
	.filter((path) => /^test\/clients\/[^.]+(\.test)?\.ts$/.test(path))
	.map((path) => flat(read(path)));

describe(PAGE, () => {
	const blocks = [...read(PAGE).matchAll(/^ *```ts\n(.*?)^ *```$/gms)].map(([, block = '']) => flat(block));

	it.each(blocks)('shows only code that the tests run: %s', (block) => {
		expect(sources.filter((source) => source.includes(block))).toHaveLength(1);
	});

	it('shows code for the client, lists, changes and errors', () => {
		expect(blocks.length).toBeGreaterThan(8);
	});
});
