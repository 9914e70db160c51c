import { execFileSync } from 'node:child_process';
import {
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readFileSync,
	rmSync,
	statSync,
	symlinkSync,
	writeFileSync,
} from 'node:fs';
import disk from 'node:fs/promises';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { fetchFiles, type VersionFile } from '../../src/cli/export/fetch-files.ts';
import { openPartDirectory, openRecordFiles, removeUnlisted } from '../../src/cli/export/part-directory.ts';
import { Secret } from '../../src/config/secret.ts';
import { listen } from '../support/listen.ts';
import { CONTENT, DOCUMENT, MANIFEST, makeExport, SHA256 } from './make-export.ts';

const FIRM = { id: '01a20e60-0000-7000-8000-000000000001' };
let directory: string;
const part = (...names: string[]) => join(directory, 'out.part', ...names);
const begin = async () => {
	const isResumed = await openPartDirectory(part(), FIRM);
	await (await openRecordFiles(part())).close();
	return isResumed;
};
const all = () => readdirSync(part(), { recursive: true }).toSorted();

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-part-'));
});
afterEach(() => {
	rmSync(directory, { recursive: true });
});

it('a run continues the directory of an earlier run of the same firm, and makes it accessible only to its owner', async () => {
	mkdirSync(part(), { mode: 0o777 });
	expect([await begin(), await begin()]).toEqual([false, true]);
	expect(statSync(part()).mode & 0o777).toBe(0o700);
	expect(statSync(part('firm.json')).mode & 0o777).toBe(0o600);
	writeFileSync(part('clients.jsonl'), 'half a li');
	await begin();
	expect(readFileSync(part('clients.jsonl'), 'utf8')).toBe('');
});

it.each(['firm.json', 'clients.jsonl', 'notes.jsonl'])(
	'a run continues the directory of a run that failed to open %s',
	async (last) => {
		const { open } = disk;
		disk.open = async (path, ...more) => {
			if (basename(String(path)).startsWith(last)) throw Object.assign(new Error(), { code: 'EIO' });
			return open(path, ...more);
		};
		syncBuiltinESMExports();
		try {
			await expect(begin()).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		} finally {
			disk.open = open;
			syncBuiltinESMExports();
		}
		await begin();
	},
);

describe('a directory is refused and left unchanged if it holds', () => {
	it.each<[string, string, (path: string) => void]>([
		['a file of its user', 'mine', (path) => writeFileSync(path, '')],
		['a directory of its user', 'files/mine', (path) => mkdirSync(path, { recursive: true })],
		['a link to a file', 'notes.jsonl', (path) => symlinkSync('elsewhere', path)],
		['a link to a directory', 'files', (path) => symlinkSync(directory, path)],
		['a pipe', 'notes.jsonl', (path) => execFileSync('mkfifo', [path])],
		['a directory with the name of a file', 'notes.jsonl', (path) => mkdirSync(path)],
		[
			'a link below its files',
			`files/${DOCUMENT}`,
			(path) => {
				mkdirSync(join(path, '..'));
				symlinkSync(directory, path);
			},
		],
		[
			'a second file of one version',
			`files/${DOCUMENT}/1/mine.txt`,
			(path) => {
				mkdirSync(join(path, '..'), { recursive: true });
				for (const name of ['Deed.pdf', 'mine.txt']) writeFileSync(join(path, '..', name), '');
			},
		],
	])('%s', async (_, name, make) => {
		await openPartDirectory(part(), FIRM);
		make(part(name));
		const before = all();
		await expect(begin()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringMatching(/^".+out\.part\/.+" was not written by an earlier run of this command: /),
		});
		expect(all()).toEqual(before);
	});

	it.each<[string, () => void]>([
		['the export of another firm', () => writeFileSync(part('firm.json'), JSON.stringify({ id: DOCUMENT }))],
		['no firm.json', () => rmSync(part('firm.json'))],
		['an unreadable firm.json', () => writeFileSync(part('firm.json'), '{"id":')],
		// A fetched document may have the name and content of a manifest.
		['only a manifest', () => void readdirSync(part()).map((name) => rmSync(part(name)))],
	])('%s', async (_, make) => {
		await begin();
		make();
		writeFileSync(part('manifest.json'), MANIFEST);
		const before = all();
		await expect(begin()).rejects.toMatchObject({
			code: 'CONFLICT',
			message: expect.stringMatching(/^The incomplete export in ".+out\.part" is not of this firm: /),
		});
		expect(all()).toEqual(before);
	});

	it('nothing, because it is a link', async () => {
		mkdirSync(join(directory, 'target'));
		symlinkSync('target', part());
		await expect(begin()).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(readdirSync(join(directory, 'target'))).toEqual([]);
	});
});

