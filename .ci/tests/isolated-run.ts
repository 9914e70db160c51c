import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, statfsSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Plugin } from 'vitest/config';

const GUARDIAN = fileURLToPath(new URL('guardian.ts', import.meta.url));
const MEMORY = '/dev/shm';
/** Longer than any run. */
const ROOM = 4 * 2 ** 30;

/**
 * Each test run has one temporary directory, which is TMPDIR in the environment of every process that the run starts. A separate process
 * (guardian.ts) ends these processes and removes the directory when the run is over or killed.
 */
export function isolatedRun(): Plugin {
	let end: (() => Promise<void>) | null = null;
	return {
		name: 'own-run',
		// Must precede the temporary directories of vitest.
		config() {
			end ??= beginRun();
		},
		configureVitest({ vitest }) {
			// Runs after the workers have ended.
			vitest.onClose(async () => {
				const ending = end;
				end = null;
				await ending?.();
			});
		},
	};
}

function beginRun(): () => Promise<void> {
	const { TMPDIR } = process.env;
	const directory = mkdtempSync(join(TMPDIR || !hasRoom(MEMORY) ? tmpdir() : MEMORY, 'firmseal-run-'));
	// PostgreSQL, which runs as a user other than root, must be able to enter it.
	chmodSync(directory, 0o711);
	// In a session of its own, so that Ctrl-C does not reach it.
	const guardian = spawn(process.execPath, [GUARDIAN, directory], {
		detached: true,
		stdio: ['pipe', 'ignore', 'inherit'],
	});
	guardian.unref();
	(guardian.stdin as Socket).unref();
	process.env.TMPDIR = directory;
	// The program starts hundreds of times and is compiled once.
	process.env.NODE_COMPILE_CACHE ??= join(directory, 'compiled');
	return async () => {
		if (TMPDIR === undefined) delete process.env.TMPDIR;
		else process.env.TMPDIR = TMPDIR;
		guardian.stdin?.end();
		guardian.ref();
		if (guardian.exitCode === null && guardian.signalCode === null) await once(guardian, 'exit');
	};
}

/** In memory, PostgreSQL creates a database with a tenth of the work. */
function hasRoom(directory: string): boolean {
	try {
		const { bavail, bsize } = statfsSync(directory);
		const isUsable = readFileSync('/proc/mounts', 'utf8')
			.split('\n')
			.some((line) => line.startsWith(`tmpfs ${directory} `) && !line.includes('noexec'));
		return isUsable && Math.min(bavail * bsize, process.availableMemory()) > ROOM;
	} catch {
		return false;
	}
}
