import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { nameOfAnchor } from '../../src/adapters/anchors/anchor-name.ts';
import { writeNextAnchor } from '../../src/audit-log/anchors/index.ts';
import { selectAuditState } from '../../src/database/index.ts';
import { openAnchors, openPlaneOf } from '../../src/wiring/index.ts';
import { runVerifier } from '../audit/single-file/run-verifier.ts';
import { KEY_CHANGES } from '../audit/verify/bundle-cases.ts';
import { newSigner } from '../audit/verify/note-signer.ts';
import { headOf, publishAlone } from '../audit-log/leader/publish-alone.ts';
import { type LogScene, makeLogScene } from '../audit-log/proofs/log-scene.ts';
import { makeRefusing } from '../support/refusing-table.ts';
import { PAST_PROGRAM, putPastProgram } from '../support/rogue-entries.ts';
import { endAll, firmseal, firmsealJson, newDirectory, PROJECT, spawned } from '../system/program.ts';

const PAGE = readFileSync(join(PROJECT, 'docs/how-to/verify.md'), 'utf8');

let scene: LogScene;
let rootVkey: string;
let vkey: string;
const directory = newDirectory();
const at = (name: string) => join(directory, name);
const verify = (...args: string[]) => firmsealJson(scene.installation.env, 'audit', 'verify', ...args);

async function anchor(): Promise<void> {
	const { config, database } = scene.installation;
	const plane = openPlaneOf(database, 'firmseal_log', 2);
	try {
		const { epoch } = await plane.read(null, selectAuditState);
		const parts = { plane, store: await openAnchors(config), installation: config.installation };
		await writeNextAnchor({ ...parts, signal: new AbortController().signal }, epoch);
	} finally {
		await plane.close();
	}
}

beforeAll(async () => {
	// No background process anchors the log, so that the tests decide when.
	scene = await makeLogScene(async (of) => ({ publishLog: () => publishAlone(of, headOf(of)), async stop() {} }));
	const { north } = scene;
	await scene.append(north.id, 5);
	await scene.worker.publishLog();
	[[rootVkey = ''], [vkey = '']] = (await Promise.all([scene.keys(null), scene.keys(north.id)])) as [
		string[],
		string[],
	];
	const as = { FIRMSEAL_URL: scene.api.url, FIRMSEAL_TOKEN: `${north.owner}` };
	const [entry] = await scene.leaves(north.id);
	writeFileSync(at('old'), (await firmseal(as, 'audit', 'checkpoint')).stdout);
	await firmseal(as, 'audit', 'export', '--out', at('bundle.jsonl'));
	await firmseal(as, 'audit', 'proof', '--entry', entry?.id ?? '', '--out', at('entry.tlog-proof'));
});
afterAll(async () => {
	await endAll();
	await scene?.installation.close();
});

