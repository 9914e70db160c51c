import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { type OutputChunk, rolldown } from 'rolldown';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const START = 'start';

/** What an application imports: for its page, and for its worker. */
const PARTS = {
	page: `export {
		AnsweringSteps, createFirmseal, createWithPasskey, createWorkerVault, JoiningSteps, OpenFieldsLink, unlockWithPasskey
	} from '${ROOT}src/client/index.ts';`,
	worker: `import { serveVault } from '${ROOT}src/client/worker/serve-vault.ts'; serveVault(self);`,
};

/** Bytes of gzip, beside Apollo Client, each chunk by itself. */
export interface LoadedPart {
	/** What is loaded before anything is asked of it. */
	readonly start: number;
	/** What each chunk that is loaded at its first use adds, by its name. */
	readonly later: Readonly<Record<string, number>>;
}

/** By Rolldown, with which Vite builds the pages. */
export async function measureSizes(): Promise<Readonly<Record<keyof typeof PARTS, LoadedPart>>> {
	const [page, worker] = await Promise.all([sizesOf(PARTS.page), sizesOf(PARTS.worker)]);
	return { page, worker };
}

async function sizesOf(contents: string): Promise<LoadedPart> {
	const bundle = await rolldown({
		input: { [START]: START },
		cwd: ROOT,
		platform: 'browser',
		external: ['@apollo/client', 'rxjs', 'graphql'],
		plugins: [
			{
				name: START,
				resolveId: (id) => (id === START ? id : null),
				load: (id) => (id === START ? contents : null),
			},
		],
	});
	const { output } = await bundle.generate({ format: 'es', minify: true });
	await bundle.close();
	const chunks = new Map(output.flatMap((each) => (each.type === 'chunk' ? [[each.fileName, each] as const] : [])));
	const sum = (loaded: Iterable<OutputChunk>): number =>
		[...loaded].reduce((total, { code }) => total + gzipSync(code, { level: 9 }).length, 0);
	const loadedWith = (chunk: OutputChunk, loaded: Set<OutputChunk> = new Set()): Set<OutputChunk> => {
		loaded.add(chunk);
		for (const name of chunk.imports) {
			const imported = chunks.get(name);
			if (imported && !loaded.has(imported)) loadedWith(imported, loaded);
		}
		return loaded;
	};
	const all = [...chunks.values()];
	const start = loadedWith(all.find(({ isEntry }) => isEntry) as OutputChunk);
	const later = all
		.filter((chunk) => chunk.isDynamicEntry && !start.has(chunk))
		.map((chunk) => [chunk.name, sum([...loadedWith(chunk)].filter((each) => !start.has(each)))] as const);
	return { start: sum(start), later: Object.fromEntries(later) };
}
