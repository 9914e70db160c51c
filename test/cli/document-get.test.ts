import { mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { v7 as uuidv7 } from 'uuid';
import { describe, expect, it } from 'vitest';
import { makeCertificate } from '../api/http/certificate.ts';
import { makeDocument } from '../support/files.ts';
import { until } from '../system/program.ts';
import { askDocument, here, read, runDocument, startDocument } from './document-program.ts';
import { as, bytes, documentOf, fetchDocuments, id, proxy, put, SIZE, stage } from './document-stage.ts';

fetchDocuments();

// This test is first, because the people who agree to a lease must have signed in recently.
describe('an operator', () => {
	it('fetches a file under a lease, from a server that only answers registered operations', async () => {
		await stage.scene.installation.startBroker();
		const document = await documentOf('privileged', 'opinion.txt');
		const { url } = await stage.scene.installation.serve({ FIRMSEAL_PLANE: 'operator' }, { onlyRegistered: true });
		const env = { FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${stage.people.operator}` };
		const none = await askDocument({ env }, 'get', document);
		expect([none.code, none.error.code]).toEqual([1, 'LEASE_REQUIRED']);
		const { id: lease } = await stage.approved({ classes: ['DOCUMENT'] });
		await stage.leases.step(stage.people.operator, 'activate', lease);
		await until(async () => (await stage.stateOf(lease)) === 'ACTIVE');
		expect((await askDocument({ env }, 'get', document, '--lease', lease)).ok).toBe(true);
		expect(read('opinion.txt').toString()).toBe('privileged');
		const other = await askDocument({ env }, 'get', document, '--lease', uuidv7(), '--out', 'x');
		expect([other.code, other.error.code]).toEqual([1, 'LEASE_NOT_ACTIVE']);
		expect(here()).toEqual(['opinion.txt']);
	});
});

describe('firmseal document get', () => {
	it('saves a file under the document’s name, readable only by the user', async () => {
		const { code, ok, command, result, stderr } = await askDocument(as(), 'get', id);
		expect([code, ok, command]).toEqual([0, true, 'document get']);
		expect(result).toEqual({
			documentId: id,
			versionId: expect.any(String),
			file: 'lease.pdf',
			byteSize: SIZE,
			resumedFrom: 0,
		});
		expect(here()).toEqual(['lease.pdf']);
		expect(read('lease.pdf').equals(bytes)).toBe(true);
		expect(statSync('lease.pdf').mode & 0o777).toBe(0o600);
		expect(stderr.trimEnd().split('\n').at(-1)).toBe('Fetched: 22.9 MiB of 22.9 MiB');
		expect(proxy.heads).toHaveLength(1);
	});

	it('saves a given version, even an empty one, to a given file', async () => {
		const document = await documentOf('', 'a.txt');
		const second = await put(document, 'the second');
		mkdirSync('folder');
		const first = await askDocument(as(), 'get', document, '--version', '1', '--out', 'folder/first');
		expect(first.result).toMatchObject({ byteSize: 0, file: 'folder/first' });
		const whole = resolve('second');
		const { code, stdout } = await runDocument(as(), 'get', document, '--version', '2', '--out', whole);
		expect([code, stdout]).toEqual([0, `Fetched 10 bytes to ${whole}.\n`]);
		expect([read('folder/first').length, read('second').toString()]).toEqual([0, 'the second']);
		expect((await askDocument(as(), 'get', document, '--out', 'third')).result.versionId).toBe(second);
	});

	it('writes a file to standard output, and nothing else', async () => {
		const { code, bytes: out, stderr } = await runDocument(as(), 'get', id, '--out', '-');
		expect([code, out.equals(bytes)]).toEqual([0, true]);
		expect(stderr.trimEnd().split('\n').at(-1)).toBe('Fetched 22.9 MiB.');
		expect(here()).toEqual([]);
	});

	it('ends with one sentence if standard output is closed', async () => {
		const held = proxy.hold('answer', 1_000_000);
		const running = startDocument(as(), 'get', id, '--out', '-');
		await held;
		running.closeOutput();
		proxy.resume();
		const { code, stderr } = await running.ended;
		expect(code).toBe(1);
		expect(stderr).toMatch(/^firmseal: Standard output was closed before the end of the file\.$/m);
		expect(stderr).not.toContain('    at ');
	});

	it('finds nothing that the caller cannot see', async () => {
		const empty = await makeDocument(stage.scene.api.ask, stage.firm.member);
		const outcomes = await Promise.all([
			askDocument(as(), 'get', uuidv7()),
			askDocument(as(), 'get', empty),
			askDocument(as(), 'get', id, '--version', '2'),
			askDocument(as(stage.scene.harbour.member), 'get', id),
			askDocument(as(stage.firm.client), 'get', id),
			askDocument(as('nonsense'), 'get', id),
			askDocument(as(), 'get', '../graphql'),
			askDocument(as(), 'get', id, '--version', '0'),
			askDocument(as(), 'get', id, '--out', '-'),
			askDocument(as(), 'get'),
		]);
		expect(outcomes.map(({ code, error }) => [code, error.code])).toEqual([
			...Array(5).fill([1, 'NOT_FOUND']),
			[1, 'UNAUTHENTICATED'],
			...Array(4).fill([2, 'BAD_USER_INPUT']),
		]);
		expect(here()).toEqual([]);
	});
});

describe('an existing file', () => {
	it('is kept, with no request sent, unless --force is given', async () => {
		writeFileSync('mine.pdf', 'mine', { mode: 0o644 });
		const refused = await askDocument(as(), 'get', id, '--out', 'mine.pdf');
		expect(refused).toMatchObject({
			code: 1,
			error: { code: 'CONFLICT', message: expect.stringContaining('--force') },
		});
		expect([proxy.heads, read('mine.pdf').toString()]).toEqual([[], 'mine']);
		expect((await askDocument(as(), 'get', id, '--out', 'mine.pdf', '--force')).ok).toBe(true);
		expect(read('mine.pdf').equals(bytes)).toBe(true);
		expect(here()).toEqual(['mine.pdf']);
	});

	it('that has the document’s name is kept too', async () => {
		writeFileSync('lease.pdf', 'mine');
		expect((await askDocument(as(), 'get', id)).error.code).toBe('CONFLICT');
		expect([here(), read('lease.pdf').toString()]).toEqual([['lease.pdf'], 'mine']);
	});

	it('that was created during the download is kept', async () => {
		const held = proxy.hold('answer', 1_000_000);
		const getting = askDocument(as(), 'get', id, '--out', 'late.pdf');
		await held;
		await until(() => here().some((name) => name.endsWith('.part')));
		writeFileSync('late.pdf', 'mine');
		proxy.resume();
		const { code, error } = await getting;
		expect([code, error.code, read('late.pdf').toString()]).toEqual([1, 'CONFLICT', 'mine']);
		// The part file is complete, so the next run only renames it.
		const again = await askDocument(as(), 'get', id, '--out', 'late.pdf', '--force');
		expect(again.result).toMatchObject({ resumedFrom: SIZE });
		expect(read('late.pdf').equals(bytes)).toBe(true);
		expect(here()).toEqual(['late.pdf']);
	});

	it('that another run is writing at the same time is left to that run', async () => {
		const held = proxy.hold('answer', 1_000_000);
		const first = startDocument(as(), 'get', id);
		await held;
		await until(() => here().some((name) => name.endsWith('.running')));
		const second = await askDocument(as(), 'get', id, '--force');
		expect([second.code, second.error]).toEqual([
			1,
			{ code: 'CONFLICT', message: expect.stringContaining(`as process ${first.pid}: wait until it has ended`) },
		]);
		proxy.resume();
		expect((await first.ended).code).toBe(0);
		expect(here()).toEqual(['lease.pdf']);
		expect(read('lease.pdf').equals(bytes)).toBe(true);
	});

	it.each(['zz/', 'folder/zz//', './zz/'])(
		'cannot have a name that ends with a slash, and the command refuses such a name before any request: %s',
		async (out) => {
			mkdirSync('folder');
			for (const args of [[], ['--force']])
				expect((await askDocument(as(), 'get', id, '--out', out, ...args)).error).toMatchObject({
					code: 'BAD_USER_INPUT',
					message: 'A name that ends with a slash is a directory’s: name a file with --out.',
				});
			expect([proxy.heads, here()]).toEqual([[], ['folder']]);
		},
	);

	it('that cannot be replaced is reported, even with --force', async () => {
		mkdirSync('folder');
		symlinkSync('/dev/null', 'link');
		const messageFor = async (out: string) =>
			(await askDocument(as(), 'get', id, '--out', out, '--force')).error?.message;
		expect(await messageFor('folder')).toMatch(/directory of this name/);
		expect(await messageFor('nowhere/x')).toMatch(/no directory/);
		expect(await messageFor('/dev/null')).toMatch(/not a file that can be replaced/);
		expect(await messageFor('link')).toBeUndefined();
		expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
		expect(here()).toEqual(['folder', 'link']);
	});
});

describe('over HTTPS', () => {
	const { certFile, keyFile } = makeCertificate();

	it('files can be sent and fetched, but only with a known certificate', async () => {
		const settings = { FIRMSEAL_TLS_CERT: certFile, FIRMSEAL_TLS_KEY: keyFile };
		const { url } = await stage.scene.installation.serve(settings);
		const unknown = { FIRMSEAL_URL: url, FIRMSEAL_TOKEN: `${stage.firm.member}` };
		const known = { ...unknown, NODE_EXTRA_CA_CERTS: certFile };
		writeFileSync('sent.bin', bytes);
		const { result } = await askDocument({ env: known }, 'put', 'sent.bin');
		expect(result.byteSize).toBe(SIZE);
		const back = ['get', result.documentId, '--out', 'back.bin'];
		expect((await askDocument({ env: unknown }, ...back)).error).toMatchObject({ code: 'SETUP' });
		expect((await askDocument({ env: known }, ...back)).ok).toBe(true);
		expect(read('back.bin').equals(bytes)).toBe(true);
	});
});

describe('a document’s name', () => {
	it.each([
		['../../.._of/Deed.txt', '__.._.._of_Deed.txt'],
		['-rf', '_rf'],
		['Vertrag „Nord“ 100 % – Straße.pdf', 'Vertrag „Nord“ 100 % – Straße.pdf'],
		[`${'😀'.repeat(190)}.pdf`, `${'😀'.repeat(49)}.pdf`],
	])('%s becomes a file in the current directory', async (name, expected) => {
		const { result } = await askDocument(as(), 'get', await documentOf('x', name));
		expect([here(), result.file]).toEqual([[expected], expected]);
	});
});
