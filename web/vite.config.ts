import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vite';

const file = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Four pages that share their parts: the workspace, the console, the verifier, and the page on which a sign-in in a window of its own ends. */
export default defineConfig({
	root: file('.'),
	base: '/',
	logLevel: 'warn',
	resolve: { alias: { crypto: file('no-node-crypto.ts') } },
	build: {
		outDir: file('dist'),
		emptyOutDir: true,
		target: 'es2024',
		// The policy of the pages allows no inline script and no data: URL.
		modulePreload: { polyfill: false },
		assetsInlineLimit: 0,
		reportCompressedSize: false,
		rolldownOptions: {
			input: {
				workspace: file('index.html'),
				operator: file('operator/index.html'),
				verify: file('verify/index.html'),
				'signed-in': file('assets/signed-in.html'),
			},
		},
	},
	worker: { format: 'es' },
});
