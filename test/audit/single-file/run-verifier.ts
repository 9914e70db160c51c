import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ResourceLimits, Worker } from 'node:worker_threads';
import type { BundleCase } from '../verify/bundle-cases.ts';

export const PROGRAM = fileURLToPath(new URL('../../../src/audit/single-file/verify-audit-log.mjs', import.meta.url));

export interface Outcome {
	readonly code: number;
	readonly out: string;
	readonly error: string;
}

/** The program as it is, in a thread, which starts in less time than a process. */
export function runVerifier(argv: readonly string[], resourceLimits: ResourceLimits = {}): Promise<Outcome> {
	return new Promise((resolve, reject) => {
		const worker = new Worker(PROGRAM, { argv: [...argv], stdout: true, stderr: true, resourceLimits });
		let [out, error] = ['', ''];
		worker.stdout.on('data', (text: Buffer) => {
			out += text;
		});
		worker.stderr.on('data', (text: Buffer) => {
			error += text;
		});
		worker.on('error', reject);
		worker.on('exit', (code) => resolve({ code, out, error }));
	});
}

/** Runs `use` with a folder that is gone afterwards. */
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
