import {
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { grow, mount, unmount, whyNoDisk } from '../support/small-disk.ts';
import { firmsealJson, launch, MAIN, newDirectory, until } from '../system/program.ts';
import type { ProxyOptions } from './export-proxy.ts';
import { assertSound, CANARY } from './export-scene.ts';
import { as, at, expectWhole, exportFirms, exporting, proxied, scene } from './export-stage.ts';

exportFirms();

/** Runs an export until the proxy holds it and `isReached` is true, and kills it then. */
async function killedIn(
	name: string,
	options: (held: () => void) => ProxyOptions,
	{ signal = 'SIGKILL', isReached = () => true }: { signal?: NodeJS.Signals; isReached?: () => boolean } = {},
) {
	const held = Promise.withResolvers<void>();
	const proxy = await proxied(options(held.resolve));
	const program = launch(as(scene.north.owner, proxy.url), process.execPath, [MAIN, ...exporting(name)]);
	await Promise.race([held.promise, program.ended]);
	await until(isReached);
	program.kill(signal);
	const outcome = await program.ended;
	return { ...outcome, proxy };
}
/** Kills an export in the middle of a file, when a part of the file is on the disk. */
async function killedInFile(name: string) {
	const folder = join(at(`${name}.part`), 'files', scene.large.id, '2');
	const files = () => (existsSync(folder) ? readdirSync(folder).map((file) => join(folder, file)) : []);
	const inFile = (held: () => void): ProxyOptions => ({
		onFile(_, path) {
			if (!path.includes(`${scene.large.id}/versions/2`)) return null;
			held();
			return { holdAfter: 3_000_000 };
		},
	});
	const outcome = await killedIn(name, inFile, { isReached: () => files().some((file) => statSync(file).size > 100) });
	return { ...outcome, part: files()[0] ?? '' };
}
const atQuestion =
	(number: number) =>
	(held: () => void): ProxyOptions => ({
		onQuestion(count, answer) {
			if (count < number) return answer;
			held();
			return 'hold';
		},
	});

describe('a killed export', () => {
	it('is continued by each later run, and neither loses nor duplicates a record', async () => {
		for (const number of [5, 6, 9, 12, 8]) {
			const { code } = await killedIn('killed', atQuestion(number));
			expect([code, existsSync(at('killed'))]).toEqual([null, false]);
		}
		// Between two runs, members of the firm write more.
		await scene.write({ title: `new ${CANARY}` });
		const { code, result, stderr } = await firmsealJson(as(scene.north.owner), ...exporting('killed'));
		expect([code, result.isResumed]).toEqual([0, true]);
		await expectWhole('killed');
		expect(stderr).not.toContain(CANARY);
	});

	it('does not fetch a complete file again', async () => {
		const killed = await killedInFile('in-files');
		const fetched = killed.proxy.files.slice(0, -1);
		expect(fetched.length).toBeGreaterThan(5);
		const proxy = await proxied({});
		await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('in-files'));
		await expectWhole('in-files');
		expect(proxy.files.filter((path) => fetched.includes(path))).toEqual([]);
	});

	it('is continued in the middle of the file that it was fetching', async () => {
		const { code } = await killedInFile('in-a-file');
		expect(code).toBe(null);
		const proxy = await proxied({});
		const { result } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('in-a-file'));
		expect(result.isResumed).toBe(true);
		await expectWhole('in-a-file');
		expect(proxy.files[0]).toContain(`${scene.large.id}/versions/2`);
		expect(proxy.ranges.find((range) => range !== undefined)).toMatch(/^bytes=[1-9]\d+-$/);
	});

	it('fetches a file again that was damaged meanwhile', async () => {
		const { part } = await killedInFile('damaged');
		const bytes = readFileSync(part);
		bytes[100] = (bytes[100] ?? 0) ^ 1;
		writeFileSync(part, bytes);
		const proxy = await proxied({});
		expect((await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('damaged'))).code).toBe(0);
		await expectWhole('damaged');
		expect(proxy.files.filter((path) => path.includes(`${scene.large.id}/versions/2`))).toHaveLength(3);
		expect(proxy.ranges[2]).toBe(undefined);
	});

	it('says so if its user interrupted it, and is continued', async () => {
		const { code, stderr } = await killedIn('stopped', atQuestion(8), { signal: 'SIGINT' });
		expect(code).toBe(1);
		expect(stderr).toMatch(
			/^firmseal: Interrupted\. What was fetched is kept: run the same command again to continue\.$/m,
		);
		expect((await firmsealJson(as(scene.north.owner), ...exporting('stopped'))).result.isResumed).toBe(true);
		await expectWhole('stopped');
	});

	it('fetches no file again if only the final rename was missing', async () => {
		renameSync(at('stopped'), at('nameless.part'));
		const proxy = await proxied({});
		const { code, result } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('nameless'));
		expect([code, result.files, result.counts.Thread, proxy.files]).toEqual([0, 10, 20, []]);
		await expectWhole('nameless');
	});
});

