import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { acquireLockFile } from '../../src/cli/files/lock-file.ts';
import { scale } from '../support/scale.ts';

const MODULE = new URL('../../src/cli/files/lock-file.ts', import.meta.url).href;
const HOLD = `await (await import(${JSON.stringify(MODULE)})).acquireLockFile(process.argv[1] + '/x'); console.log('held'); process.stdin.resume()`;
let directory: string;
let other: ChildProcess | undefined;
const here = () => readdirSync(directory);
const acquire = () => acquireLockFile(join(directory, 'x'));
const refusal = (pid = other?.pid) => ({
	code: 'CONFLICT',
	message: expect.stringMatching(`as process ${pid}: wait until it has ended\\. .*remove "${directory}/x\\.${pid}-`),
});

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-running-'));
});
afterEach(() => {
	other?.kill('SIGKILL');
	rmSync(directory, { recursive: true });
});

/** Starts another process, which runs until it is killed. */
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

it('a run blocks another run only while it runs', async () => {
	await start(HOLD);
	await expect(acquire()).rejects.toMatchObject(refusal());
	await end();
	const release = await acquire();
	await release();
	expect(here()).toEqual([]);
});

it.runIf(process.platform === 'linux')(
	'a killed run does not block others if another program now has its process id',
	async () => {
		await start(HOLD);
		const [held = ''] = here();
		const before = other?.pid;
		await end();
		await start(`console.log('no export'); process.stdin.resume()`);
		renameSync(join(directory, held), join(directory, held.replace(`${before}`, `${other?.pid}`)));
		await (await acquire())();
		expect(here()).toEqual([]);
	},
);

it('a lock file without a start time blocks while any process has its id, and the error says what to remove', async () => {
	await start(`console.log('no export'); process.stdin.resume()`);
	writeFileSync(join(directory, `x.${other?.pid}-0.running`), '');
	await expect(acquire()).rejects.toMatchObject(refusal());
	await end();
	await (await acquire())();
	expect(here()).toEqual([]);
});

it('a process that holds the lock cannot acquire it again', async () => {
	const release = await acquire();
	await expect(acquire()).rejects.toMatchObject(refusal(process.pid));
	await release();
	await (await acquire())();
	expect(here()).toEqual([]);
});

/** For each line, tries to lock that path and prints the result; an empty line releases the lock. */
const CONTEND = `
const { acquireLockFile } = await import(${JSON.stringify(MODULE)});
let release = null;
for await (const line of (await import('node:readline')).createInterface(process.stdin)) {
	if (line === '') await release?.();
	release = line === '' ? null : await acquireLockFile(line).catch((error) => (console.log(error.code), null));
	if (line === '') console.log('done');
	else if (release) console.log('held');
}`;
const [dead, alsoDead] = [spawnSync('true').pid, spawnSync('true').pid];

describe('when several processes start at once,', () => {
	const contenders: { readonly child: ChildProcess; readonly lines: AsyncIterator<string> }[] = [];
	beforeAll(() => {
		for (let count = 0; count < 4; count += 1) {
			const child = spawn(process.execPath, ['--input-type=module', '-e', CONTEND], {
				stdio: ['pipe', 'pipe', 'inherit'],
			});
			contenders.push({ child, lines: linesOf(child)[Symbol.asyncIterator]() });
		}
	});
	afterAll(() => {
		for (const { child } of contenders) child.kill('SIGKILL');
	});

	/** Sends a line to all contenders and returns their answers. */
	async function sendAll(line: string): Promise<string[]> {
		for (const { child } of contenders) child.stdin?.write(`${line}\n`);
		return Promise.all(contenders.map(async ({ lines }) => (await lines.next()).value));
	}

	it.each<[string, readonly string[]]>([
		['if no lock file existed before', []],
		['if killed runs left lock files', [`x.${dead}-1.running`, `x.${alsoDead}-0.running`]],
	])('exactly one acquires the lock %s', async (_, left) => {
		for (let round = 0; round < scale(160, 40); round += 1) {
			for (const name of left) writeFileSync(join(directory, name), '');
			expect((await sendAll(join(directory, 'x'))).toSorted()).toEqual(['CONFLICT', 'CONFLICT', 'CONFLICT', 'held']);
			expect(here()).toEqual([expect.stringMatching(/^x\.\d+-\d+\.running$/)]);
			expect(await sendAll('')).toEqual(['done', 'done', 'done', 'done']);
			expect(here()).toEqual([]);
		}
	});
});

const linesOf = ({ stdout }: ChildProcess): Interface => createInterface(stdout as NonNullable<typeof stdout>);

it.each<[string, string, (path: string) => void]>([
	['without a process', 'x.running', (path) => writeFileSync(path, '')],
	['of process 0', 'x.0-1.running', (path) => writeFileSync(path, '')],
	['of a process group', 'x.-1-1.running', (path) => writeFileSync(path, '')],
	['of an id that no process can have', 'x.4294967297-1.running', (path) => writeFileSync(path, '')],
	['of another path', `y.${process.ppid}-0.running`, (path) => writeFileSync(path, '')],
	['that is a directory', `x.${dead}-1.running`, (path) => mkdirSync(path)],
])('a lock file name %s blocks no run, and is kept', async (_, name, make) => {
	make(join(directory, name));
	await (await acquire())();
	expect(here()).toEqual([name]);
});

it.each<[string, (path: string) => void]>([
	['link', (path) => symlinkSync('elsewhere', path)],
	['pipe', (path) => execFileSync('mkfifo', [path])],
])('a %s with the name of a killed run’s lock is not opened', async (_, make) => {
	make(join(directory, `x.${dead}-1.running`));
	await (await acquire())();
	expect(here()).toEqual([]);
});
