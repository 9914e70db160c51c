import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, lstatSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { test } from '@fast-check/vitest';
import { integer, nat } from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scale } from '../../support/scale.ts';
import { ATTACKS } from '../verify/bundle-attacks.ts';
import {
	ACCEPTED,
	type BundleCase,
	HONEST,
	honestLog,
	KEY,
	KEY_CHANGES,
	LINES,
	leaves,
	NEW_KEY,
	NEW_VKEY,
	ORIGIN,
	otherRoot,
	STOLEN_KEY,
	STOLEN_VKEY,
	signedBundle,
	VKEY,
} from '../verify/bundle-cases.ts';
import { newSigner, signerOf } from '../verify/note-signer.ts';
import { FIRM, noteOf, OTHER_FIRM, originOf, TestLog } from '../verify/write-log.ts';
import { flipBit } from '../verify/wrong-proofs.ts';
import { inFolder, PROGRAM, runVerifier, verifyCase } from './run-verifier.ts';

it.each(ACCEPTED)('accepts $name', async (accepted) => {
	const { code, out, error } = await verifyCase(accepted);
	expect({ code, error }).toEqual({ code: 0, error: '' });
	expect(out).toMatch(/^The log of \S+ is complete and unchanged\.\n/);
	if (accepted.since !== undefined) expect(out).toContain('entries of the old checkpoint');
});