describe('an export whose token expires', () => {
	it('ends with the API’s message, and is continued with a new token', async () => {
		const problem = { code: 'UNAUTHENTICATED', detail: 'Sign in: the token is not valid.' };
		const proxy = await proxied({
			onQuestion: (count, answer) => (count < 7 ? answer : { status: 401, text: JSON.stringify(problem) }),
		});
		const { code, error } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('expired'));
		expect([code, error.code]).toEqual([1, 'UNAUTHENTICATED']);
		expect(error.message).toContain('run the same command again to continue');
		expect((await firmsealJson(as(scene.north.owner), ...exporting('expired'))).result.isResumed).toBe(true);
		await expectWhole('expired');
	});
});

describe('something with the name of an incomplete export', () => {
	it('is continued only if it belongs to this firm and no other run uses it', async () => {
		await killedIn('held', atQuestion(8));
		const run = async () => {
			const { code, error } = await firmsealJson(as(scene.north.owner), ...exporting('held'));
			return [code, error?.code, error?.message] as const;
		};
		const firm = join(at('held.part'), 'firm.json');
		const kept = readFileSync(firm, 'utf8');
		for (const text of [JSON.stringify({ ...JSON.parse(kept), id: uuidv7() }), '{"id":']) {
			writeFileSync(firm, text);
			expect(await run()).toEqual([1, 'CONFLICT', expect.stringContaining('is not of this firm')]);
		}
		writeFileSync(firm, kept);
		const running = at(`held.part.${process.ppid}-0.running`);
		writeFileSync(running, '');
		expect(await run()).toEqual([1, 'CONFLICT', expect.stringMatching(/is writing to this path, as process \d+/)]);
		rmSync(running);
		writeFileSync(join(at('held.part'), 'clients.jsonl'), '{"half a li');
		expect((await run())[0]).toBe(0);
		await expectWhole('held');
	});

	it('is not followed if it is a link', async () => {
		mkdirSync(at('target'));
		symlinkSync(at('target'), at('linked.part'));
		const linked = await firmsealJson(as(scene.harbour.owner), ...exporting('linked'));
		expect([linked.code, linked.error.code, readdirSync(at('target'))]).toEqual([1, 'CONFLICT', []]);
		await killedIn('links', atQuestion(8));
		rmSync(join(at('links.part'), 'notes.jsonl'));
		writeFileSync(at('target/theirs'), 'theirs');
		symlinkSync(at('target/theirs'), join(at('links.part'), 'notes.jsonl'));
		expect((await firmsealJson(as(scene.north.owner), ...exporting('links'))).error.code).toBe('CONFLICT');
		expect(readFileSync(at('target/theirs'), 'utf8')).toBe('theirs');
	});
});

const noDisk = whyNoDisk();
describe.skipIf(noDisk !== null)(`a full disk${noDisk ? ` (skipped: ${noDisk})` : ''}`, () => {
	it('ends the export with one sentence, and it is continued once there is room', async () => {
		const disk = newDirectory();
		mount(disk, 3 * 2 ** 20);
		try {
			const out = join(disk, 'export');
			const { code, error } = await firmsealJson(as(scene.north.owner), 'firm', 'export', '--out', out);
			expect([code, error.code, existsSync(out)]).toEqual([1, 'BAD_USER_INPUT', false]);
			expect(error.message).toMatch(/^The disk has no room for the (file|export): free some space\. .* to continue\.$/);
			grow(disk, 64 * 2 ** 20);
			const { result } = await firmsealJson(as(scene.north.owner), 'firm', 'export', '--out', out);
			expect(result).toMatchObject({ isResumed: true, failures: 0 });
			assertSound(out);
		} finally {
			unmount(disk);
		}
	});
});
