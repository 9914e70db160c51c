import { build } from 'esbuild';

/** Bundles a module's text. Returns an expression for its exports, its size in bytes, and the files that contribute to it. */
export async function bundle(contents: string, resolveDir: string, platform: 'browser' | 'node' = 'browser') {
	const { outputFiles, metafile } = await build({
		stdin: { contents, resolveDir },
		absWorkingDir: resolveDir,
		bundle: true,
		format: 'iife',
		globalName: 'bundled',
		platform,
		write: false,
		minify: true,
		metafile: true,
		logLevel: 'silent',
		external: ['fast-check'],
	});
	const [made] = Object.values(metafile.outputs);
	const kept = Object.entries(made?.inputs ?? {}).filter(
		([path, { bytesInOutput }]) => path !== '<stdin>' && bytesInOutput > 0,
	);
	return {
		expression: `${outputFiles[0]?.text}; bundled`,
		bytes: made?.bytes ?? 0,
		kept: kept.map(([path]) => path.replace('node_modules/firmseal/dist/', '')).sort(),
	};
}
