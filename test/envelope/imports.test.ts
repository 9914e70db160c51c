import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { expect, it } from 'vitest';

/** The build fails if the envelope imports a Node module, even through a package. */
it('the envelope imports no Node module, and uses neither Buffer nor process', async () => {
	const { outputFiles, metafile } = await build({
		entryPoints: [fileURLToPath(new URL('../../src/envelope/index.ts', import.meta.url))],
		bundle: true,
		format: 'esm',
		platform: 'browser',
		write: false,
		minifyWhitespace: true,
		metafile: true,
		logLevel: 'silent',
	});
	const reached = Object.keys(metafile.inputs).join('\n');
	for (const path of ['src/errors.ts', 'src/envelope/web-field.ts', 'src/envelope/field.ts', 'canonicalize/'])
		expect(reached).toContain(path);
	expect(outputFiles[0]?.text).not.toMatch(/\b(Buffer|process)\s*[.[(]/);
});
