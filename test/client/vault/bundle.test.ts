import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

it('a worker loads at most 40 kB before it opens its first record; decisions and passphrases are loaded when needed', async () => {
	const entry = fileURLToPath(new URL('../../../src/client/vault/index.ts', import.meta.url));
	const { metafile, outputFiles } = await build({
		entryPoints: [entry],
		bundle: true,
		splitting: true,
		format: 'esm',
		minify: true,
		metafile: true,
		write: false,
		outdir: 'bundle',
	});
	const outputs = Object.entries(metafile.outputs);
	const isLazy = (made: (typeof metafile.outputs)[string]): boolean =>
		made.entryPoint !== undefined && !made.entryPoint.endsWith('vault/index.ts');
	const lazy = outputs
		.filter(([, made]) => isLazy(made))
		.map(([, { entryPoint = '' }]) => entryPoint.replace(/^src\/client\/vault\/|^node_modules\/|\/esm\/.*/g, ''));
	const first = outputs.filter(([, made]) => !isLazy(made));
	const sizes = first.map(([path]) => {
		const { contents } = outputFiles.find((file) => file.path.endsWith(path)) as { contents: Uint8Array };
		return gzipSync(contents, { level: 9 }).length;
	});
	expect(lazy.sort()).toEqual(['passphrase.ts', 'rare-operations.ts', 'shamir-secret-sharing']);
	expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(40_000);
	const loaded = first.flatMap(([, { inputs }]) =>
		Object.entries(inputs).filter(([, { bytesInOutput }]) => bytesInOutput > 0),
	);
	expect(loaded.some(([path]) => /age-encryption|shamir|rare-operations|recover\.ts/.test(path))).toBe(false);
});
