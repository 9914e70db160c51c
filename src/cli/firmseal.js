#!/usr/bin/env node
// In a checkout the program is TypeScript, which Node runs as it is from 24 on; an older Node hands over to the one of the
// `node` package beside it, and passes on what it is told. Node refuses TypeScript below node_modules: a package has it
// built. What a checkout has in dist/ may be stale, so the source goes first.
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const source = fileURLToPath(new URL('./main.ts', import.meta.url));
const built = new URL('../../dist/cli/main.js', import.meta.url);
const major = Number(process.versions.node.split('.')[0]);

if (!existsSync(source)) await runBuilt();
else if (major >= 24) await import(source);
else handOver();

async function runBuilt() {
	if (major >= 22) await import(built.href);
	else refuse('Node 22.19 or newer is needed.');
}

function handOver() {
	const child = spawn(findNode(), [source, ...process.argv.slice(2)], { stdio: 'inherit' });
	for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
	child.once('error', () => refuse('Node 24 or newer is needed: run npm ci, or install it.'));
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

function refuse(sentence) {
	process.stderr.write(`firmseal: ${sentence}\n`);
	process.exitCode = 1;
}
