import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { holdAlone } from '../../src/cli/export/running.ts';

const MODULE = new URL('../../src/cli/export/running.ts', import.meta.url).href;
const HOLD = `await (await import(${JSON.stringify(MODULE)})).holdAlone(process.argv[1]); console.log('held'); process.stdin.resume()`;
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

it('an export keeps out another as long as it runs, and no longer', async () => {
	await start(HOLD);
	await expect(holdAlone(directory)).rejects.toMatchObject(theirs());
	await end();
	const letGo = await holdAlone(directory);
	await letGo();
	expect(readdirSync(directory)).toEqual([]);
});

it.runIf(process.platform === 'linux')(
	'one that was killed keeps no other out when another program has its process id by now',
	async () => {
		await start(HOLD);
		const held = readFileSync(running(), 'utf8');
		const before = other?.pid;
		await end();
		await start(`console.log('no export'); process.stdin.resume()`);
		writeFileSync(running(), held.replace(String(before), String(other?.pid)));
		await (await holdAlone(directory))();
	},
);

it('where nothing says when the other began, it is taken for an export, and the sentence says what to remove', async () => {
	await start(`console.log('no export'); process.stdin.resume()`);
	writeFileSync(running(), String(other?.pid));
	await expect(holdAlone(directory)).rejects.toMatchObject(theirs());
	await expect(holdAlone(directory)).rejects.toThrow(`or, if that is no export, remove ${JSON.stringify(running())}`);
});
