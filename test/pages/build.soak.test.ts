import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, readdirSync, readFileSync, symlinkSync, watch } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';
import { newDirectory, PROJECT } from '../system/program.ts';

/** All that the pages are built from, besides packages. */
const SOURCES = ['web', 'src/access', 'src/audit', 'src/client', 'src/custody', 'src/envelope', 'src/errors.ts'];
const OTHERS = ['package.json', 'package-lock.json', 'tsconfig.json'];

it('of two builds at once, the second waits and finds that of the first', { timeout: 120_000 }, async () => {
	const root = newDirectory();
	for (const path of [...SOURCES, ...OTHERS])
		cpSync(join(PROJECT, path), join(root, path), { recursive: true, filter: (from) => !/\/web\/dist/.test(from) });
	symlinkSync(join(PROJECT, 'node_modules'), join(root, 'node_modules'));
	const web = join(root, 'web');
	const begun = new Set<string>();
	const watching = watch(web, (_, name) => name?.match(/^dist\.\d+$/) && begun.add(name));
	const build = () => promisify(execFile)(process.execPath, ['web/build.ts'], { cwd: root });
	await Promise.all([build(), build()]).finally(() => watching.close());
	expect([...begun]).toHaveLength(1);
	expect(readdirSync(web).filter((name) => name.startsWith('dist'))).toEqual(['dist']);
	const read = (path: string) => readFileSync(join(web, 'dist', path));
	const { files } = JSON.parse(read('manifest.json').toString()) as { readonly files: Record<string, string> };
	for (const [path, hash] of Object.entries(files))
		expect(createHash('sha256').update(read(path)).digest('hex'), path).toBe(hash);
	expect(Object.keys(files)).toContain('index.html');
});
