import { execFileSync } from 'node:child_process';
import {
	appendFileSync,
	chownSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	symlinkSync,
	utimesSync,
	writeFileSync,
} from 'node:fs';
import disk from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findReplacedExports, publishExport } from '../../src/cli/export/publish-export.ts';
import { DOCUMENT, FILES, MANIFEST, makeExport, manifestOf } from './make-export.ts';

const DEED = `files/${DOCUMENT}/1/Deed.pdf`;
const FAILURE = { coordinate: 'Note.body', recordId: DOCUMENT, code: 'CIPHERTEXT_INVALID' };
let directory: string;
const at = (...names: string[]) => join(directory, ...names);

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-place-'));
	makeExport(at('out.part'));
});
afterEach(() => {
	rmSync(directory, { recursive: true });
});

const all = () => readdirSync(directory, { recursive: true }).toSorted();

async function expectRefused(message: RegExp): Promise<void> {
	const before = all();
	await expect(publishExport(at('out'), true)).rejects.toMatchObject({
		code: 'CONFLICT',
		message: expect.stringMatching(message),
	});
	expect(all()).toEqual(before);
}

it('an export is replaced, with files of any name and versions without a file', async () => {
	makeExport(at('out'), `files/${DOCUMENT}/1/a\nb`);
	mkdirSync(at('out/files', DOCUMENT, '2'));
	expect(await publishExport(at('out'), true)).toBe(null);
	expect(readdirSync(directory)).toEqual(['out']);
	expect(existsSync(at('out/files', DOCUMENT, '2'))).toBe(false);
});

