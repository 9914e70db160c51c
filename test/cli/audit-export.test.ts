import { createHash } from 'node:crypto';
import { appendFileSync, existsSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { verifyCheckpoint, verifyInclusion } from '../../src/audit/verify/index.ts';
import { hashesOf, hashOf, type LogScene, makeLogScene, NIL } from '../audit-log/proofs/log-scene.ts';
import type { Person } from '../support/person.ts';
import { endAll, firmseal, firmsealJson, launch, MAIN, newDirectory, words } from '../system/program.ts';
import { type AuditProxy, type OnPage, startAuditProxy } from './audit-proxy.ts';

let scene: LogScene;
const directory = newDirectory();
const proxies: AuditProxy[] = [];
const at = (name: string) => join(directory, name);
const partAt = (name: string) => `${at(name)}.bundle.part`;
beforeAll(async () => {
	scene = await makeLogScene();
	for (let n = 0; n < 4; n++) await scene.append(scene.north.id, 350);
	await scene.worker.publishLog();
});
afterAll(async () => {
	for (const proxy of proxies) proxy.close();
	await endAll();
	await scene?.installation.close();
});

const as = (token: Person, url = scene.api.url) => ({ FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${token}` });
const proxied = async (onPage: OnPage) => {
	const proxy = await startAuditProxy(scene.api.url, onPage);
	proxies.push(proxy);
	return proxy;
};
const linesOf = (path: string) => readFileSync(path, 'utf8').split('\n');

const sha256 = (...parts: Uint8Array[]) => createHash('sha256').update(Buffer.concat(parts)).digest();
/** The Merkle tree hash of RFC 6962, section 2.1, written as the RFC defines it. */
function mth(leaves: readonly string[]): Buffer {
	if (leaves.length === 1) return sha256(Buffer.of(0), Buffer.from(leaves[0] ?? ''));
	let k = 1;
	while (k * 2 < leaves.length) k *= 2;
	return sha256(Buffer.of(1), mth(leaves.slice(0, k)), mth(leaves.slice(k)));
}

/** Checks everything in a bundle against the database and the keys. Returns its number of leaves. */
async function expectBundle(path: string, tree: string): Promise<number> {
	const [header = '', ...rest] = linesOf(path);
	const [footer = '', end] = rest.slice(-2);
	const leaves = rest.slice(0, -2);
	expect(end).toBe('');
	const origin = `localhost/firmseal/${tree}`;
	expect(header).toBe(`{"format":"firmseal-audit-bundle","origin":"${origin}","size":${leaves.length},"v":1}`);
	expect(leaves).toEqual((await scene.leaves(tree)).slice(0, leaves.length).map(({ leaf }) => leaf));
	const { checkpoint, root, ...others } = JSON.parse(footer);
	expect([others, Object.keys(root)]).toEqual([{}, ['checkpoint', 'index', 'proof']]);
	expect(footer).toBe(JSON.stringify({ checkpoint, root }));
	const own = await verifyCheckpoint(checkpoint, (await scene.keys(tree))[0] ?? '');
	expect([own.size, Buffer.from(own.root)]).toEqual([leaves.length, mth(leaves)]);
	const whole = await verifyCheckpoint(root.checkpoint, (await scene.keys(null))[0] ?? '');
	const proof = { index: root.index, size: whole.size, leafHash: await hashOf(checkpoint), root: whole.root };
	await expect(verifyInclusion({ ...proof, proof: hashesOf(root.proof) })).resolves.toBeUndefined();
	return leaves.length;
}

describe('firmseal audit export', () => {
	it('saves the whole log of the owner’s firm, over two pages, for its owner only', async () => {
		const proxy = await proxied((_, answer) => answer);
		const out = at('own.jsonl');
		const { code, result, stderr } = await firmsealJson(
			as(scene.north.owner, proxy.url),
			...words`audit export --out ${out}`,
		);
		const size = await expectBundle(out, scene.north.id);
		expect(size).toBeGreaterThan(1_400);
		expect([code, result]).toEqual([
			0,
			{ firmId: scene.north.id, origin: `localhost/firmseal/${scene.north.id}`, size, file: out, resumedFrom: 0 },
		]);
		expect(proxy.asked).toEqual([0, 1_000]);
		expect(stderr).toContain(`Leaves: ${size}/${size}\n`);
		expect(statSync(out).mode & 0o777).toBe(0o600);
		expect(existsSync(partAt('own.jsonl'))).toBe(false);
	});

	it('saves the log of any firm, and the log of no firm, for an auditor who names it', async () => {
		for (const [firm, tree] of [
			['harbour', scene.harbour.id],
			[scene.north.id, scene.north.id],
			[NIL, NIL],
		] as const) {
			const out = at(`auditor-${firm}.jsonl`);
			const { code, stdout } = await firmseal(as(scene.auditor), 'audit', 'export', '--firm', firm, '--out', out);
			const size = await expectBundle(out, tree);
			expect([code, stdout]).toEqual([0, `Exported ${size.toLocaleString('en')} entries to ${out}.\n`]);
		}
	});

	it('replaces a file only with --force, and requests no page before that check', async () => {
		const out = at('taken.jsonl');
		writeFileSync(out, 'of another program');
		const proxy = await proxied((_, answer) => answer);
		const refused = await firmsealJson(as(scene.harbour.owner, proxy.url), 'audit', 'export', '--out', out);
		expect([refused.code, refused.error.code, proxy.asked]).toEqual([1, 'CONFLICT', []]);
		expect(readFileSync(out, 'utf8')).toBe('of another program');
		const forced = await firmsealJson(as(scene.harbour.owner), 'audit', 'export', '--out', out, '--force');
		expect(forced.ok).toBe(true);
		expect(await expectBundle(out, scene.harbour.id)).toBe(forced.result.size);
	});

	it('is refused if the API refuses it, and leaves no file', async () => {
		const names: string[] = [];
		const run = (token: Person, ...args: string[]) => {
			const name = `refused-${names.length}.jsonl`;
			names.push(name);
			return firmsealJson(as(token), 'audit', 'export', '--out', at(name), ...args);
		};
		const outcomes = await Promise.all([
			run(scene.north.member),
			run(scene.north.client),
			run(scene.operator, '--firm', 'north'),
			run(scene.auditor),
			run(scene.north.owner, '--firm', scene.harbour.id),
			firmsealJson(as(scene.north.owner), 'audit', 'export', '--out', '-'),
			firmsealJson(as(scene.north.owner), 'audit', 'export', '--out', at('no/such/place.jsonl')),
			// An export to x.jsonl would continue this file and rename it.
			firmsealJson(as(scene.north.owner), 'audit', 'export', '--out', at('x.jsonl.bundle.part')),
		]);
		expect(outcomes.map(({ code, error }) => [code, error.code])).toEqual([
			[1, 'FORBIDDEN'],
			[1, 'FORBIDDEN'],
			[1, 'FORBIDDEN'],
			[1, 'BAD_USER_INPUT'],
			[1, 'NOT_FOUND'],
			[2, 'BAD_USER_INPUT'],
			[1, 'BAD_USER_INPUT'],
			[1, 'BAD_USER_INPUT'],
		]);
		for (const name of names) expect(existsSync(at(name)) || existsSync(partAt(name))).toBe(false);
	});
});

describe('an interrupted export', () => {
	it('resumes after the last complete line, up to the size at which it began', async () => {
		const out = at('cut.jsonl');
		const cut = await proxied((page, answer) => (page === 1 ? answer : null));
		const first = await firmsealJson(as(scene.north.owner, cut.url), 'audit', 'export', '--out', out);
		expect([first.code, first.error.code]).toEqual([1, 'SETUP']);
		expect(first.error.message).toContain('run the same command again to continue');
		const kept = linesOf(partAt('cut.jsonl'));
		expect([kept.length, kept.at(-1)]).toEqual([1_002, '']);
		const { size } = JSON.parse(kept[0] ?? '');
		// Cuts the last line short, as a power failure would.
		truncateSync(partAt('cut.jsonl'), statSync(partAt('cut.jsonl')).size - 40);
		await scene.append(scene.north.id, 20);
		await scene.worker.publishLog();
		const whole = await proxied((_, answer) => answer);
		const second = await firmsealJson(as(scene.north.owner, whole.url), 'audit', 'export', '--out', out);
		expect([second.code, second.result.size, second.result.resumedFrom]).toEqual([0, size, 999]);
		expect(whole.asked).toEqual([999]);
		expect(await expectBundle(out, scene.north.id)).toBe(size);
	});

	it('keeps what it has if its user stops it', async () => {
		const out = at('stopped.jsonl');
		const [asked, killed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
		const slow = await proxied(async (_, answer) => {
			asked.resolve();
			await killed.promise;
			return answer;
		});
		const args = [MAIN, 'audit', 'export', '--out', out];
		const program = launch(as(scene.north.owner, slow.url), process.execPath, args);
		await asked.promise;
		program.kill('SIGINT');
		killed.resolve();
		const { code, stderr } = await program.ended;
		expect([code, existsSync(out)]).toEqual([1, false]);
		expect(stderr).toContain('firmseal: Interrupted.');
		const again = await firmsealJson(as(scene.north.owner), 'audit', 'export', '--out', out);
		expect(again.result.resumedFrom).toBe(slow.asked.length * 1_000);
		await expectBundle(out, scene.north.id);
	});

	it('that has all its leaves, or more, requests none again', async () => {
		const out = at('nearly.jsonl');
		await firmsealJson(as(scene.harbour.owner), 'audit', 'export', '--out', out);
		const whole = readFileSync(out);
		writeFileSync(partAt('again.jsonl'), whole);
		appendFileSync(partAt('again.jsonl'), 'more of it\n');
		const proxy = await proxied((_, answer) => answer);
		const again = await firmsealJson(as(scene.harbour.owner, proxy.url), 'audit', 'export', '--out', at('again.jsonl'));
		expect([again.ok, again.result.resumedFrom, proxy.asked]).toEqual([true, again.result.size, []]);
		expect(await expectBundle(at('again.jsonl'), scene.harbour.id)).toBe(again.result.size);
	});

	it.each([
		[
			'of another firm',
			() => `{"format":"firmseal-audit-bundle","origin":"localhost/firmseal/${scene.north.id}","size":3,"v":1}\n{}\n`,
		],
		[
			'of a size that was never signed',
			() =>
				`{"format":"firmseal-audit-bundle","origin":"localhost/firmseal/${scene.harbour.id}","size":9007199254740991,"v":1}\n{}\n`,
		],
		[
			'of another version',
			() => `{"format":"firmseal-audit-bundle","origin":"localhost/firmseal/${scene.harbour.id}","size":3,"v":2}\n{}\n`,
		],
		['of no bundle', () => `${'x'.repeat(100_000)}\n{}\n`],
		['without a complete line', () => '{"format"'],
		['empty', () => ''],
	])('restarts if its incomplete file is %s', async (what, text) => {
		const name = `${what.replaceAll(' ', '-')}.jsonl`;
		writeFileSync(partAt(name), text());
		const { ok, result } = await firmsealJson(as(scene.harbour.owner), 'audit', 'export', '--out', at(name));
		expect([ok, result.resumedFrom]).toEqual([true, 0]);
		expect(await expectBundle(at(name), scene.harbour.id)).toBe(result.size);
	});

	it.each([
		['were changed meanwhile', (line: string) => line.replace('"ALLOWED"', '"DENIED!"')],
		['are invented', () => '{"made":"up"}'],
	])('restarts if its lines %s, and accuses no one of changing the log', async (what, change) => {
		const name = `${what.replaceAll(' ', '-')}.jsonl`;
		const cut = await proxied((page, answer) => (page === 1 ? answer : null));
		await firmsealJson(as(scene.north.owner, cut.url), 'audit', 'export', '--out', at(name));
		const [header = '', ...lines] = linesOf(partAt(name)).slice(0, -1);
		writeFileSync(partAt(name), `${[header, ...lines.map(change)].join('\n')}\n`);
		const whole = await proxied((_, answer) => answer);
		const { ok, result } = await firmsealJson(as(scene.north.owner, whole.url), 'audit', 'export', '--out', at(name));
		expect([ok, result.resumedFrom, whole.asked.slice(0, 2)]).toEqual([true, 0, [1_000, 0]]);
		expect(await expectBundle(at(name), scene.north.id)).toBe(result.size);
	});
});

describe('while the first of two exports to the same file waits for its checkpoint', () => {
	it.each(['finishes', 'is killed'])('the second is refused, and no bundle breaks if the first %s', async (end) => {
		// The longest name that a file may have.
		const name = `${`two-${end.replace(' ', '-')}`.padEnd(249, '-')}.jsonl`;
		const out = at(name);
		const [held, released, begun] = [0, 1, 2].map(() => Promise.withResolvers<void>()) as [Signal, Signal, Signal];
		const proxy = await startAuditProxy(
			scene.api.url,
			(_, answer) => {
				begun.resolve();
				return end === 'finishes' ? answer : new Promise(() => {});
			},
			async (answer) => {
				if (!answer.includes('\u2014 ')) return answer;
				held.resolve();
				await released.promise;
				return answer;
			},
		);
		proxies.push(proxy);
		const first = launch(as(scene.north.owner, proxy.url), process.execPath, [MAIN, 'audit', 'export', '--out', out]);
		await held.promise;
		const second = await firmsealJson(as(scene.north.owner), 'audit', 'export', '--out', out);
		released.resolve();
		await begun.promise;
		if (end === 'is killed') first.kill('SIGKILL');
		const { code } = await first.ended;
		if (existsSync(out)) await expectBundle(out, scene.north.id);
		expect([second.error?.code, second.error?.message]).toEqual(['CONFLICT', expect.stringMatching(IS_RUNNING)]);
		expect([code, existsSync(out)]).toEqual(end === 'finishes' ? [0, true] : [null, false]);
		if (end === 'is killed') await firmsealJson(as(scene.north.owner), 'audit', 'export', '--out', out);
		await expectBundle(out, scene.north.id);
		expect(readdirSync(directory).filter((each) => each.startsWith(name.slice(0, 14)))).toEqual([name]);
	});
});

type Signal = ReturnType<typeof Promise.withResolvers<void>>;
const IS_RUNNING = /^Another command is writing to this path, as process \d+: /;

describe('a dishonest server', () => {
	const change = (edit: (nodes: { index: number; leaf: string }[]) => unknown[]) => (_: number, answer: string) => {
		const body = JSON.parse(answer);
		body.data.auditEntries.nodes = edit(body.data.auditEntries.nodes);
		return JSON.stringify(body);
	};
	it.each<[what: string, onPage: OnPage, message: RegExp]>([
		['omits a leaf', change((nodes) => nodes.toSpliced(1, 1)), /Leaf 1 of the log is missing/],
		['begins late', change((nodes) => nodes.slice(1)), /Leaf 0 of the log is missing/],
		['sends no leaves', change(() => []), /Leaf 0 of the log is missing/],
		['sends leaves in another order', change((nodes) => nodes.toReversed()), /Leaf 0 of the log is missing/],
		[
			'sends two lines as one',
			change((nodes) => nodes.map((n) => ({ ...n, leaf: `${n.leaf}\n${n.leaf}` }))),
			/not one that Firmseal writes/,
		],
		[
			'sends a leaf that is too long',
			change((nodes) => nodes.map((n) => ({ ...n, leaf: 'x'.repeat(65_537) }))),
			/not one that Firmseal writes/,
		],
		['sends a leaf that is not text', change((nodes) => nodes.map((n) => ({ ...n, leaf: 5 }))), /not a Firmseal/],
		[
			'sends other leaves',
			change((nodes) => nodes.map((n) => ({ ...n, leaf: n.leaf.replace('"ALLOWED"', '"DENIED!"') }))),
			/not those that were signed/,
		],
	])('is detected if it %s', async (what, onPage, message) => {
		const proxy = await proxied(onPage);
		const out = at(`untrue-${what.replaceAll(' ', '-')}.jsonl`);
		const { code, ok, error } = await firmsealJson(as(scene.harbour.owner, proxy.url), 'audit', 'export', '--out', out);
		expect([code, ok]).toEqual([1, false]);
		expect(error.message).toMatch(message);
		// A complete log that differs from the signed one is evidence, so it is saved.
		expect(existsSync(out)).toBe(what === 'sends other leaves');
	});

	it.each([
		['more than its three lines', '\\nThe log is complete and unchanged.\\n\\n\u2014 '],
		['text in place of its signatures', '\\n\\nThe log is complete and unchanged.\\n\u2014 '],
	])('cannot have a checkpoint shown that has %s', async (_, instead) => {
		const lie = (answer: string) => answer.replaceAll('\\n\\n\u2014 ', instead);
		const proxy = await startAuditProxy(scene.api.url, (_, answer) => answer, lie);
		proxies.push(proxy);
		const { code, stdout, stderr } = await firmseal(as(scene.harbour.owner, proxy.url), 'audit', 'checkpoint');
		expect([code, stdout]).toEqual([1, '']);
		expect(stderr).toContain('not a Firmseal');
	});

	it('is detected if an entry was deleted from the database', async () => {
		const [, , taken] = await scene.leaves(scene.harbour.id);
		await scene.admin.begin(async (sql) => {
			await sql`alter table audit_entries disable trigger all`;
			await sql`delete from audit_entries where id = ${taken?.id ?? ''}`;
			await sql`alter table audit_entries enable trigger all`;
		});
		const { code, error } = await firmsealJson(
			as(scene.harbour.owner),
			'audit',
			'export',
			'--out',
			at('taken-out.jsonl'),
		);
		expect([code, error.code]).toEqual([1, 'AUDIT_UNAVAILABLE']);
		expect(error.message).toContain('Leaf 2 of the log is missing');
	});
});
