import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** What an application imports: for its page, for its worker, and for a passphrase. */
const PARTS = {
	page: "export { AnsweringSteps, createFirmseal, createWithPasskey, createWorkerVault, JoiningSteps, OpenFieldsLink, unlockWithPasskey } from './src/client/index.ts'",
	worker: "import { serveVault } from './src/client/worker/serve-vault.ts'; serveVault(self);",
	age: "export * from './src/client/vault/passphrase.ts'",
};

/** Bytes of gzip that each part loads at its start, beside Apollo Client. */
export async function measureSizes(): Promise<Readonly<Record<keyof typeof PARTS, number>>> {
	const [page, worker, age] = await Promise.all([sizeOf(PARTS.page), sizeOf(PARTS.worker), sizeOf(PARTS.age)]);
	return { page, worker, age };
}

async function sizeOf(contents: string): Promise<number> {
	const { outputFiles } = await build({
		stdin: { contents, resolveDir: ROOT, loader: 'ts' },
		bundle: true,
		format: 'esm',
		minify: true,
		write: false,
		external: ['@apollo/client', 'rxjs', 'graphql'],
		plugins: [
			{
				// Loaded at their first use, so without them.
				name: 'lazy',
				setup({ onResolve }) {
					onResolve({ filter: /./ }, ({ kind, path }) =>
						kind === 'dynamic-import' ? { path, external: true } : undefined,
					);
				},
			},
		],
	});
	return gzipSync(outputFiles[0]?.contents ?? '', { level: 9 }).length;
}
