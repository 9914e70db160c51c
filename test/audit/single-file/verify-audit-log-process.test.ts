import { spawnSync } from 'node:child_process';
import { chmodSync, lstatSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { HONEST, signedBundle, VKEY } from '../verify/bundle-cases.ts';
import { FIRM, leafOf } from '../verify/write-log.ts';
import { inFolder, PROGRAM, SOURCE } from './run-verifier.ts';

describe('as a process, reports what happened, where, and what to do', () => {
	const spawned = (argv: readonly string[], umask = '022') => {
		const { status, stdout, stderr } = spawnSync(
			'sh',
			['-c', `umask ${umask}; exec "$@"`, 'sh', process.execPath, PROGRAM, ...argv],
			{ encoding: 'utf8' },
		);
		return { code: status, out: stdout, error: stderr };
	};
	const AGAIN = 'A program has changed the bundle: download it again, and verify it unchanged.\n';

	it.each([
		['carriage returns', HONEST.replaceAll('\n', '\r\n'), 'Line 1 ends with a carriage return.'],
		['a byte order mark', `\ufeff${HONEST}`, 'Line 1 begins with a byte order mark.'],
		['UTF-16', Buffer.from(`\ufeff${HONEST}`, 'utf16le'), 'Line 1 begins with a byte order mark.'],
		['a blank line in the middle', HONEST.replace(/^(.*\n.*\n.*\n)/, '$1\n'), 'Line 4 is empty.'],
		['a blank line before its footer', HONEST.replace(/\n(?=.*\n$)/, '\n\n'), 'Line 9 is empty.'],
	])('if a bundle contains %s', (_, bundle, sentence) =>
		inFolder(async (path) => {
			writeFileSync(path('bundle'), bundle);
			expect(spawned([path('bundle'), VKEY])).toEqual({ code: 1, out: '', error: `${sentence} ${AGAIN}` });
		}),
	);

	it.each([
		['BUNDLE', ['', VKEY]],
		['--vkey-file', ['bundle', VKEY, '--vkey-file', '']],
		['--since', ['bundle', VKEY, '--since', '']],
		['--keep', ['bundle', VKEY, '--keep', '']],
	])('if %s names a directory', (_, argv) =>
		inFolder(async (path) => {
			writeFileSync(path('bundle'), HONEST);
			const { code, out, error } = spawned(
				argv.map((word) => (word === VKEY || word.startsWith('--') ? word : path(word))),
			);
			expect({ code, out }).toEqual({ code: 2, out: '' });
			expect(error).toMatch(`${path('')} is a directory: name a file.\nnode verify-audit-log.mjs BUNDLE `);
		}),
	);

	it.each(['--keep', '--since', '--vkey-file'])('if %s has no value, before it reads anything', (option) => {
		const { code, out, error } = spawned(['/nonexistent', VKEY, option, '']);
		expect({ code, out }).toEqual({ code: 2, out: '' });
		expect(error).toMatch(`${option} is given no name of a file.\nnode verify-audit-log.mjs BUNDLE `);
	});

	it('and stores a checkpoint readable by its owner only, even in place of one that all could read', () =>
		inFolder(async (path) => {
			const [bundle, kept] = [path('bundle'), path('kept')];
			writeFileSync(bundle, HONEST);
			for (const before of ['none', 'one that all could read']) {
				expect(spawned([bundle, VKEY, '--keep', kept], '000')).toMatchObject({ code: 0, error: '' });
				expect([before, lstatSync(kept).mode & 0o777]).toEqual([before, 0o600]);
				chmodSync(kept, 0o644);
			}
		}));
});

it('runs on its own', () =>
	inFolder(async (path) => {
		writeFileSync(path('bundle'), HONEST);
		writeFileSync(path('alone.mjs'), SOURCE);
		const right = spawnSync(process.execPath, [path('alone.mjs'), path('bundle'), VKEY], { encoding: 'utf8' });
		expect([right.status, right.stderr]).toEqual([0, '']);
		writeFileSync(path('bundle'), `${HONEST}\n`);
		const wrong = spawnSync(process.execPath, [path('alone.mjs'), path('bundle'), VKEY], { encoding: 'utf8' });
		expect([wrong.status, wrong.stdout]).toEqual([1, '']);
		expect(wrong.stderr).toBe('The file goes on after its last line, number 9.\n');
	}));

it('can be read from top to bottom: fewer than 355 lines, and only Node imports', () => {
	expect(SOURCE.split('\n').length - 1).toBeLessThan(355);
	const imported = [...SOURCE.matchAll(/from '([^']+)'|import\(|require\(/g)].map(([, from]) => from);
	expect(imported).toEqual(['node:crypto', 'node:fs', 'node:util']);
	expect(SOURCE).not.toMatch(/\bfetch\(|process\.env|child_process|\beval\b|Function\(/);
});

it(
	'needs constant memory: 50,000 entries, 39 MB, with a heap of 16 MB',
	() =>
		inFolder(async (path) => {
			const leaves = Array.from({ length: 50_000 }, (_, at) => leafOf(FIRM, at + 1, { reason: 'x'.repeat(400) }));
			const bundle = signedBundle(leaves);
			writeFileSync(path('bundle'), bundle);
			expect(bundle.length).toBeGreaterThan(39_000_000);
			const argv = ['--max-old-space-size=12', '--max-semi-space-size=1', PROGRAM, path('bundle'), VKEY];
			const { status, stdout } = spawnSync(process.execPath, argv, { encoding: 'utf8' });
			expect(status).toBe(0);
			expect(stdout).toContain('entries     50000, from');
		}),
	60_000,
);
