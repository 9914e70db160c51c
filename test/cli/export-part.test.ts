import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import disk from 'node:fs/promises';
import { createServer } from 'node:http';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { fetchFile } from '../../src/cli/export/fetch-file.ts';
import { readSummary } from '../../src/cli/export/manifest.ts';
import { type ExportPart, openExportPart, removeResume } from '../../src/cli/export/part.ts';
import { publishExport } from '../../src/cli/export/publish-export.ts';
import { acquireLockFile } from '../../src/cli/files/index.ts';
import { Secret } from '../../src/config/secret.ts';
import { listen } from '../support/listen.ts';
import { DOCUMENT, MANIFEST, makeExport } from './make-export.ts';

const FIRM = '01a20e60-0000-7000-8000-000000000001';
let directory: string;
const out = () => join(directory, 'out');
const resume = (name: string) => join(directory, 'out.part/resume', name);
const begin = async () => (await openExportPart(out(), FIRM)) as ExportPart;

beforeEach(() => {
	directory = mkdtempSync(join(tmpdir(), 'firmseal-part-'));
});
afterEach(() => {
	rmSync(directory, { recursive: true });
});

/** Has `happen` happen as each file is opened, by its name. */
async function whileOpening<T>(happen: (name: string) => void, work: () => Promise<T>): Promise<T> {
	const { open } = disk;
	disk.open = async (path, ...more) => {
		happen(basename(String(path)));
		return open(path, ...more);
	};
	syncBuiltinESMExports();
	try {
		return await work();
	} finally {
		disk.open = open;
		syncBuiltinESMExports();
	}
}

it('a run reads another run’s leftovers only once that run can save no more', async () => {
	await (await begin()).leave();
	const isLocked: boolean[] = [];
	const look = (name: string) => void (name === 'state.json' && isLocked.push(existsSync(resume('running'))));
	const part = await whileOpening(look, begin);
	expect([isLocked, part.isResumed, part.state.runs]).toEqual([[true], true, 2]);
	await part.leave();
});

it.each(['running', 'state.json.new', 'clients.jsonl', 'notes.jsonl', 'failures.jsonl'])(
	'a run that failed while opening %s is resumed',
	async (last) => {
		const end = (name: string) => {
			if (name.startsWith(last)) throw Object.assign(new Error(), { code: 'EIO' });
		};
		await expect(whileOpening(end, begin)).rejects.toMatchObject({ code: 'BAD_USER_INPUT' });
		await (await begin()).leave();
	},
);

it('an export that another run has just begun is attributed to that run, not offered for removal', async () => {
	mkdirSync(resume(''), { recursive: true });
	writeFileSync(join(directory, 'out.part/clients.jsonl'), '');
	const release = await acquireLockFile(resume('running'));
	await expect(begin()).rejects.toThrow(`running, as process ${process.pid}`);
	await release();
	// What no run holds, and has no state, is none.
	await expect(begin()).rejects.toThrow('Something else has the name');
});

it.each<[string, (path: string) => void]>([
	['pipe', (path) => execFileSync('mkfifo', [path])],
	['directory', (path) => mkdirSync(path)],
	['link', (path) => symlinkSync('elsewhere', path)],
])('a %s in place of the state file is refused, and blocks no other run', async (_, make) => {
	await (await begin()).leave();
	rmSync(resume('state.json'));
	make(resume('state.json'));
	await expect(begin()).rejects.toMatchObject({
		code: 'CONFLICT',
		message: expect.stringContaining('none that this version goes on with'),
	});
	expect(existsSync(resume('running'))).toBe(false);
});

it('a directory that is no export is left as it is', async () => {
	mkdirSync(join(directory, 'out.part'));
	writeFileSync(join(directory, 'out.part/mine'), '');
	await expect(begin()).rejects.toThrow('Something else has the name');
	// A document may have this name and content.
	writeFileSync(join(directory, 'out.part/manifest.json'), MANIFEST);
	await expect(begin()).rejects.toThrow('Something else has the name');
	expect(readdirSync(join(directory, 'out.part')).toSorted()).toEqual(['manifest.json', 'mine']);
});

it('a directory with the names of a complete export is refused if its manifest is not valid', async () => {
	const part = join(directory, 'out.part');
	makeExport(part);
	mkdirSync(resume(''));
	writeFileSync(resume('mine'), '');
	expect(await openExportPart(out(), FIRM)).toBe(null);
	const firm = { id: FIRM };
	for (const manifest of [{ firm: null }, { firm }, { firm, counts: { Note: '1' }, files: [], failures: [] }]) {
		writeFileSync(join(part, 'manifest.json'), JSON.stringify(manifest));
		await expect(readSummary(part, FIRM)).rejects.toThrow('Something else has the name');
	}
	writeFileSync(join(part, 'manifest.json'), MANIFEST.slice(0, -1));
	await expect(readSummary(part, FIRM)).rejects.toThrow('Something else has the name');
	expect(readdirSync(resume(''))).toEqual(['mine']);
});

