import { execFileSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmdirSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const MIB = 2 ** 20;

/** Mounts a disk of `bytes` bytes on a directory. */
export const mount = (directory: string, bytes = MIB) =>
	execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=0700`, 'tmpfs', directory], { stdio: 'ignore' });

/** Resizes a mounted disk to `bytes` bytes. */
export const grow = (directory: string, bytes: number) =>
	execFileSync('mount', ['-o', `remount,size=${bytes}`, directory], { stdio: 'ignore' });

/** Makes a mounted disk read-only. */
export const makeReadOnly = (directory: string) =>
	execFileSync('mount', ['-o', 'remount,ro', directory], { stdio: 'ignore' });

export const unmount = (directory: string) => execFileSync('umount', [directory], { stdio: 'ignore' });

/** The reason why this machine can't mount a small disk. Null if it can. */
export function whyNoDisk(): string | null {
	if (process.getuid?.() !== 0) return 'only root mounts a small disk';
	const directory = mkdtempSync(join(tmpdir(), 'firmseal-mount-'));
	try {
		mount(directory);
		unmount(directory);
		return null;
	} catch {
		return 'nothing may be mounted here';
	} finally {
		rmdirSync(directory);
	}
}

/** Fills all free space. */
export function fill(path: string): void {
	const file = openSync(path, 'w');
	try {
		for (let size = MIB; size >= 512; ) {
			try {
				writeSync(file, Buffer.alloc(size));
			} catch {
				size /= 2;
			}
		}
	} finally {
		closeSync(file);
	}
}
