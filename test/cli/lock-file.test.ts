import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLockFile } from '../../src/cli/files/lock-file.ts';
import { scale } from '../support/scale.ts';

const MODULE = new URL('../../src/cli/files/lock-file.ts', import.meta.url).href;
const HOLD = `await (await import(${JSON.stringify(MODULE)})).acquireLockFile(process.argv[1] + '/running'); console.log('held'); process.stdin.resume()`;
let directory: string;
let other: ChildProcess | undefined;
const running = () => join(directory, 'running');
const theirs = () => ({
	code: 'CONFLICT',
	message: expect.stringContaining(`running, as process ${other?.pid}: wait until it has ended`),
});

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-running-'));
});
afterEach(() => {
	other?.kill('SIGKILL');
	rmSync(directory, { recursive: true });
});

/** Another process that lives until it is killed. */
async function start(code: string): Promise<void> {
	other = spawn(process.execPath, ['--input-type=module', '-e', code, directory], {
		stdio: ['pipe', 'pipe', 'inherit'],
	});
	await once(other.stdout as NonNullable<typeof other.stdout>, 'data');
}

async function end(): Promise<void> {
	other?.kill('SIGKILL');
	await once(other as ChildProcess, 'exit');
}

it('an export blocks another while it runs, and no longer', async () => {
	await start(HOLD);
	await expect(acquireLockFile(running())).rejects.toMatchObject(theirs());
	await end();
	const release = await acquireLockFile(running());
	await release();
	expect(readdirSync(directory)).toEqual([]);
});

it.runIf(process.platform === 'linux')(
	'a killed export does not block others if another program now has its process id',
	async () => {
		await start(HOLD);
		const held = readFileSync(running(), 'utf8');
		const before = other?.pid;
		await end();
		await start(`console.log('no export'); process.stdin.resume()`);
		writeFileSync(running(), held.replace(String(before), String(other?.pid)));
		await (await acquireLockFile(running()))();
	},
);

it('a lock file without a start time counts as an export’s, and the error says what to remove', async () => {
	await start(`console.log('no export'); process.stdin.resume()`);
	writeFileSync(running(), String(other?.pid));
	await expect(acquireLockFile(running())).rejects.toMatchObject(theirs());
	await expect(acquireLockFile(running())).rejects.toThrow(
		`or, if that is no such command, remove ${JSON.stringify(running())}`,
	);
});

/** For each line, tries to lock that directory and prints the result; an empty line releases the lock. */
const CONTEND = `
const { acquireLockFile } = await import(${JSON.stringify(MODULE)});
let release = null;
for await (const line of (await import('node:readline')).createInterface(process.stdin)) {
	if (line === '') await release?.();
	release = line === '' ? null : await acquireLockFile(line + '/running').catch((error) => (console.log(error.code), null));
	if (line === '') console.log('done');
	else if (release) console.log('held');
}`;
/** As some file systems answer. */
const WITHOUT_LINKS = `
const disk = (await import('node:fs/promises')).default;
disk.link = async () => { throw Object.assign(new Error(), { code: 'EPERM' }); };
(await import('node:module')).syncBuiltinESMExports();`;
const staleLock = `${spawnSync('true').pid} 1\n`;

describe.each([
	['', CONTEND],
	[', on a disk without hard links', WITHOUT_LINKS + CONTEND],
])('of several processes that start at once%s,', (_, code) => {
	const contenders: { readonly child: ChildProcess; readonly lines: AsyncIterator<string> }[] = [];
	beforeAll(() => {
		for (let count = 0; count < 4; count += 1) {
			const child = spawn(process.execPath, ['--input-type=module', '-e', code], {
				stdio: ['pipe', 'pipe', 'inherit'],
			});
			contenders.push({ child, lines: linesOf(child)[Symbol.asyncIterator]() });
		}
	});
	afterAll(() => {
		for (const { child } of contenders) child.kill('SIGKILL');
	});

	/** Sends all of them a line; what they answer. */
	async function sendAll(line: string): Promise<string[]> {
		for (const { child } of contenders) child.stdin?.write(`${line}\n`);
		return Promise.all(contenders.map(async ({ lines }) => (await lines.next()).value));
	}

	it.each<[string, Readonly<Record<string, string>>]>([
		['if there was none before', {}],
		['after one was killed', { running: staleLock }],
		['after one was killed while taking over from another', { running: staleLock, 'running.over': staleLock }],
	])('exactly one acquires the lock %s', async (_, files) => {
		for (let round = 0; round < scale(400); round += 1) {
			for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
			expect((await sendAll(directory)).toSorted()).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT', 'held']);
			expect(readdirSync(directory)).toEqual(['running']);
			expect(await sendAll('')).toEqual(['done', 'done', 'done', 'done']);
			expect(readdirSync(directory)).toEqual([]);
		}
	});
});

const linesOf = ({ stdout }: ChildProcess): Interface => createInterface(stdout as NonNullable<typeof stdout>);

describe('a lock file that names no process blocks others, and the error says what to remove:', () => {
	it.each<[string, (path: string) => void]>([
		['an empty file', (path) => writeFileSync(path, '')],
		['an incomplete line', (path) => writeFileSync(path, staleLock.trim())],
		['an id in another notation', (path) => writeFileSync(path, '0x1\n')],
		['process 0', (path) => writeFileSync(path, '0\n')],
		['a process group', (path) => writeFileSync(path, '-1\n')],
		['an id that no process can have', (path) => writeFileSync(path, '4294967297\n')],
		['two lines', (path) => writeFileSync(path, `${staleLock}\n`)],
		['an extra word', (path) => writeFileSync(path, `${staleLock.trim()} 1\n`)],
		['a large file', (path) => writeFileSync(path, `${staleLock}${' '.repeat(1024 ** 2)}`)],
		['a directory', (path) => mkdirSync(path)],
		['a link', (path) => symlinkSync('elsewhere', path)],
		['a pipe', (path) => execFileSync('mkfifo', [path])],
	])('%s', async (_, make) => {
		make(running());
		const sentence = `${JSON.stringify(running())} doesn't say which process writes to this place: if none does, remove it.`;
		for (let count = 0; count < 2; count += 1)
			await expect(acquireLockFile(running())).rejects.toMatchObject({ code: 'CONFLICT', message: sentence });
		rmSync(running(), { recursive: true });
		expect(readdirSync(directory)).toEqual([]);
	});
});

it('a process blocks itself too, and an ended one is taken over without a start time', async () => {
	const release = await acquireLockFile(running());
	await expect(acquireLockFile(running())).rejects.toThrow(`running, as process ${process.pid}`);
	await release();
	writeFileSync(running(), `${spawnSync('true').pid}\n`);
	await (await acquireLockFile(running()))();
	expect(readdirSync(directory)).toEqual([]);
});