it('a run that has completed does not release the lock of a later run', async () => {
	const first = await begin();
	await first.complete();
	rmSync(join(directory, 'out.part'), { recursive: true });
	const second = await begin();
	await first.leave();
	await expect(begin()).rejects.toMatchObject({ code: 'CONFLICT' });
	await second.leave();
});

const WANTED = { documentId: DOCUMENT, number: 1, byteSize: 1, sha256: null, name: `files/${DOCUMENT}/1/Deed.pdf` };
const FETCHING = {
	signal: new AbortController().signal,
	progress: { reach: () => {}, say: () => {}, end: () => {} },
	tries: 0,
};
const person = (url: string) => ({ person: { url, token: new Secret('x') } });

it.each(['files', `files/${DOCUMENT}`, `files/${DOCUMENT}/1`])(
	'nothing is written through a link at %s',
	async (name) => {
		const elsewhere = join(directory, 'elsewhere');
		mkdirSync(elsewhere);
		mkdirSync(join(directory, 'out.part', name, '..'), { recursive: true });
		symlinkSync(elsewhere, join(directory, 'out.part', name));
		const options = { ...FETCHING, ...person('http://127.0.0.1:1'), directory: join(directory, 'out.part') };
		await expect(fetchFile(options, WANTED)).rejects.toMatchObject({ code: 'CONFLICT' });
		expect(readdirSync(elsewhere)).toEqual([]);
	},
);

it('if a file cannot be fetched, only its incomplete parts are removed', async () => {
	const version = join(directory, 'out.part/files', DOCUMENT, '1');
	mkdirSync(version, { recursive: true });
	for (const name of ['Deed.pdf', `Deed.pdf.${DOCUMENT.replace('-0000-', '-8000-')}.part`, 'mine.txt'])
		writeFileSync(join(version, name), '');
	const gone = createServer((_, answer) => {
		answer.writeHead(404, { 'content-type': 'application/problem+json' });
		answer.end(JSON.stringify({ code: 'NOT_FOUND', detail: 'There is no such file.' }));
	});
	const url = `http://127.0.0.1:${await listen(gone)}`;
	try {
		expect(await fetchFile({ ...FETCHING, ...person(url), directory: join(directory, 'out.part') }, WANTED)).toEqual({
			code: 'NOT_FOUND',
			file: null,
		});
		expect(readdirSync(version)).toEqual(['mine.txt']);
	} finally {
		gone.close();
	}
});

it('a run removes only its own files from a complete export, and names any others', async () => {
	const part = await begin();
	writeFileSync(resume('state.json.new'), '');
	writeFileSync(resume('mine'), '');
	mkdirSync(resume('running.mine'));
	const refusal = { code: 'CONFLICT', message: expect.stringMatching(/such as "resume\/(mine|running\.mine)": move/) };
	await expect(part.complete()).rejects.toMatchObject(refusal);
	await part.leave();
	makeExport(join(directory, 'out.part'));
	expect(await openExportPart(out(), FIRM)).toBe(null);
	await expect(removeResume(out())).rejects.toMatchObject(refusal);
	expect(readdirSync(resume('')).toSorted()).toEqual(['mine', 'running.mine']);
	for (const name of readdirSync(resume(''))) rmSync(resume(name), { recursive: true });
	await removeResume(out());
	await removeResume(out());
	expect(existsSync(resume(''))).toBe(false);
});

it('an export to be replaced keeps its name if another run has published the new one', async () => {
	makeExport(out());
	const names = readdirSync(out());
	await expect(publishExport(out(), true)).rejects.toMatchObject({
		code: 'CONFLICT',
		message: expect.stringMatching('^Another run has'),
	});
	expect(readdirSync(directory)).toEqual(['out']);
	expect(readdirSync(out())).toEqual(names);
});

it('a run that cannot resume what it finds does not block others', async () => {
	mkdirSync(join(directory, 'out.part'), { mode: 0o700 });
	await (await begin()).leave();
	await expect(openExportPart(out(), FIRM.replace(/1$/, '2'))).rejects.toThrow('another firm’s');
	expect(existsSync(resume('running'))).toBe(false);
});
