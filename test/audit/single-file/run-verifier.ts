import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { compileFunction } from 'node:vm';
import type { BundleCase } from '../verify/bundle-cases.ts';

export const PROGRAM = fileURLToPath(new URL('../../../src/audit/single-file/verify-audit-log.mjs', import.meta.url));
export const SOURCE = readFileSync(PROGRAM, 'utf8');

export interface Outcome {
	readonly code: number;
	readonly out: string;
	readonly error: string;
}

/** The text of the program as a function of its process and its imports: a process for each of hundreds of files would take minutes. */
const asFunction = compileFunction(
	`return (async () => {${SOURCE.replace(/^#!/, '//').replaceAll(/^import (.*) from (.*);$/gm, 'const $1 = load($2);')}})()`,
	['process', 'load'],
	{ filename: PROGRAM },
);

export async function runVerifier(argv: readonly string[]): Promise<Outcome> {
	let [out, error] = ['', ''];
	const own = {
		exitCode: 0,
		stdout: { write: (text: string) => (out += text) },
		stderr: { write: (text: string) => (error += text) },
	};
	const load = (name: string) =>
		name === 'node:util'
			? { parseArgs: (config: object) => parseArgs({ ...config, args: [...argv] }) }
			: process.getBuiltinModule(name);
	await asFunction(own, load);
	return { code: own.exitCode, out, error };
}

/** Runs `use` with a folder that is removed afterwards. */
export async function inFolder<T>(use: (path: (name: string) => string) => Promise<T>): Promise<T> {
	const folder = mkdtempSync(join(tmpdir(), 'verify-audit-log-'));
	try {
		return await use((name) => join(folder, name));
	} finally {
		rmSync(folder, { recursive: true });
	}
}

export function verifyCase({ bundle, vkeys, since }: Omit<BundleCase, 'name'>): Promise<Outcome> {
	return inFolder((path) => {
		writeFileSync(path('bundle'), bundle);
		if (since === undefined) return runVerifier([path('bundle'), ...vkeys]);
		writeFileSync(path('since'), since);
		return runVerifier([path('bundle'), ...vkeys, '--since', path('since')]);
	});
}
