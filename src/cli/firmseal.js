#!/usr/bin/env node
// The program is TypeScript, which Node runs as it is from 24 on. An older Node hands over to the one of the `node`
// package beside this program.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= 24) await import(main);
else {
	const node = join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
	const { status, error } = spawnSync(node, [main, ...process.argv.slice(2)], { stdio: 'inherit' });
	if (error) process.stderr.write('firmseal: Node 24 or newer is needed: run npm ci, or install it.\n');
	process.exitCode = status ?? 1;
}
