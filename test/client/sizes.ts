import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build, type Metafile } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/**
 * What an application imports: for its page, and for its worker. The page names the modules that the index exports, because esbuild, as the
 * only bundler, puts what an unused export of an index loads later into chunks, and what those share with the page into its start.
 */
const PARTS = {
	page: `
		export { OpenFieldsLink } from './src/client/apollo-link.ts';
		export { AnsweringSteps, createFirmseal, JoiningSteps } from './src/client/connection/index.ts';
		export { createWithPasskey, unlockWithPasskey } from './src/client/worker/passkey.ts';
		export { createWorkerVault } from './src/client/worker/worker-vault.ts';
	`,
	worker: "import { serveVault } from './src/client/worker/serve-vault.ts'; serveVault(self);",
};

/** Bytes of gzip, beside Apollo Client. */
export interface LoadedPart {
	/** What is loaded before anything is asked of it. */
	readonly start: number;
	/** What each module that is loaded at its first use adds, by the name of its file. */
	readonly later: Readonly<Record<string, number>>;
}

export async function measureSizes(): Promise<Readonly<Record<keyof typeof PARTS, LoadedPart>>> {
	const [page, worker] = await Promise.all([sizesOf(PARTS.page), sizesOf(PARTS.worker)]);
	return { page, worker };
}

async function sizesOf(contents: string): Promise<LoadedPart> {
	const { metafile, outputFiles } = await build({
		stdin: { contents, resolveDir: ROOT, loader: 'ts' },
		absWorkingDir: ROOT,
		bundle: true,
		splitting: true,
		format: 'esm',
		minify: true,
		metafile: true,
		write: false,
		outdir: '.',
		external: ['@apollo/client', 'rxjs', 'graphql'],
	});
	const bytes = new Map(outputFiles.map(({ path, contents: file }) => [path, gzipSync(file, { level: 9 }).length]));
	const sum = (chunks: readonly string[]): number =>
		chunks.reduce((total, chunk) => total + (bytes.get(ROOT + chunk) ?? Number.NaN), 0);
	const entries = Object.entries(metafile.outputs).flatMap(([chunk, { entryPoint }]) =>
		entryPoint === undefined ? [] : [{ chunk, entryPoint, loads: loadedWith(chunk, metafile) }],
	);
	const start = entries.find(({ entryPoint }) => entryPoint === '<stdin>')?.loads ?? new Set();
	const later = entries
		.filter(({ chunk }) => !start.has(chunk))
		.map(({ entryPoint, loads }) => [nameOf(entryPoint), sum([...loads].filter((each) => !start.has(each)))] as const);
	return { start: sum([...start]), later: Object.fromEntries(later) };
}

/** A chunk with all that it imports statically. */
function loadedWith(chunk: string, metafile: Metafile, loads: Set<string> = new Set()): ReadonlySet<string> {
	loads.add(chunk);
	for (const { path, kind, external } of metafile.outputs[chunk]?.imports ?? [])
		if (kind === 'import-statement' && !external && !loads.has(path)) loadedWith(path, metafile, loads);
	return loads;
}

/** Of a package, its own name. */
const nameOf = (entryPoint: string): string =>
	/^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(entryPoint)?.[1] ?? entryPoint.replace(/^.*\//, '');