it('an export is replaced if its manifest has every possible field', async () => {
	makeExport(at('out'));
	const ofVersion = { documentId: DOCUMENT, versionId: DOCUMENT, isVerified: true };
	const manifest = manifestOf(FILES, [FAILURE, FAILURE])
		.replace('"}', '","records":null}')
		.replace(/"\}\n\t\],/, `",${JSON.stringify(ofVersion).slice(1)}\n\t],`);
	expect(JSON.parse(manifest).files.at(-1)).toMatchObject({ name: DEED, ...ofVersion });
	writeFileSync(at('out/manifest.json'), manifest);
	expect(await publishExport(at('out'), true)).toBe(null);
});

it('a folder is not replaced if its manifest.json only begins like a manifest or does not list its files', async () => {
	mkdirSync(at('out/photos'), { recursive: true });
	writeFileSync(at('out/manifest.json'), MANIFEST);
	writeFileSync(at('out/precious.txt'), 'precious');
	await expectRefused(/^There is something of this name that is no export: /);
	rmSync(at('out/precious.txt'));
	rmSync(at('out/photos'), { recursive: true });
	writeFileSync(at('out/README.txt'), 'mine');
	await expectRefused(/no export/);
	// A folder into which documents with the names of an export's files were saved.
	rmSync(at('out'), { recursive: true });
	makeExport(at('out'));
	rmSync(at('out/files'), { recursive: true });
	mkdirSync(at('out/files/mine'), { recursive: true });
	await expectRefused(
		/^There is something in the directory of this name that no export has written, such as "files\/mine": /,
	);
});

describe('an export is not replaced if it contains what no export has written:', () => {
	it.each<[string, (path: string) => void, string]>([
		['precious.txt', (path) => writeFileSync(path, ''), 'precious.txt'],
		['photos', (path) => mkdirSync(path), 'photos'],
		['files/notes', (path) => mkdirSync(path), 'files/notes'],
		['files/notes.txt', (path) => writeFileSync(path, ''), 'files/notes.txt'],
		[`files/${DOCUMENT}/old`, (path) => mkdirSync(path), `files/${DOCUMENT}/old`],
		[`files/${DOCUMENT}/note.txt`, (path) => writeFileSync(path, ''), `files/${DOCUMENT}/note.txt`],
		[`files/${DOCUMENT}/1/more`, (path) => mkdirSync(path), `files/${DOCUMENT}/1/more`],
		[`files/${DOCUMENT}/1/link`, (path) => symlinkSync('elsewhere', path), `files/${DOCUMENT}/1/link`],
		[`files/${DOCUMENT}/1/pipe`, (path) => execFileSync('mkfifo', [path]), `files/${DOCUMENT}/1/pipe`],
		[`files/${DOCUMENT}/1/note.txt`, (path) => writeFileSync(path, ''), `files/${DOCUMENT}/1/note.txt`],
		[`files/${DOCUMENT}/1/Deed.pdf`, (path) => appendFileSync(path, 'and mine'), `files/${DOCUMENT}/1/Deed.pdf`],
		['notes.jsonl', (path) => writeFileSync(path, 'mine'), 'notes.jsonl'],
		['resume', (path) => mkdirSync(path), 'resume'],
		['notes.jsonl.part', (path) => writeFileSync(path, ''), 'notes.jsonl.part'],
	])('%s', async (name, make, named) => {
		makeExport(at('out'));
		make(at('out', name));
		await expectRefused(new RegExp(`such as ${JSON.stringify(named)}: `));
	});

	it.runIf(process.getuid?.() === 0)('a file of another user', async () => {
		makeExport(at('out'));
		chownSync(at('out/files', DOCUMENT, '1/Deed.pdf'), 12345, 12345);
		await expectRefused(/Deed\.pdf/);
	});

	it.each<[string, string]>([
		['without lists', MANIFEST],
		['that is cut off', manifestOf(FILES).split('\t],')[0] ?? ''],
		['with another field in the list', manifestOf(FILES).replace('{"name":"firm.json",', '{"names":"firm.json",')],
		['with an unterminated name', `${MANIFEST.slice(0, -2)},\n\t"files": [\n${' '.repeat(1_000_000)}`],
		['with lines after its end', `${manifestOf(FILES)}\nMy notes: audited on 3 May\n`],
		['with text after its last line', `${manifestOf(FILES)}my notes`],
		['with another field in its last line', manifestOf(FILES).replace('"failures": []', '"failures": [], "mine": 1')],
		['with another line at its end', manifestOf(FILES).replace('"failures": []', '"failures": [],\n\t"mine": 1')],
		['with another line at its beginning', manifestOf(FILES).replace('\t"counts"', '\t"mine": 1,\n\t"counts"')],
		['with another field in a line', manifestOf(FILES).replace('"begun": ', '"mine": 1, "begun": ')],
		['with null in its list of files', manifestOf(FILES).replace('"files": [', '"files": [\n\t\tnull,')],
		['with an invalid failure', manifestOf(FILES, [{ coordinate: 'Note.body', mine: 1 }])],
		['reformatted by another program', JSON.stringify(JSON.parse(manifestOf(FILES)), null, '\t')],
	])('a manifest %s', async (_, manifest) => {
		makeExport(at('out'));
		writeFileSync(at('out/manifest.json'), manifest);
		await expectRefused(/such as "manifest\.json": /);
	});
});

it('an export with a changed file of the same length is kept, and the result says where', async () => {
	makeExport(at('out'));
	const file = at('out/files', DOCUMENT, '1/Deed.pdf');
	writeFileSync(file, readFileSync(file, 'utf8').toUpperCase());
	const { path = '', isWhole } = (await publishExport(at('out'), true)) ?? {};
	expect(isWhole).toBe(true);
	expect(readFileSync(join(path, DEED), 'utf8')).toBe('AS IT WAS FETCHED');
	expect(existsSync(at('out/manifest.json'))).toBe(true);
});

it('a path through a loop of links is refused', async () => {
	symlinkSync('loop', at('loop'));
	await expect(publishExport(at('loop/out'), true)).rejects.toMatchObject({
		code: 'BAD_USER_INPUT',
		message: expect.stringMatching(/^There is no directory for the export/),
	});
});

it('the old export is kept if its name is taken during the replacement, and the error says where', async () => {
	makeExport(at('out'));
	await whenRenamed(
		() => makeExport(at('out')),
		async () => {
			const refused = await publishExport(at('out'), true).catch((error: Error) => error.message);
			const [kept = ''] = readdirSync(directory).filter((name) => name.endsWith('.replaced'));
			expect(refused).toMatch(`is kept as ${JSON.stringify(at(kept))}.`);
			expect(refused).toMatch(/^There is an export of this name: /);
			expect(readdirSync(at(kept))).toContain('manifest.json');
		},
	);
});

it('a file added to the export after the check is kept, and the result says where', async () => {
	makeExport(at('out'));
	await whenRenamed(
		// A program that has the folder as its working directory can still write to it.
		(to) => writeFileSync(join(to, 'precious.txt'), 'precious'),
		async () => {
			const { path = '' } = (await publishExport(at('out'), true)) ?? {};
			expect(path).toMatch(/\.replaced$/);
			expect(readdirSync(path)).toContain('precious.txt');
			expect(readdirSync(at('out'))).not.toContain('precious.txt');
		},
	);
});

describe('the rest of a replaced export is kept, and the result says where, if', () => {
	async function expectLeft(names: readonly string[]): Promise<string> {
		const { path = '', isWhole } = (await publishExport(at('out'), true)) ?? {};
		expect(isWhole).toBe(false);
		expect(readdirSync(directory).toSorted()).toEqual(['out', basename(path)]);
		expect(readdirSync(path, { recursive: true }).toSorted()).toEqual(
			['files', `files/${DOCUMENT}`, `files/${DOCUMENT}/1`, ...names].toSorted(),
		);
		expect(await findReplacedExports(at('out'))).toEqual([path]);
		return path;
	}

	it.each(['EACCES', 'EPERM', 'EBUSY'])('a file cannot be removed (%s)', async (code) => {
		makeExport(at('out'));
		const refuse = async (path: string) => {
			if (path.endsWith('.pdf')) throw Object.assign(new Error(), { code });
		};
		await asCalled('unlink', refuse, () => expectLeft([DEED]));
	});

	it('a file was added during the comparison', async () => {
		makeExport(at('out'));
		const add = async (path: string) => {
			if (path.includes('.replaced/') && path.endsWith(DEED)) writeFileSync(join(path, '../mine.txt'), 'precious');
		};
		await asCalled('lstat', add, () => expectLeft([`files/${DOCUMENT}/1/mine.txt`]));
	});

	it('the manifest changed after it was read', async () => {
		makeExport(at('out'));
		let looks = 0;
		const change = async (path: string) => {
			if (path.endsWith('.replaced/manifest.json') && ++looks === 2) writeFileSync(path, 'MY NOTES');
		};
		const { path = '' } = (await asCalled('lstat', change, () => publishExport(at('out'), true))) ?? {};
		expect(readFileSync(join(path, 'manifest.json'), 'utf8')).toBe('MY NOTES');
	});

	it('a file changed after it was compared', async () => {
		makeExport(at('out'));
		utimesSync(at('out', DEED), 1, 1);
		let looks = 0;
		const change = async (path: string) => {
			if (path.includes('.replaced/') && path.endsWith(DEED) && ++looks === 2) writeFileSync(path, 'AS IT WAS CHANGED');
		};
		const left = await asCalled('lstat', change, () => expectLeft([DEED]));
		expect(readFileSync(join(left, DEED), 'utf8')).toBe('AS IT WAS CHANGED');
	});
});

it('only directories that were moved aside for an export are found beside it', async () => {
	makeExport(at('out'));
	for (const name of ['out.replaced', `out.${DOCUMENT}.replaced`, `other.${DOCUMENT}.replaced`, `out.${DOCUMENT}.part`])
		mkdirSync(at(name));
	expect(await findReplacedExports(at('out'))).toEqual([at(`out.${DOCUMENT}.replaced`)]);
	expect(await findReplacedExports(at('none/out'))).toEqual([]);
});

/** Runs `work` while `happen` runs before each call of this function. */
async function asCalled<T>(
	call: 'lstat' | 'unlink',
	happen: (path: string) => Promise<void>,
	work: () => Promise<T>,
): Promise<T> {
	const real = disk[call] as (path: string) => Promise<unknown>;
	Object.assign(disk, { [call]: (path: string) => happen(path).then(() => real(path)) });
	syncBuiltinESMExports();
	try {
		return await work();
	} finally {
		Object.assign(disk, { [call]: real });
		syncBuiltinESMExports();
	}
}

/** Runs `work`, and `happen` as soon as the existing export was moved aside. */
async function whenRenamed(happen: (to: string) => void, work: () => Promise<void>): Promise<void> {
	const { rename } = disk;
	disk.rename = async (from, to) => {
		await rename(from, to);
		if (from === at('out')) happen(String(to));
	};
	syncBuiltinESMExports();
	try {
		await work();
	} finally {
		disk.rename = rename;
		syncBuiltinESMExports();
	}
}
