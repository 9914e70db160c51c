import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { read } from './tree.ts';

const [, COMMAND = ''] = /archive_command = '([^']*)'/.exec(read('docs/how-to/back-up-and-restore.md')) ?? [];
const SEGMENT = '000000010000000000000001';
const log = Buffer.alloc(64 * 1024, 'of the log');
let directory: string;
const archive = () => join(directory, 'archive');
const archived = () => readFileSync(join(archive(), SEGMENT));

/** Runs the command like PostgreSQL: `%p` is the file's path, `%f` its name. */
function run(before = ''): number | null {
	const path = join(directory, SEGMENT);
	const command = COMMAND.replaceAll('/archive', archive()).replaceAll('%p', path).replaceAll('%f', SEGMENT);
	return spawnSync('sh', ['-c', `${before}${command}`]).status;
}

beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-archive-'));
	writeFileSync(join(directory, SEGMENT), log);
});
beforeEach(() => {
	rmSync(archive(), { recursive: true, force: true });
	mkdirSync(archive());
});
afterAll(() => rmSync(directory, { recursive: true }));

it('archive_command of docs/how-to/back-up-and-restore.md continues after an interrupted copy', () => {
	// A limit on the size of files: as on a full disk, only half of the copy is written.
	expect(run('ulimit -f 8; ')).not.toBe(0);
	expect(readdirSync(archive())).not.toContain(SEGMENT);
	expect(run()).toBe(0);
	expect(archived().equals(log)).toBe(true);
	expect(readdirSync(archive())).toEqual([SEGMENT]);
});

it('archive_command accepts the same file again, as after a crash, and never replaces a different file', () => {
	expect([run(), run()]).toEqual([0, 0]);
	writeFileSync(join(archive(), SEGMENT), 'of another server');
	expect(run()).not.toBe(0);
	expect(archived().toString()).toBe('of another server');
});
