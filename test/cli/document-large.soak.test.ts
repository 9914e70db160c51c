import { createHash } from 'node:crypto';
import { closeSync, createReadStream, existsSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { makeScene, type Scene } from '../attacks/scene.ts';
import { someBytes } from '../support/files.ts';
import { enterNewDirectory, startDocument } from './document-program.ts';

const MIB = 1024 ** 2;
const SIZE = 300;
/** The maximum additional memory, in bytes, for a large file compared to a small one. The program itself takes hundreds of MiB. */
const MOST = 100 * MIB;

let scene: Scene;
beforeAll(async () => {
	scene = await makeScene();
});
enterNewDirectory();
afterAll(() => scene?.installation.close());

/** Runs the program to its end and returns its peak memory in bytes. */
async function run(...args: string[]) {
	const env = { FIRMSEAL_URL: scene.api.url, FIRMSEAL_TOKEN: `${scene.north.member}` };
	const { pid, ended } = startDocument({ env }, ...args);
	let memory = 0;
	const watch = setInterval(() => {
		if (existsSync(`/proc/${pid}/status`)) memory = Math.max(memory, peakOf(pid));
	}, 50);
	const outcome = await ended.finally(() => clearInterval(watch));
	return { ...outcome, memory };
}
const peakOf = (pid: number) =>
	Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
const idIn = (stderr: string) => /^Created the document (\S+);/m.exec(stderr)?.[1] ?? '';

async function sha256(name: string): Promise<string> {
	const hash = createHash('sha256');
	await pipeline(createReadStream(name), hash);
	return hash.digest('hex');
}

it('sends and fetches a file of 300 MiB with hardly more memory than a small one', { timeout: 240_000 }, async () => {
	const file = openSync('large.bin', 'w');
	for (let mib = 0; mib < SIZE; mib += 1) writeSync(file, someBytes(MIB));
	closeSync(file);
	writeFileSync('small.bin', 'small');
	const small = await run('put', 'small.bin');
	const large = await run('put', 'large.bin');
	expect([small.code, large.code]).toEqual([0, 0]);
	expect(large.memory).toBeGreaterThan(0);
	expect(large.memory - small.memory).toBeLessThan(MOST);

	const smallBack = await run('get', idIn(small.stderr), '--out', 'small');
	const largeBack = await run('get', idIn(large.stderr), '--out', 'large');
	expect([smallBack.code, largeBack.code]).toEqual([0, 0]);
	expect(largeBack.memory - smallBack.memory).toBeLessThan(MOST);
	expect(await sha256('large')).toBe(await sha256('large.bin'));
	const tenths = largeBack.stderr.split('\n').filter((line) => /^Fetched: [\d.]+ \w+ of 300\.0 MiB$/.test(line));
	expect(tenths).toHaveLength(10);
});
