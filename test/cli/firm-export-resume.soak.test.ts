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
import { assertSound, CANARY, readExport } from './export-scene.ts';
import { as, at, expectWhole, exportFirms, exporting, proxied, scene } from './export-stage.ts';

exportFirms();

/** Runs until it is held and `isReached`, and kills it there. */
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
/** Kills it while a file comes, once something of that is here. */
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
	it('resumes each time, and neither loses nor duplicates anything', async () => {
		for (const number of [5, 6, 5, 7, 6]) {
			const { code } = await killedIn('killed', atQuestion(number));
			expect([code, existsSync(at('killed'))]).toEqual([null, false]);
		}
		// Between two runs, the firm works on.
		await scene.write({ title: `new ${CANARY}` });
		const proxy = await proxied({});
		const { code, result, stderr } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('killed'));
		expect([code, result.isResumed]).toEqual([0, true]);
		await expectWhole('killed');
		expect(readExport(at('killed')).manifest.runs).toBe(6);
		// Questions of this run alone do not make an export.
		expect(proxy.asked.some(({ query }) => query.includes('threads('))).toBe(false);
		expect(stderr).not.toContain(CANARY);
	});

	it('resumes within the file that it was fetching', async () => {
		const { code } = await killedInFile('in-a-file');
		expect(code).toBe(null);
		const proxy = await proxied({});
		const { result } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('in-a-file'));
		expect(result.isResumed).toBe(true);
		await expectWhole('in-a-file');
		expect(proxy.files[0]).toContain(`${scene.large.id}/versions/2`);
		expect(proxy.asked.length).toBeLessThan(5);
	});

	it('fetches again what was damaged meanwhile', async () => {
		const { part } = await killedInFile('damaged');
		const bytes = readFileSync(part);
		bytes[100] = (bytes[100] ?? 0) ^ 1;
		writeFileSync(part, bytes);
		const proxy = await proxied({});
		expect((await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('damaged'))).code).toBe(0);
		await expectWhole('damaged');
		expect(proxy.files.filter((path) => path.includes(`${scene.large.id}/versions/2`))).toHaveLength(2);
	});

	it('that its user interrupted says so, and resumes', async () => {
		const { code, stderr } = await killedIn('stopped', atQuestion(8), { signal: 'SIGINT' });
		expect(code).toBe(1);
		expect(stderr).toMatch(
			/^firmseal: Interrupted\. What has come is kept, and the same command goes on from there\.$/m,
		);
		expect((await firmsealJson(as(scene.north.owner), ...exporting('stopped'))).result.isResumed).toBe(true);
		await expectWhole('stopped');
	});

	it('that only lacked its final name gets it', async () => {
		renameSync(at('stopped'), at('nameless.part'));
		const proxy = await proxied({});
		const { code, result } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('nameless'));
		expect([code, result.files, result.counts.Thread, proxy.asked.length]).toEqual([0, 10, 20, 2]);
		await expectWhole('nameless');
	});
});

describe('an export whose token expires', () => {
	it('ends with the API’s message, and resumes with a new token', async () => {
		const problem = { code: 'UNAUTHENTICATED', detail: 'Sign in: the token is not valid.' };
		const proxy = await proxied({
			onQuestion: (count, answer) => (count < 7 ? answer : { status: 401, text: JSON.stringify(problem) }),
		});
		const { code, error } = await firmsealJson(as(scene.north.owner, proxy.url), ...exporting('expired'));
		expect([code, error.code]).toEqual([1, 'UNAUTHENTICATED']);
		expect(error.message).toContain('goes on from there');
		expect((await firmsealJson(as(scene.north.owner), ...exporting('expired'))).result.isResumed).toBe(true);
		await expectWhole('expired');
	});
});

describe('something with the name of an incomplete export', () => {
	const stateOf = (name: string) => join(at(`${name}.part`), 'resume/state.json');
	it('is resumed only if it is one, intact, of this firm, and not in use', async () => {
		await killedIn('held', atQuestion(8));
		const run = async () => {
			const { code, error } = await firmsealJson(as(scene.north.owner), ...exporting('held'));
			return [code, error?.code, error?.message] as const;
		};
		const kept = readFileSync(stateOf('held'), 'utf8');
		const foreign = JSON.stringify({ ...JSON.parse(kept), firmId: uuidv7() });
		for (const [text, message] of [
			[foreign, /another firm’s/],
			['{"format":', /none that this version goes on with/],
			[JSON.stringify({ ...JSON.parse(kept), version: 2 }), /none that this version goes on with/],
		] as const) {
			writeFileSync(stateOf('held'), text);
			expect(await run()).toEqual([1, 'CONFLICT', expect.stringMatching(message)]);
		}
		writeFileSync(stateOf('held'), kept);
		const running = join(at('held.part'), 'resume/running');
		writeFileSync(running, String(process.ppid));
		expect(await run()).toEqual([1, 'CONFLICT', expect.stringMatching(/is running, as process \d+/)]);
		rmSync(running);
		const clients = readFileSync(join(at('held.part'), 'clients.jsonl'));
		writeFileSync(join(at('held.part'), 'clients.jsonl'), '');
		expect(await run()).toEqual([1, 'CONFLICT', expect.stringMatching(/has lost something/)]);
		writeFileSync(join(at('held.part'), 'clients.jsonl'), Buffer.concat([clients, Buffer.from('{"half a li')]));
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
	it('ends the export with one sentence, and it resumes once there is room', async () => {
		const disk = newDirectory();
		mount(disk, 3 * 2 ** 20);
		try {
			const out = join(disk, 'export');
			const { code, error } = await firmsealJson(as(scene.north.owner), 'firm', 'export', '--out', out);
			expect([code, error.code, existsSync(out)]).toEqual([1, 'BAD_USER_INPUT', false]);
			expect(error.message).toMatch(/^There is no room for the file: make some\. .* goes on from there\.$/);
			grow(disk, 64 * 2 ** 20);
			const { result } = await firmsealJson(as(scene.north.owner), 'firm', 'export', '--out', out);
			expect(result).toMatchObject({ isResumed: true, failures: 0 });
			assertSound(out);
		} finally {
			unmount(disk);
		}
	});
});
