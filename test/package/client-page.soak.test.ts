import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { beforeAll, expect, it } from 'vitest';
import { describeInstalled } from './adopter.ts';
import { run } from './run.ts';

const CHECKOUT = fileURLToPath(new URL('../..', import.meta.url));
const PAGE = readFileSync(join(CHECKOUT, 'docs/how-to/use-the-client.md'), 'utf8');

/** Each block of code with the name of its file, which the sentence before it ends with. */
const blocks = [...PAGE.matchAll(/`([\w-]+\.ts)`:\n\n```ts\n(.*?)^```$/gms)].map(([, name = '', text = '']) => ({
	name,
	text,
}));

const CONFIG = {
	compilerOptions: {
		strict: true,
		noUncheckedIndexedAccess: true,
		exactOptionalPropertyTypes: true,
		verbatimModuleSyntax: true,
		target: 'es2024',
		module: 'preserve',
		moduleResolution: 'bundler',
		allowImportingTsExtensions: true,
		lib: ['es2024', 'dom', 'esnext.disposable'],
		types: ['node'],
		skipLibCheck: true,
		preserveSymlinks: true,
		noEmit: true,
	},
	include: ['*.ts'],
};

/** Vite as an application has it. It prints the files that it makes, and which text each has. */
const BUILD = (from: string) => `
import { build } from '${from}';
const { output } = await build({
	configFile: false, logLevel: 'silent', resolve: { preserveSymlinks: true }, worker: { format: 'es' },
	build: { write: false, rolldownOptions: { input: 'main.ts', preserveEntrySignatures: 'strict', external: [/^@apollo/, 'rxjs', 'graphql'] } },
});
console.log(JSON.stringify(output.map(({ fileName, code, source }) => ({ fileName, text: String(code ?? source) }))));`;

describeInstalled('the code of docs/how-to/use-the-client.md', (adopter) => {
	const cwd = join(adopter, 'application');
	beforeAll(() => {
		mkdirSync(join(cwd, 'node_modules/@apollo'), { recursive: true });
		mkdirSync(join(cwd, 'node_modules/@urql'));
		for (const name of ['@apollo/client', '@urql/core'])
			symlinkSync(join(CHECKOUT, 'node_modules', name), join(cwd, 'node_modules', name));
		for (const { name, text } of blocks) writeFileSync(join(cwd, name), text);
		writeFileSync(join(cwd, 'tsconfig.json'), JSON.stringify(CONFIG));
		writeFileSync(join(cwd, 'package.json'), '{ "type": "module" }');
		writeFileSync(
			join(cwd, 'main.ts'),
			"export { firmsealAt, makeDevice } from './firmseal.ts';\nexport { apolloOf } from './apollo.ts';\n",
		);
	});

	it('is all of the code that the page has', () => {
		expect(blocks.length).toBe(PAGE.match(/^```ts$/gm)?.length);
		expect(blocks.length).toBeGreaterThan(6);
	});

	it('compiles with Apollo Client and urql', async () => {
		const tsc = join(CHECKOUT, 'node_modules/typescript/bin/tsc');
		const { stdout } = await run(process.execPath, [tsc, '--pretty', 'false'], { cwd });
		expect(stdout).toBe('');
	});

	it('is bundled by Vite: the page has no vault, its worker no page, and age is loaded when needed', async () => {
		const vite = `file://${join(CHECKOUT, 'node_modules/vite/dist/node/index.js')}`;
		const { stdout, stderr } = await run(process.execPath, ['--input-type=module', '--eval', BUILD(vite)], { cwd });
		expect(stderr).toBe('');
		const files = JSON.parse(stdout) as readonly { readonly fileName: string; readonly text: string }[];
		const of = (part: string) => files.filter(({ fileName }) => fileName.includes(part)).map(({ text }) => text);
		const [page, worker] = [of('main').join(''), of('vault-worker').join('')] as const;
		expect(page).toContain('passkey-none');
		expect(page).not.toMatch(/firmseal\/record-key|mlkem768/);
		expect(worker).toContain('firmseal/record-key');
		expect(worker).not.toMatch(/deviceRequests|ApolloClient|mlkem768/);
		const [ofPage, ofWorker] = [page, worker].map((text) => gzipSync(text, { level: 9 }).length);
		expect(ofPage).toBeLessThan(20_000);
		expect(ofWorker).toBeLessThan(40_000);
		expect(of('passphrase').join('')).toContain('mlkem768');
	});
});