describe('firmseal audit verify', () => {
	it('finds nothing wrong in an intact log, before and after anchoring, and is logged itself', async () => {
		const before = await verify();
		expect([before.code, before.ok, before.result.findings]).toEqual([0, true, []]);
		expect(before.result).toMatchObject({
			isPinned: false,
			vkey: rootVkey,
			anchors: { state: 'NONE' },
			incarnation: 1,
		});
		expect(before.result.entries).toBeGreaterThan(5);
		await anchor();
		await scene.append(scene.north.id, 2);
		await scene.worker.publishLog();
		await anchor();
		const after = await verify('--vkey', rootVkey);
		expect(after).toMatchObject({ ok: true, result: { isPinned: true, anchors: { state: 'SOUND', number: 1 } } });
		expect((await verify('--database')).result.anchors).toBeNull();
		const { code, stdout, stderr } = await spawned(scene.installation.env, 'audit', 'verify');
		expect([code, stdout.split('\n')[0]]).toEqual([0, 'The log is complete and unchanged.']);
		expect(stdout).toContain(rootVkey);
		expect(stderr).toMatch(/Entries: \d+\/\d+/);
		const rows =
			await scene.admin`select leaf from audit_entries where leaf like '%"action":"log.read"%' and leaf like '%"plane":"cli"%'`;
		expect(rows.length).toBe(4);
	});

	it('verifies the anchors without the database', async () => {
		const { DATABASE_URL: _, ...env } = scene.installation.env;
		const away = { ...env, FIRMSEAL_WORKER_DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' };
		const { code, result } = await firmsealJson(away, 'audit', 'verify', '--anchors');
		expect([code, result.anchors, result.vkey]).toEqual([0, 2, rootVkey]);
		const other = newSigner('localhost/firmseal').vkey;
		const wrong = await firmsealJson(away, 'audit', 'verify', '--anchors', '--vkey', other);
		expect([wrong.code, wrong.ok, wrong.result.anchors]).toEqual([1, false, 0]);
		expect(wrong.error.message).toContain('does not begin with the verifier key');
	});

	it('refuses a log that begins with another key', async () => {
		const { code, result } = await verify('--vkey', newSigner('localhost/firmseal').vkey);
		expect(code).toBe(1);
		expect(result.findings.map(({ kind }: { kind: string }) => kind)).toEqual(['KEY_UNKNOWN']);
	});

	it('reports changes in the database and in the anchors', async () => {
		const [entry] = await scene.leaves(scene.north.id);
		const leaf = entry?.leaf ?? '';
		const write = (text: string) =>
			scene.admin.begin(async (sql) => {
				await sql`alter table audit_entries disable trigger user`;
				await sql`update audit_entries set leaf = ${text} where id = ${entry?.id ?? ''}`;
				await sql`alter table audit_entries enable always trigger append_only_row`;
				await sql`alter table audit_entries enable always trigger append_only_statement`;
				await sql`alter table audit_entries enable always trigger append_only_truncate`;
			});
		await write(leaf.replace('"request":null', '"request":"CANARY-4711"'));
		const human = await firmseal(scene.installation.env, 'audit', 'verify');
		expect(human.code).toBe(1);
		expect(human.stdout).toMatch(new RegExp(`^ENTRY_CHANGED +${scene.north.id} +0 +${entry?.id}$`, 'm'));
		expect(human.stdout + human.stderr).not.toContain('CANARY');
		const { ok, error, result } = await verify();
		expect([ok, error.message]).toEqual([false, '1 finding in the database.']);
		expect(result.findings).toMatchObject([
			{ kind: 'ENTRY_CHANGED', tree: scene.north.id, index: 0, entry: entry?.id },
		]);
		const refused = [
			['audit_gaps', '57014'],
			['audit_anchors', '42501'],
		] as const;
		for (const [table, code] of refused) {
			const restoreTable = await makeRefusing(scene.admin, table, code);
			const broken = await verify();
			await restoreTable();
			expect(broken.error.message).toMatch(
				/^\d findings? in the database. The rest could not be verified: run the command again.$/,
			);
			expect(broken.result.findings).toContainEqual(expect.objectContaining({ kind: 'ENTRY_CHANGED', index: 0 }));
		}
		await write(leaf);
		const again = await verify();
		expect([again.code, again.result?.findings, again.error?.message]).toEqual([0, [], undefined]);
		const path = join(scene.installation.directory, 'anchors', nameOfAnchor('localhost', 1));
		const bytes = readFileSync(path);
		writeFileSync(path, bytes.toString().replace('"ALLOWED"', '"DENIED"'));
		const compared = await verify();
		expect([compared.code, compared.result.anchors.state]).toEqual([1, 'DISAGREES']);
		const anchors = await verify('--anchors');
		expect([anchors.code, anchors.error.message]).toEqual([
			1,
			expect.stringMatching(/^Anchor 1 does not verify: Line \d+: /),
		]);
		writeFileSync(path, bytes);
		expect((await verify('--anchors')).code).toBe(0);
	});
});

describe('entries added by SQL, not by the program', () => {
	const FLAWS = PAST_PROGRAM.map((_, at) => (at === 0 ? 'ENTRY_ORDER' : 'ENTRY_MALFORMED'));
	const kindsOf = (findings: readonly { kind: string; tree: string | null }[]) => findings.map(({ kind }) => kind);

	it('are reported by every verification, and hide nothing after them', async () => {
		const { harbour } = scene;
		const as = { FIRMSEAL_URL: scene.api.url, FIRMSEAL_TOKEN: `${harbour.owner}` };
		await putPastProgram(scene.installation, harbour.id);
		await scene.worker.publishLog();
		await anchor();
		await scene.append(harbour.id, 2);
		await scene.worker.publishLog();
		await anchor();
		const inDatabase = await verify();
		expect([inDatabase.code, kindsOf(inDatabase.result.findings)]).toEqual([1, expect.arrayContaining(FLAWS)]);
		const anchors = await verify('--anchors');
		expect([anchors.code, anchors.error.message]).toEqual([1, '5 findings in the anchored entries.']);
		expect(anchors.result.findings).toMatchObject(FLAWS.map((kind) => ({ kind, tree: harbour.id })));
		await firmseal(as, 'audit', 'export', '--out', at('flawed.jsonl'));
		const [key = ''] = await scene.keys(harbour.id);
		const bundle = await firmsealJson({}, 'audit', 'verify', '--bundle', at('flawed.jsonl'), '--vkey', key);
		expect([bundle.code, kindsOf(bundle.result.findings)]).toEqual([1, FLAWS]);
		expect(bundle.error.message).toBe(
			`The log of localhost/firmseal/${harbour.id} is complete and unchanged, but has 5 findings in its entries.`,
		);
		const alone = await runVerifier([at('flawed.jsonl'), key]);
		expect(alone).toMatchObject({ code: 1, out: '' });
		expect(alone.error).toMatch(
			/^The entry in line \d+ is not numbered above the one before it\. 4 more entries are wrong, the first in line \d+\. All else is complete and unchanged\.\n$/,
		);
		const lines = readFileSync(at('flawed.jsonl'), 'utf8');
		writeFileSync(at('cut.jsonl'), lines.replace('"log.read"', '"log.rite"'));
		expect((await runVerifier([at('cut.jsonl'), key])).error).toContain('not those that the checkpoint covers');
	});
});

/** The words that a shell passes to the commands of docs/how-to/verify.md if `keys` is the server's response. */
function wordsOf(folder: string, keys: string): readonly (readonly string[])[] {
	writeFileSync(join(folder, 'answer'), keys);
	const blocks = [...PAGE.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
	const spans = [...PAGE.matchAll(/`(firmseal audit verify --[^`]+)`/g)].map(([, span]) => span);
	const stubs = `
cd '${folder}'
say() { printf '%s\\0' "$@" >> words; printf '\\n' >> words; }
curl() { cat answer; }
firmseal() { if [ "$2" = verify ]; then say firmseal "$@"; fi; }
node() { say node "$@"; }`;
	spawnSync('sh', ['-c', [stubs, ...blocks, ...spans].join('\n')], {
		env: { PATH: process.env.PATH, FIRMSEAL_URL: 'x', FIRM: 'x' },
	});
	const lines = readFileSync(join(folder, 'words'), 'utf8').trimEnd().split('\n');
	rmSync(join(folder, 'words'));
	return lines.map((line) => line.split('\0').slice(0, -1));
}

/** Runs one of these commands in that folder. */
async function runIn(
	folder: string,
	[program, ...words]: readonly string[],
): Promise<{ code: number | null; said: string }> {
	const named = words.map((word) =>
		existsSync(join(folder, word)) || word === 'checkpoint' ? join(folder, word) : word,
	);
	if (program === 'node') {
		const { code, out, error } = await runVerifier(named.slice(1));
		return { code, said: out + error };
	}
	const { code, stdout, stderr } = await firmseal({ FIRMSEAL_DATA_DIR: newDirectory() }, ...named);
	return { code, said: stdout + stderr };
}

describe('the commands of docs/how-to/verify.md', () => {
	it.each([
		['--keep=PROFILE', (bundle: string) => bundle],
		['--bundle=GOOD', (bundle: string) => bundle.replace('"ALLOWED"', '"DENIED"')],
	])('never read the server’s response as an option: %s', async (option, change) => {
		const folder = newDirectory();
		const [profile, good] = [join(folder, 'profile'), at('bundle.jsonl')];
		const honest = readFileSync(good, 'utf8');
		writeFileSync(profile, 'alias ls=ls\n');
		writeFileSync(join(folder, 'log.jsonl'), change(honest));
		const word = option.replace('PROFILE', profile).replace('GOOD', good);
		const hostile = wordsOf(folder, `${vkey}\n${word}\n`);
		expect(hostile.map(([program]) => program)).toEqual(['node', 'node', 'firmseal']);
		for (const words of hostile) {
			const { code, said } = await runIn(folder, words);
			expect([words, code]).toEqual([words, expect.toBeOneOf([1, 2])]);
			expect(said).not.toContain('complete and unchanged');
		}
		expect(readFileSync(profile, 'utf8')).toBe('alias ls=ls\n');
		writeFileSync(join(folder, 'log.jsonl'), honest);
		for (const words of wordsOf(folder, `${vkey}\n`)) {
			const { code, said } = await runIn(folder, words);
			expect([words, code, said]).toEqual([words, 0, expect.stringContaining('is complete and unchanged.\n')]);
		}
	});
});

describe('firmseal audit verify of a file, without settings', () => {
	const empty = newDirectory();
	const offline = (...args: string[]) => firmsealJson({ FIRMSEAL_DATA_DIR: empty }, 'audit', 'verify', ...args);

	it('verifies an exported log', async () => {
		const { code, result } = await offline('--bundle', at('bundle.jsonl'), '--vkey', vkey, '--since', at('old'));
		expect([code, result.origin]).toEqual([0, `localhost/firmseal/${scene.north.id}`]);
		expect(result.since).toBeGreaterThan(0);
		const other = newSigner(result.origin).vkey;
		expect(await offline('--bundle', at('bundle.jsonl'), '--vkey', other)).toMatchObject({ code: 1, ok: false });
		expect((await offline('--bundle', at('bundle.jsonl'), '--vkey', other, vkey)).code).toBe(0);
		writeFileSync(at('changed'), readFileSync(at('bundle.jsonl'), 'utf8').replace('"ALLOWED"', '"DENIED"'));
		const changed = await offline('--bundle', at('changed'), '--vkey', vkey);
		expect([changed.code, changed.error.message]).toEqual([1, expect.stringContaining('does not verify: Line ')]);
	});

	it.each(KEY_CHANGES)(
		'rejects a change of keys that only the server confirms: $name',
		async ({ bundle, vkeys, since = '' }) => {
			writeFileSync(at('changed-key.jsonl'), bundle);
			writeFileSync(at('changed-key.since'), since);
			const files = ['--bundle', at('changed-key.jsonl'), '--since', at('changed-key.since')];
			const { code, error } = await offline(...files, '--vkey', ...vkeys);
			expect([code, error.message]).toEqual([
				1,
				expect.stringContaining('does not verify: The key of the log was changed'),
			]);
		},
	);

	it('verifies a proof', async () => {
		const { code, result } = await offline('--proof', at('entry.tlog-proof'), '--vkey', vkey);
		expect([code, result.index]).toEqual([0, 0]);
		const wrong = await offline('--proof', at('bundle.jsonl'), '--vkey', vkey);
		expect([wrong.code, wrong.error.message]).toEqual([1, expect.stringContaining('not a proof file')]);
		expect((await offline('--proof', at('none'), '--vkey', vkey)).error.code).toBe('BAD_USER_INPUT');
	});

	it('reads keys from a file, one per line', async () => {
		const [keys, other] = [at('keys'), newSigner(`localhost/firmseal/${scene.north.id}`).vkey];
		for (const text of [vkey, `${vkey}\n`, `${other}\n${vkey}\n`]) {
			writeFileSync(keys, text);
			expect(await offline('--bundle', at('bundle.jsonl'), '--vkey-file', keys)).toMatchObject({ code: 0, ok: true });
		}
		for (const [text, line] of [
			['', 1],
			[`${vkey}\n--bundle=${at('bundle.jsonl')}\n`, 2],
			[`${vkey} --help\n`, 1],
			[`${vkey}\n\n`, 2],
			[`${vkey}\r\n`, 1],
			[`${vkey}\n\u202e\n`, 2],
		] as const) {
			writeFileSync(keys, text);
			const { code, error } = await offline('--bundle', at('bundle.jsonl'), '--vkey-file', keys);
			expect([text, code, error.code]).toEqual([text, 1, 'BAD_USER_INPUT']);
			expect(error.message).toContain(`Line ${line} of "${keys}" is not a verifier key of the form name+id+key`);
		}
		writeFileSync(keys, `${vkey}\n${other}\n`);
		expect(await offline('--vkey-file', keys)).toMatchObject({ code: 2, error: { code: 'BAD_USER_INPUT' } });
	});

	it('creates no files', () => expect(readdirSync(empty)).toEqual([]));

	it.each([
		['--anchors', '--database'],
		['--bundle', 'x', '--anchors', '--vkey', 'a+00000000+AA=='],
		['--bundle', 'x', '--proof', 'x', '--vkey', 'a+00000000+AA=='],
		['--bundle', 'x'],
		['--proof', 'x'],
		['--since', 'x'],
		['--proof', 'x', '--vkey', 'a+00000000+AA==', '--since', 'x'],
		['--bundle', 'x', '--vkey', 'a+00000000+AA==', '--bundle=y'],
		['--bundle', 'x', '--since', 'x', '--since', 'y', '--vkey', 'a+00000000+AA=='],
		['--vkey', 'a+00000000+AA==', 'b+00000000+AA=='],
		['--bundle', 'x', '--vkey', 'no key'],
	])('exits with 2 for wrong use: %s %s %s', async (...args) => {
		expect(await offline(...args)).toMatchObject({ code: 2, ok: false, error: { code: 'BAD_USER_INPUT' } });
	});
});
