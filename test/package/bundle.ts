import { build } from 'esbuild';

/** What a bundler makes of a module's text: an expression that answers its exports, and the files that have a share in it. */
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
