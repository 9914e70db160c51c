#!/usr/bin/env node
// The program is TypeScript, which Node runs as it is from 24 on. An older Node hands over to the one of the `node`
// package beside this program, and passes on what it is told.
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('./main.ts', import.meta.url));

if (Number(process.versions.node.split('.')[0]) >= 24) await import(main);
else {
	const child = spawn(findNode(), [main, ...process.argv.slice(2)], { stdio: 'inherit' });
	for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
	child.once('error', () => {
		process.stderr.write('firmseal: Node 24 or newer is needed: run npm ci, or install it.\n');
		process.exitCode = 1;
	});
	child.once('exit', (code) => {
		process.exitCode = code ?? 1;
	});
}

/** The package's own, or one that does not exist, whose absence is told above. */
function findNode() {
	try {
		return join(dirname(createRequire(import.meta.url).resolve('node/package.json')), 'bin', 'node');
	} catch {
		return 'node-24';
	}
}
