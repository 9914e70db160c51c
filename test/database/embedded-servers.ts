import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import postgres from 'postgres';
import { afterAll } from 'vitest';
import { startEmbeddedServer } from '../../src/database/index.ts';

const STARTER = fileURLToPath(new URL('embedded-starter.ts', import.meta.url));

export const isRoot = process.getuid?.() === 0;
export const isLinux = process.platform === 'linux';

const parents: string[] = [];
const children: ChildProcess[] = [];

/** A path for a server, in a directory that only its owner may enter, as mkdtemp makes it. */
export function newDirectory(): string {
	const parent = mkdtempSync(join(tmpdir(), 'firmseal-embedded-'));
	parents.push(parent);
	return join(parent, 'postgres');
}

export async function startInProcess(
	directory: string,
	...more: string[]
): Promise<{ child: ChildProcess; url: Promise<string> }> {
	const child = spawn(process.execPath, [STARTER, directory, ...more], {
		stdio: ['ignore', 'pipe', 'inherit'],
		env: { ...process.env, FIRMSEAL_ROOT_KEY: 'secret-of-the-environment' },
	});
	children.push(child);
	return { child, url: once(child.stdout as NodeJS.ReadableStream, 'data').then(([chunk]) => String(chunk).trim()) };
}

export async function kill(child: ChildProcess): Promise<void> {
	child.kill('SIGKILL');
	await once(child, 'exit');
}

export async function ask(url: string, text = 'select 1 as one'): Promise<postgres.Row[]> {
	const sql = postgres(url, { max: 1, connect_timeout: 3, onnotice: () => {} });
	try {
		return [...(await sql.unsafe(text))];
	} finally {
		await sql.end({ timeout: 2 });
	}
}
export const postmasterOf = (directory: string) =>
	Number(readFileSync(join(directory, 'cluster', 'postmaster.pid'), 'utf8').split('\n')[0]);

afterAll(async () => {
	for (const child of children) if (child.exitCode === null && child.signalCode === null) await kill(child);
	for (const parent of parents) {
		if (existsSync(join(parent, 'postgres', 'cluster', 'postmaster.pid')))
			await (await startEmbeddedServer({ directory: join(parent, 'postgres') })).stop().catch(() => {});
		rmSync(parent, { recursive: true, force: true });
	}
});
