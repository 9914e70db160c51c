import { linkSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { someBytes } from '../support/files.ts';
import { until } from '../system/program.ts';
import { askDocument, here, read, runDocument, startDocument } from './document-program.ts';
import { as, bytes, documentOf, fetchDocuments, id, proxy, put } from './document-stage.ts';

fetchDocuments();

const rangesAsked = () =>
	proxy.heads.map((head) => [/^\w+/.exec(head)?.[0], /^range: bytes=(\d+)-\d*$/im.exec(head)?.[1]]);
const partsHere = () => here().filter((name) => name.endsWith('.part'));

describe('an interrupted download', () => {
	it('resumes by itself where it stopped', async () => {
		proxy.fates.push(
			{ answer: { cutAfter: 5_000_000 } },
			{ answer: { cutAfter: 7_000_000 } },
			{ answer: { cutAfter: 0 } },
		);
		const { code, ok, result } = await askDocument(as(), 'get', id);
		expect([code, ok, result.file]).toEqual([0, true, 'lease.pdf']);
		expect(read('lease.pdf').equals(bytes)).toBe(true);
		const froms = rangesAsked().map(([, from]) => Number(from ?? 0));
		expect(froms[0]).toBe(0);
		expect(froms[1]).toBeGreaterThan(4_900_000);
		expect(froms[2]).toBeGreaterThan((froms[1] ?? 0) + 6_900_000);
		expect(froms).toHaveLength(4);
		expect(proxy.heads[1]).toMatch(/^if-match: "[0-9a-f-]{36}"$/im);
		expect(here()).toEqual(['lease.pdf']);
	});

	it('resumes to standard output too', async () => {
		proxy.fates.push({ answer: { cutAfter: 5_000_000 } });
		const { code, bytes: out } = await runDocument(as(), 'get', id, '--out', '-');
		expect([code, out.equals(bytes)]).toEqual([0, true]);
	});

	it('gives up after several attempts without progress, and another run resumes it', async () => {
		proxy.fates.push({ answer: { cutAfter: 5_000_000 } }, ...Array(8).fill({ answer: { cutAfter: 0 } }));
		const { code, error } = await askDocument(as(), 'get', id);
		expect([code, error.code]).toEqual([1, 'SETUP']);
		expect(error.message).toBe(
			'The connection to the API was cut. Try again later. What was fetched is kept: run the same command again to continue.',
		);
		expect(proxy.heads.length).toBeLessThanOrEqual(9);
		proxy.fates.length = 0;
		expect((await askDocument(as(), 'get', id)).result.resumedFrom).toBeGreaterThan(4_900_000);
		expect(read('lease.pdf').equals(bytes)).toBe(true);
	});

	it.each([
		['to a given file', ['--out', 'here.pdf'], 'here.pdf', 1],
		['to the document’s name', [], 'lease.pdf', 2],
	])('that was killed is resumed by the next run %s', async (_, args, name, requests) => {
		const held = proxy.hold('answer', 9_000_000);
		const killed = startDocument(as(), 'get', id, ...args);
		await held;
		await until(() => partsHere().some((part) => statSync(part).size > 6_000_000));
		killed.kill('SIGKILL');
		await killed.ended;
		const [part = ''] = partsHere();
		expect(part).toMatch(new RegExp(`^${name}\\.[0-9a-f-]{36}\\.part$`));
		expect(here()).toEqual([part, expect.stringMatching(/^[a-z]+\.pdf\.\d+-\d+\.running$/)]);
		expect(statSync(part).mode & 0o777).toBe(0o600);
		const size = statSync(part).size;
		proxy.heads.length = 0;
		const { result } = await askDocument(as(), 'get', id, ...args);
		expect(result.resumedFrom).toBe(size);
		// Under a lease, each request for the file counts towards the budget.
		const asked = rangesAsked().filter(([method]) => method === 'GET');
		expect([asked.length, asked.at(-1)]).toEqual([requests, ['GET', String(size)]]);
		expect(here()).toEqual([name]);
		expect(read(name).equals(bytes)).toBe(true);
	});

	it('keeps what has arrived at Ctrl-C, and says so', async () => {
		const held = proxy.hold('answer', 2_000_000);
		const running = startDocument(as(), 'get', id);
		await held;
		await until(() => partsHere().some((part) => statSync(part).size > 0));
		running.kill('SIGINT');
		const { code, stderr } = await running.ended;
		expect(code).toBe(1);
		expect(stderr).toMatch(
			/^firmseal: Interrupted\. What was fetched is kept: run the same command again to continue\.$/m,
		);
		expect(partsHere()).toHaveLength(1);
	});
});

describe('a file that was replaced before the download resumes', () => {
	const next = someBytes(6_000_000);

	it('is downloaded from the start', async () => {
		const document = await documentOf(bytes, 'draft.docx');
		let versionId = '';
		proxy.fates.push({ answer: { holdAfter: 3_000_000, onReached: () => void replaced() } });
		const replaced = async () => {
			versionId = await put(document, next);
			proxy.cut();
		};
		const { result } = await askDocument(as(), 'get', document);
		expect(result).toMatchObject({ byteSize: next.length, versionId });
		expect(read('draft.docx').equals(next)).toBe(true);
		expect(here()).toEqual(['draft.docx']);
		expect(Number(rangesAsked()[1]?.[1])).toBeGreaterThan(1_000_000);
	});

	it('is downloaded from the start in another run too', async () => {
		const document = await documentOf(bytes, 'draft.docx');
		const held = proxy.hold('answer', 3_000_000);
		const killed = startDocument(as(), 'get', document);
		await held;
		await until(() => partsHere().length === 1);
		killed.kill('SIGKILL');
		await killed.ended;
		await put(document, next);
		expect((await askDocument(as(), 'get', document)).ok).toBe(true);
		expect(here()).toEqual(['draft.docx']);
		expect(read('draft.docx').equals(next)).toBe(true);
	});

	it('ends a download to standard output, because the first part cannot be taken back', async () => {
		const document = await documentOf(bytes, 'draft.docx');
		proxy.fates.push({ answer: { holdAfter: 3_000_000, onReached: () => void put(document, next).then(proxy.cut) } });
		const { code, bytes: out, stderr } = await runDocument(as(), 'get', document, '--out', '-');
		expect(code).toBe(1);
		expect(stderr).toMatch(
			/^firmseal: The file was replaced, or the API refused its rest, .* Start the download again\.$/m,
		);
		expect(out.equals(bytes.subarray(0, out.length))).toBe(true);
	});
});

describe('an existing file with the name of an incomplete one', () => {
	it('is never written through a link, and is resumed only if it belongs to the user', async () => {
		const document = await documentOf('the true text', 'a.txt');
		const version = (await askDocument(as(), 'get', document, '--out', 'first')).result.versionId;
		const part = `a.txt.${version}.part`;
		writeFileSync('victim', 'victim');
		for (const lay of [symlinkSync, linkSync]) {
			lay('victim', part);
			const { code, error } = await askDocument(as(), 'get', document);
			expect([code, error.code]).toEqual([1, 'CONFLICT']);
			expect(error.message).toContain('.part');
			rmSync(part);
		}
		expect(read('victim').toString()).toBe('victim');
		// This part is longer than the file, so it cannot be a part of it.
		writeFileSync(part, 'x'.repeat(100));
		expect((await askDocument(as(), 'get', document)).ok).toBe(true);
		expect(read('a.txt').toString()).toBe('the true text');
	});
});