it.each(ATTACKS)('refuses a bundle if $name', async (attack) => {
	const { code, out, error } = await verifyCase(attack);
	expect({ code, out }).toEqual({ code: 1, out: '' });
	// One sentence, which contains nothing of a line except the name of the log.
	expect(error).toMatch(/^[A-Z][ -~]{10,150}\.\n$/);
	expect(error).not.toMatch(/has a bug|FORBIDDEN|5a1e0f6c|\[31m/);
});

const CHANGED =
	/^The key of the log was changed: .* Its first 5 entries are those of the old checkpoint\. Get the new key from another source than the server of the log; .* without --since, .*\.\n$/;

it.each(KEY_CHANGES)('accepts no new key just because the server names it: $name', async (change) => {
	const { code, out, error } = await verifyCase(change);
	expect({ code, out }).toEqual({ code: 1, out: '' });
	expect(error).toMatch(CHANGED);
});

const PAGE = readFileSync(new URL('../../../docs/how-to/verify.md', import.meta.url), 'utf8');
const [, GO_OVER = ''] = /`node verify-audit-log\.mjs ([^`]*new\.vkey[^`]*)`/.exec(PAGE) ?? [];

it('stores with --keep what the known key signed, and accepts another key only if it is given alone', () =>
	inFolder(async (path) => {
		const [bundle, keys, kept, other] = [path('bundle'), path('keys'), path('kept'), path('new-checkpoint')];
		const run = (vkeys: readonly string[], text: string, ...options: string[]) => {
			writeFileSync(keys, vkeys.join('\n'));
			writeFileSync(bundle, text);
			return runVerifier([bundle, '--vkey-file', keys, ...options]);
		};
		const log = new TestLog(KEY);
		log.append(FIRM, 5);
		const first = log.publish(FIRM);
		await run([VKEY], log.bundle(FIRM), '--keep', kept);
		// The server has added its own signature to the note, and names its key beside the true one.
		log.put(FIRM, first + newest(first, STOLEN_KEY));
		expect(await run([STOLEN_VKEY, VKEY], log.bundle(FIRM), '--keep', kept)).toMatchObject({ code: 0 });
		const [forged] = KEY_CHANGES as [BundleCase];
		const wrong = await run(forged.vkeys, forged.bundle as string, '--keep', kept);
		expect(wrong).toMatchObject({ code: 1, out: '', error: expect.stringMatching(CHANGED) });
		expect(readFileSync(kept, 'utf8')).toBe(first);

		// An honest rotation: while both keys sign, the old key is enough. Afterwards the firm gets the new one from another source.
		log.rotate(NEW_KEY);
		log.append(FIRM);
		const both = log.publish(FIRM);
		expect(await run([NEW_VKEY, VKEY], log.bundle(FIRM), '--keep', kept)).toMatchObject({ code: 0 });
		const byOld = readFileSync(kept, 'utf8');
		expect([byOld.split('\n\n')[0], byOld.length < both.length]).toEqual([both.split('\n\n')[0], true]);
		log.append(FIRM);
		log.publish(FIRM);
		const later = log.bundle(FIRM);
		expect(await run([NEW_VKEY, VKEY], later, '--since', kept, '--keep', kept)).toMatchObject({ code: 1 });
		expect(await run([NEW_VKEY, VKEY], later, '--since', kept, '--keep', other)).toMatchObject({ code: 1 });
		expect([readFileSync(kept, 'utf8'), existsSync(other)]).toEqual([byOld, false]);
		// With the command of the page.
		writeFileSync(path('log.jsonl'), later);
		writeFileSync(path('new.vkey'), NEW_VKEY);
		const words = GO_OVER.split(' ').map((word) => (word.startsWith('--') ? word : path(word)));
		expect(await runVerifier(words)).toMatchObject({ code: 0 });
		expect(await run([NEW_VKEY], later, '--since', other, '--keep', other)).toMatchObject({ code: 0 });
	}));

/** An additional signature for a note. */
const newest = (note: string, key: TestLog['key']) =>
	signerOf(ORIGIN, key).line(note.slice(0, note.indexOf('\n\n') + 1));

describe('property', { timeout: 60_000 }, () => {
	const bytes = new TextEncoder().encode(HONEST);

	test.prop([integer({ min: 0, max: bytes.length - 1 })], { numRuns: scale(40) })(
		'a file that is cut at any byte is refused',
		async (end) => {
			const { code, out } = await verifyCase({ bundle: bytes.slice(0, end), vkeys: [VKEY] });
			expect({ code, out }).toEqual({ code: 1, out: '' });
		},
		60_000,
	);

	test.prop([nat(bytes.length * 8 - 1)], { numRuns: scale(40) })(
		'a file with any changed bit is refused',
		async (bit) => {
			const { code, out, error } = await verifyCase({ bundle: flipBit(bytes, bit), vkeys: [VKEY] });
			expect({ code, out }).toEqual({ code: 1, out: '' });
			expect(error).not.toContain('has a bug');
		},
		60_000,
	);
});

it('reports what it found, and which checkpoint to keep', async () => {
	const { checkpoint } = honestLog().footer(FIRM);
	const { out } = await verifyCase({ bundle: HONEST, vkeys: [VKEY], since: noteOf(ORIGIN, LINES.slice(1, 4), KEY) });
	expect(out).toBe(`The log of ${ORIGIN} is complete and unchanged.
entries     7, from 2026-11-24T15:00:01.000Z to 2026-11-24T15:00:09.000Z
root        ${checkpoint.split('\n')[2]}
since       it begins with the 3 entries of the old checkpoint
checkpoint  to keep, with --keep FILE:

${checkpoint}`);
});

it('stores a checkpoint for the next run, and none of an invalid log', () =>
	inFolder(async (path) => {
		const [bundle, kept] = [path('bundle'), path('kept')];
		const log = honestLog();
		for (const wrong of [true, false]) {
			writeFileSync(bundle, wrong ? HONEST.replace('FORBIDDEN', 'PERMITTED') : HONEST);
			const { code } = await runVerifier([bundle, VKEY, '--keep', kept]);
			expect(code).toBe(wrong ? 1 : 0);
			if (wrong) expect(() => readFileSync(kept)).toThrow('ENOENT');
			else expect(readFileSync(kept, 'utf8')).toBe(log.footer(FIRM).checkpoint);
		}
		log.append(FIRM, 3);
		log.publish(FIRM);
		writeFileSync(bundle, log.bundle(FIRM));
		const next = await runVerifier([bundle, VKEY, '--since', kept, '--keep', kept]);
		expect(next.out).toContain(
			`since       it begins with the 7 entries of the old checkpoint\ncheckpoint  written into ${kept}\n`,
		);
		expect(readFileSync(kept, 'utf8')).toBe(log.footer(FIRM).checkpoint);
	}));

it('leaves a complete first checkpoint or none if it is killed while storing it', () =>
	inFolder(async (path) => {
		const [bundle, kept] = [path('bundle'), path('kept')];
		writeFileSync(bundle, HONEST);
		const killed = `import fs from 'node:fs'; fs.renameSync = fs.rmSync = () => process.kill(process.pid, 'SIGKILL');`;
		const args = [
			'--import',
			`data:text/javascript,${encodeURIComponent(killed)}`,
			PROGRAM,
			bundle,
			VKEY,
			'--keep',
			kept,
		];
		expect(spawnSync(process.execPath, args).signal).toBe('SIGKILL');
		expect(readFileSync(kept, 'utf8')).toBe(honestLog().footer(FIRM).checkpoint);
		expect(await runVerifier([bundle, VKEY, '--keep', kept])).toMatchObject({ code: 0 });
	}));

it('overwrites no file except an older checkpoint of this log', () =>
	inFolder(async (path) => {
		const [bundle, kept] = [path('bundle'), path('kept')];
		writeFileSync(bundle, HONEST);
		for (const there of [
			'alias ls=ls\n',
			'',
			noteOf(originOf(OTHER_FIRM), LINES.slice(1, 4), KEY),
			noteOf(ORIGIN, LINES.slice(1, 4), STOLEN_KEY),
			noteOf(ORIGIN, leaves(9), KEY),
			otherRoot,
		]) {
			writeFileSync(kept, there);
			const { code, out, error } = await runVerifier([bundle, VKEY, '--keep', kept]);
			expect({ code, out }).toEqual({ code: 1, out: '' });
			expect(error).toMatch(/^The (file of --keep, which exists and is not replaced, |log )[ -~]+\.\n$/);
			expect(readFileSync(kept, 'utf8')).toBe(there);
		}
		const link = path('link');
		symlinkSync(path('nowhere'), link);
		expect(await runVerifier([bundle, VKEY, '--keep', link])).toMatchObject({ code: 2, out: '' });
		expect(() => readFileSync(path('nowhere'))).toThrow('ENOENT');
	}));

it.each([
	['an older one', LINES.slice(1, 4)],
	['none', null],
])('does not replace a newer checkpoint that another run stored meanwhile, if it read %s', (_, before) =>
	inFolder(async (path) => {
		const [bundle, slow, kept] = [path('bundle'), path('slow'), path('kept')];
		execFileSync('mkfifo', [slow]);
		writeFileSync(bundle, HONEST);
		const old = signedBundle(LINES.slice(1, 6));
		if (before) writeFileSync(kept, noteOf(ORIGIN, before, KEY));
		const slower = runVerifier([slow, VKEY, '--keep', kept]);
		// Opens when the slower run reads its bundle, and so has already read the kept file.
		const pipe = await open(slow, 'w');
		expect(await runVerifier([bundle, VKEY, '--keep', kept])).toMatchObject({ code: 0 });
		const newer = readFileSync(kept, 'utf8');
		await pipe.writeFile(old);
		await pipe.close();
		const { code, out, error } = await slower;
		expect(readFileSync(kept, 'utf8')).toBe(newer);
		expect([code, out]).toEqual([1, '']);
		expect(error).toBe(
			'The file of --keep was changed while this run verified the log, and is not replaced: run it again.\n',
		);
		expect(readdirSync(path('')).toSorted()).toEqual(['bundle', 'kept', 'slow']);
	}),
);

it('loses no stored checkpoint if the disk is full, and leaves no partial file', () =>
	inFolder(async (path) => {
		const [bundle, kept] = [path('bundle'), path('kept')];
		writeFileSync(bundle, HONEST);
		const old = noteOf(ORIGIN, LINES.slice(1, 6), KEY);
		const noRoom = () =>
			spawnSync(
				'sh',
				['-c', 'ulimit -f 0; trap "" XFSZ; "$@"', 'sh', process.execPath, PROGRAM, bundle, VKEY, '--keep', kept],
				{ encoding: 'utf8' },
			);
		// The result is still printed, and the usage is not.
		const outcome = { status: 1, stdout: expect.stringMatching(/^The log of \S+ is complete and unchanged\.\n/) };
		const full = { ...outcome, stderr: expect.stringMatching(/^The checkpoint is not kept: EFBIG[^\n]+\.\n$/) };
		expect(noRoom()).toMatchObject(full);
		expect(readdirSync(path(''))).toEqual(['bundle']);
		writeFileSync(kept, old);
		expect(noRoom()).toMatchObject(full);
		expect([readFileSync(kept, 'utf8'), readdirSync(path(''))]).toEqual([old, ['bundle', 'kept']]);
		// A link still leads to the same file.
		symlinkSync(kept, path('link'));
		expect(await runVerifier([bundle, VKEY, '--keep', path('link')])).toMatchObject({ code: 0 });
		expect(readFileSync(kept, 'utf8')).toBe(honestLog().footer(FIRM).checkpoint);
		expect(lstatSync(path('link')).isSymbolicLink()).toBe(true);
	}));

it('shows and stores only the part of a checkpoint that its key signed, without added names', () =>
	inFolder(async (path) => {
		const [bundle, kept] = [path('bundle'), path('kept')];
		const log = honestLog();
		const { checkpoint } = log.footer(FIRM);
		const names = ['witness.example/w1', ';touch,RUN;', 'w\u202e1'];
		log.put(FIRM, checkpoint + names.map((name) => newSigner(name).line(checkpoint)).join(''));
		writeFileSync(bundle, log.bundle(FIRM));
		const shown = await runVerifier([bundle, VKEY]);
		expect(shown).toMatchObject({ code: 0, out: expect.stringMatching(/\n\n(?:.*\n){3}\n.*\n$/) });
		expect(shown.out.endsWith(`\n\n${checkpoint}`)).toBe(true);
		await runVerifier([bundle, VKEY, '--keep', kept]);
		expect(readFileSync(kept, 'utf8')).toBe(checkpoint);
		const { out } = await runVerifier([bundle, VKEY, '--keep', path('k\u202ept')]);
		expect(out).toContain(`written into ${path('k\\u{202e}pt')}\n`);
		expect((await runVerifier([bundle, VKEY, '--k\u202ep'])).error).toContain('--k\\u{202e}p');
	}));

it('reads keys from a file, one per line', () =>
	inFolder(async (path) => {
		const [bundle, file, kept] = [path('bundle'), path('file'), path('kept')];
		writeFileSync(bundle, HONEST);
		for (const keys of [VKEY, `${VKEY}\n`, `${NEW_VKEY}\n${VKEY}\n`]) {
			writeFileSync(file, keys);
			expect(await runVerifier([bundle, '--vkey-file', file])).toMatchObject({ code: 0, error: '' });
		}
		for (const keys of [
			'',
			'\n',
			`${VKEY}\n--keep=${kept}\n`,
			`--keep=${kept}\n${VKEY}\n`,
			`${VKEY} --keep=${kept}\n`,
			`${VKEY}\n\n`,
			`\n${VKEY}\n`,
			`${VKEY}\r\n`,
			`# ${VKEY}\n`,
			`${VKEY}\n\u202e\n`,
			`${VKEY.replace(/\+[0-9a-f]{8}\+/, '+00000000+')}\n`,
		]) {
			writeFileSync(file, keys);
			const { code, out, error } = await runVerifier([bundle, '--vkey-file', file]);
			expect({ keys, code, out }).toEqual({ keys, code: 2, out: '' });
			expect(error).toMatch(/^VKEY [12] is malformed\.\nnode /);
		}
		expect(() => readFileSync(kept)).toThrow('ENOENT');
	}));

it('refuses an option that is given twice, as lines of a key file could do', () =>
	inFolder(async (path) => {
		writeFileSync(path('bundle'), HONEST);
		writeFileSync(path('key'), VKEY);
		for (const [option, first, second] of [
			['--keep', 'kept', 'other'],
			['--since', 'kept', 'other'],
			['--vkey-file', 'key', 'key'],
		] as const) {
			const argv = [path('bundle'), VKEY, option, path(first), `${option}=${path(second)}`];
			const { code, error } = await runVerifier(argv);
			expect([code, error]).toEqual([2, expect.stringContaining(`${option} is given twice.\n`)]);
		}
		expect(() => readFileSync(path('kept'))).toThrow('ENOENT');
	}));

it.each([
	['nothing', []],
	['no key', ['bundle']],
	['a key without an id', ['bundle', ORIGIN]],
	['a key with the id of another', ['bundle', VKEY.replace(/\+[0-9a-f]{8}\+/, '+00000000+')]],
	['a key of another kind', ['bundle', VKEY.replace(/\+[^+]{44}$/, `+${Buffer.alloc(33, 2).toString('base64')}`)]],
	['an option that it does not know', ['bundle', VKEY, '--quiet']],
	['an option without its file', ['bundle', VKEY, '--since']],
	['a file that does not exist', ['/nonexistent', VKEY]],
	['a folder', ['/', VKEY]],
	['an old checkpoint that does not exist', ['bundle', VKEY, '--since', '/nonexistent']],
])('exits with 2 if it is given %s', async (_, argv) =>
	inFolder(async (path) => {
		writeFileSync(path('bundle'), HONEST);
		const { code, out, error } = await runVerifier(argv.map((name) => (name === 'bundle' ? path(name) : name)));
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(error).toMatch(/\nnode verify-audit-log\.mjs BUNDLE --vkey-file FILE .*\n$/);
		expect(error).not.toContain('has a bug');
	}),
);