it('only files that the export does not list are removed, with the directories that become empty', async () => {
	makeExport(part(), `files/${DOCUMENT}/1/Deed.pdf.part`);
	mkdirSync(part('files', DOCUMENT, '2'));
	writeFileSync(part('files', DOCUMENT, '2/gone.txt'), '');
	await removeUnlisted(part(), new Set(['notes.jsonl', `files/${DOCUMENT}/1/Deed.pdf`]));
	expect(all()).toEqual(
		['files', `files/${DOCUMENT}`, `files/${DOCUMENT}/1`, `files/${DOCUMENT}/1/Deed.pdf`, 'notes.jsonl'].toSorted(),
	);
});

it('no file is removed that another program has put there', async () => {
	await begin();
	writeFileSync(part('own.txt'), 'of a person');
	await expect(removeUnlisted(part(), new Set())).rejects.toMatchObject({
		code: 'CONFLICT',
		message: expect.stringContaining('own.txt'),
	});
	expect(readFileSync(part('own.txt'), 'utf8')).toBe('of a person');
});

describe('after an earlier run,', () => {
	const VERSION = DOCUMENT.replace('d1', 'f1');
	const wanted: VersionFile = {
		documentId: DOCUMENT,
		versionId: VERSION,
		number: 1,
		byteSize: CONTENT.length,
		sha256: SHA256,
		name: `files/${DOCUMENT}/1/Deed.pdf`,
	};

	/** Fetches the file from a server, and returns the outcome with the ranges that were requested. */
	async function fetch(file: VersionFile, status = 200) {
		const ranges: (string | undefined)[] = [];
		const server = createServer(({ headers }, answer) => {
			ranges.push(headers.range);
			const start = Number(/^bytes=(\d+)-$/.exec(headers.range ?? '')?.[1] ?? 0);
			const range = headers.range && { 'content-range': `bytes ${start}-${CONTENT.length - 1}/${CONTENT.length}` };
			const length = { 'content-length': CONTENT.length - start };
			if (status === 200) answer.writeHead(range ? 206 : 200, { etag: `"${VERSION}"`, ...length, ...range });
			else answer.writeHead(status, { 'content-type': 'application/problem+json' });
			answer.end(status === 200 ? CONTENT.slice(start) : JSON.stringify({ code: 'NOT_FOUND', detail: 'Gone.' }));
		});
		const person = { url: `http://127.0.0.1:${await listen(server)}`, token: new Secret('x') };
		const retry = { signal: new AbortController().signal, notify: () => {}, wasReached: false };
		try {
			const { files, failures } = await fetchFiles({ person, directory: part(), retry, ping: async () => {} }, [file]);
			return { files: files.map(({ name, sha256 }) => [name, sha256]), failures, ranges };
		} finally {
			server.close();
		}
	}
	const whole = { files: [[wanted.name, SHA256]], failures: [] };
	function leave(name: string, content: string): void {
		mkdirSync(part(wanted.name, '..'), { recursive: true });
		writeFileSync(part(wanted.name, '..', name), content);
	}
	const here = () => readdirSync(part(wanted.name, '..'));

	it.each(['Deed.pdf', 'as the document was named then.pdf'])('a complete file is kept: %s', async (name) => {
		leave(name, CONTENT);
		expect(await fetch(wanted)).toEqual({ ...whole, ranges: [] });
		expect(here()).toEqual(['Deed.pdf']);
	});

	it.each<[string, string, VersionFile]>([
		['differs', CONTENT.toUpperCase(), wanted],
		['is shorter', CONTENT.slice(1), wanted],
		['can’t be compared', CONTENT, { ...wanted, sha256: null }],
	])('a file that %s is fetched again', async (_, content, file) => {
		leave('Deed.pdf', content);
		expect(await fetch(file)).toEqual({ ...whole, ranges: [undefined] });
		expect(here()).toEqual(['Deed.pdf']);
	});

	it.each<[string, string, (string | undefined)[]]>([
		['continued', CONTENT.slice(0, 5), [undefined, 'bytes=5-']],
		['fetched from the start if the completed file differs', 'other', [undefined, 'bytes=5-', undefined]],
		['fetched from the start if it is longer than the file', `${CONTENT}!`, [undefined]],
	])('an incomplete file is %s', async (_, content, ranges) => {
		leave(`Deed.pdf.${VERSION}.part`, content);
		expect(await fetch(wanted)).toEqual({ ...whole, ranges });
		expect(here()).toEqual(['Deed.pdf']);
	});

	it('a file that the API no longer has is removed', async () => {
		leave('Deed.pdf', 'another');
		const { files, failures } = await fetch(wanted, 404);
		expect([files, failures]).toEqual([
			[],
			[{ coordinate: 'DocumentVersion.content', recordId: VERSION, code: 'NOT_FOUND' }],
		]);
		expect(existsSync(part(wanted.name))).toBe(false);
	});
});
