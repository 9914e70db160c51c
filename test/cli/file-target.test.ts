import { createHash } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { FileTarget } from '../../src/cli/files/index.ts';

const TAG = '01980000-0000-7000-8000-0000000000f1';
const WHOLE = Buffer.from('All of twenty bytes.');
const hash = createHash('sha256').update(WHOLE).digest('hex');
let directory: string;
const out = () => join(directory, 'F');
const part = () => `${out()}.${TAG}.part`;
/** What one run of `document get` writes to. */
const run = (force = false) =>
	new FileTarget({ out: out(), force, askHead: async () => null, hashOf: async () => hash });
const head = (start: number) => ({ tag: TAG, name: 'F', total: WHOLE.length, start });

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-target-'));
});
afterEach(() => {
	rmSync(directory, { recursive: true });
});

it('of two runs that find the same invalid part, neither removes or publishes what the other has begun', async () => {
	writeFileSync(part(), 'BAD!');
	const [one, other] = [run(), run()];
	for (const each of [one, other]) {
		await each.found();
		await each.begin(head(4));
		await each.write(WHOLE.subarray(4));
	}
	expect(await one.isWhole(head(4))).toBe(false);
	await one.discard();
	await one.begin(head(0));
	await one.write(WHOLE.subarray(0, 10));
	expect(await other.isWhole(head(4))).toBe(false);
	await other.discard();
	await other.begin(head(0));
	await other.write(WHOLE.subarray(0, 5));
	await one.write(WHOLE.subarray(10));
	expect(await one.isWhole(head(0))).toBe(true);
	expect(await one.finish()).toBe(out());
	expect(readFileSync(out(), 'utf8')).toBe(WHOLE.toString());
	await other.leave();
	expect(readdirSync(directory)).toEqual(['F']);
});

it.each([
	['was published by another run', () => renameSync(part(), out())],
	['was removed', () => rmSync(part())],
	[
		'now belongs to another run',
		() => {
			rmSync(part());
			writeFileSync(part(), 'half of');
		},
	],
])('a run publishes and removes nothing if its incomplete file %s', async (_, happen) => {
	const own = run(true);
	await own.found();
	await own.begin(head(0));
	await own.write(WHOLE);
	happen();
	const before = readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')]);
	expect(await own.isWhole(head(0))).toBe(true);
	await expect(own.finish()).rejects.toMatchObject({
		code: 'CONFLICT',
		message: expect.stringMatching(/^Another command has fetched the same file to this place meanwhile: /),
	});
	expect(await own.leave()).toBe(false);
	expect(readdirSync(directory).map((name) => [name, readFileSync(join(directory, name), 'utf8')])).toEqual(before);
});
